"""Plan a join of sound alone: packets are copied where they fit, else it is encoded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import InvalidJob
from farm.ffmpeg.join_sound import LAYOUTS
from farm.jobs.records import OUTPUT_TASK, NewTask
from farm.jobs.status import Queue, TaskKind
from farm.plan.job import Planned
from farm.presets.sound import DEEP_WAV, MOST_CHANNELS, SOUNDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.presets.preset import AudioEncoding
    from farm.timeline.media import AudioFacts, MediaFacts

#: What is copied into which file. FLAC is not: each file says its own length and sum.
_COPIED = {
    ".m4a": ("aac", "alac"),
    ".mp3": ("mp3",),
    ".opus": ("opus",),
    ".wav": ("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le"),
}
_SAME = {
    "codec": "codec", "sample_rate": "sample rate", "channels": "channels",
    "layout": "channels",
}  # fmt: skip
_LOSSLESS = ("pcm", "alac", "flac")
#: Codecs whose samples may have more than 16 bits.
_DEEP = ("pcm_s24", "pcm_s32", "pcm_f", "alac", "flac", "wavpack")


def is_sound(output: str) -> bool:
    """Whether a file of this name holds sound alone."""
    return Path(output).suffix.lower() in SOUNDS


def check_sounds(files: Sequence[MediaFacts], suffix: str) -> None:
    """Refuse files without sound."""
    for each in files:
        if not each.audio:
            message = f"{Path(each.path).name} holds no sound, and a {suffix} file only"
            raise InvalidJob(f"{message} that")


def why_no_sound_copied(files: Sequence[MediaFacts], suffix: str) -> str | None:
    """Return why sounds cannot be joined as they are stored; else ``None``."""
    first = files[0]
    for each in files:
        name, sound = Path(each.path).name, each.audio[0]
        if any(not video.is_cover for video in each.video):
            return f"{name} is a film"
        if len(each.audio) > 1 or each.unreadable:
            return f"{name} has several streams of sound"
        if sound.codec not in _COPIED.get(suffix, ()):
            return f"{sound.codec} of {name} cannot be copied into {suffix}"
        for field, what in _SAME.items():
            mine, theirs = getattr(sound, field), getattr(first.audio[0], field)
            if mine != theirs:
                names = f"{name} and {Path(first.path).name}"
                return f"{names} differ in their {what} ({mine}, {theirs})"
        if _setup(each) != _setup(first):
            return f"{name} and {Path(first.path).name} were encoded otherwise"
    return None


def copy_sound_task(
    files: Sequence[MediaFacts], suffix: str, *, instead: str
) -> NewTask:
    """Return the task that copies packets."""
    sounds = [each.audio[0] for each in files]
    return NewTask(
        name=OUTPUT_TASK,
        kind=TaskKind.COPY,
        queue=Queue.CPU_BATCH,
        payload={
            "pieces": [
                {"path": each.path, "seconds": str(sound.end - sound.start)}
                for each, sound in zip(files, sounds, strict=True)
            ],
            "suffix": suffix,
            "rate": "1",
            "frames": 0,
            "samples": sum(
                round((sound.end - sound.start) * sound.sample_rate) for sound in sounds
            ),
            "is_exact": sounds[0].codec.startswith(_LOSSLESS),
            "instead": instead,
        },
        frames=1,
    )


def plan_sound_join(
    files: Sequence[MediaFacts], output: str, *, prefix: str
) -> Planned:
    """Return the task that encodes, in the rate and channels of the first file."""
    sounds = [each.audio[0] for each in files]
    encoding = _encoding(sounds, Path(output).suffix.lower())
    rate = _rate(sounds[0].sample_rate, encoding)
    lengths = [
        sound.end - each.start for each, sound in zip(files, sounds, strict=True)
    ]
    films = [
        Path(each.path).name
        for each in files
        if any(not video.is_cover for video in each.video)
    ]
    task = NewTask(
        name=f"{prefix}{OUTPUT_TASK}",
        kind=TaskKind.JOIN_SOUND,
        queue=Queue.CPU_BATCH,
        payload={
            "pieces": [
                {"path": each.path, "content": each.content, "stream": sound.index}
                for each, sound in zip(files, sounds, strict=True)
            ],
            "encoding": encoding.model_dump(mode="json"),
            "sample_rate": rate,
            "channels": _channels(sounds[0].channels, encoding),
            "samples": sum(round(length * rate) for length in lengths),
        },
        frames=1,
    )
    said = [f"of {', '.join(films)} only the sound is taken"] if films else []
    return Planned(tasks=(task,), warnings=tuple(said))


def _setup(facts: MediaFacts) -> str | None:
    return dict(facts.setups).get(facts.audio[0].index)


def _encoding(sounds: Sequence[AudioFacts], suffix: str) -> AudioEncoding:
    if suffix == ".wav" and any(sound.codec.startswith(_DEEP) for sound in sounds):
        return DEEP_WAV
    return SOUNDS[suffix]


def _rate(wanted: int, encoding: AudioEncoding) -> int:
    """Return the nearest rate that the encoder takes."""
    rates = encoding.sample_rates or (wanted,)
    return min(rates, key=lambda rate: abs(rate - wanted))


def _channels(wanted: int, encoding: AudioEncoding) -> int:
    channels = wanted if wanted in LAYOUTS else 2
    return min(channels, MOST_CHANNELS.get(encoding.piece_suffix, channels))
