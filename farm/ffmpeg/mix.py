"""Commands that mix the sound of a timeline once, and encode it once.

FFmpeg opens all sounds of a command at once. Where there are many, parts of the sum
are written as float PCM, one after the other, and joined before the limiter:

```
sum, first part ┐
sum, next part  ├ join ─ limiter ─ encoder
…               ┘
```
A sample of the sum depends on nothing before or after it, so that parts cannot be
heard.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import ffmpeg

from farm.ffmpeg.audio import build_sum
from farm.ffmpeg.command import Command
from farm.ffmpeg.graph import compile_graph
from farm.timeline.composition import Sound, Strip
from farm.timeline.media import AudioFacts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.ffmpeg.graph import Stream
    from farm.ffmpeg.loudness import Level
    from farm.presets.preset import AudioEncoding
    from farm.timeline.slice import SoundSlice

#: Sounds that one command reads; each is a file and two threads.
_MOST_SOUNDS = 64
#: Where fewer than these begin within a part, most are heard at once anyway.
_FEW_STARTS = 8
#: Ceiling of the limiter at the end, of full scale (−0.18 dB).
_CEILING = 0.98
#: Peaks between samples are seen at so many times the rate (ITU-R BS.1770, annex 2).
_OVERSAMPLING = 4
_LIST = "parts.ffconcat"
#: A container of any length for float samples.
_PCM_SUFFIX = ".w64"


def build_mix_commands(
    sound: SoundSlice, encoding: AudioEncoding, *, level: Level | None = None
) -> tuple[Command, ...]:
    """Mix all sound of a slice and encode it; the last command makes the file.

    The level, where there is one, is applied to the whole.
    """
    makers, stream, files = _build_parts(sound)
    if level is not None:
        stream = _apply(level, stream, sound.sample_rate)
    return (*makers, _build_encoding(stream, sound, encoding, files=files))


def build_stem_commands(sound: SoundSlice) -> tuple[Command, ...]:
    """Add up all sound of a slice as float PCM; the last command makes the file."""
    makers, stream, files = _build_parts(sound)
    return (*makers, _build_pcm(stream, f"stem{_PCM_SUFFIX}", sound, files=files))


def _build_parts(
    sound: SoundSlice,
) -> tuple[tuple[Command, ...], Stream, dict[str, str]]:
    """Return the sum as a stream; where it is large, with commands that come before."""
    parts = _cut_crowded(sound)
    if len(parts) == 1:
        return (), build_sum(sound), {}
    if sound.has_memory:
        return _build_tracks(sound)
    return _build_joined(parts, "")


def _build_joined(
    parts: Sequence[SoundSlice], prefix: str
) -> tuple[tuple[Command, ...], Stream, dict[str, str]]:
    """Write parts of a sum, and play them one after the other."""
    names = [f"{prefix}part-{number:04}{_PCM_SUFFIX}" for number in range(len(parts))]
    listed = f"{prefix}{_LIST}"
    joined = ffmpeg.input(listed, f="concat", safe=0)["0"].filter("asetpts", "N/SR/TB")
    lines = ["ffconcat version 1.0", *(f"file '{name}'" for name in names), ""]
    makers = tuple(
        _build_pcm(build_sum(part), name, part, files={})
        for part, name in zip(parts, names, strict=True)
    )
    return makers, joined, {listed: "\n".join(lines)}


def _build_tracks(
    sound: SoundSlice,
) -> tuple[tuple[Command, ...], Stream, dict[str, str]]:
    """Write each crowded track by itself, before its effects: they go on all along."""
    end = sound.first + sound.samples
    makers: list[Command] = []
    strips = []
    for number, strip in enumerate(sound.strips):
        plain = Strip(
            sounds=strip.sounds, volume=1, pan=0, fade_in=0, fade_out=0, end=end
        )
        alone = replace(sound, strips=(plain,), first=0, samples=end, effects=())
        parts = _cut_crowded(alone)
        if len(parts) == 1:
            strips.append(strip)
            continue
        prefix = f"track-{number:02}-"
        before, stream, files = _build_joined(parts, prefix)
        name = f"{prefix}whole{_PCM_SUFFIX}"
        makers += [*before, _build_pcm(stream, name, alone, files=files)]
        whole = finished_sound(
            name, (0, end), rate=sound.sample_rate, channels=sound.channels
        )
        strips.append(replace(strip, sounds=(whole,)))
    return tuple(makers), build_sum(replace(sound, strips=tuple(strips))), {}


def finished_sound(
    name: str, at: tuple[int, int], *, rate: int, channels: int
) -> Sound:
    """Return a file of float samples as a sound of a mix.

    Args:
        name: of the file, or of the task that makes it.
        at: its first sample on the timeline, and the one after its last.
        rate: samples a second.
        channels: 1, 2 or 6.
    """
    layouts = {1: "mono", 2: "stereo", 6: "5.1"}
    start, end = at
    return Sound(
        label=name,
        path=name,
        container_start=Fraction(0),
        audio=AudioFacts(
            index=0,
            codec="pcm_f32le",
            sample_rate=rate,
            channels=channels,
            layout=layouts[channels],
            start=Fraction(0),
            end=Fraction(end - start, rate),
        ),
        start=start,
        end=end,
        source_start=Fraction(0),
        speed=Fraction(1),
        keep_pitch=True,
        volume=1,
        pan=0,
        fade_in=0,
        fade_out=0,
    )


def _cut_crowded(sound: SoundSlice) -> Sequence[SoundSlice]:
    """Cut a slice at starts of sounds until each part has few of them."""
    end = sound.first + sound.samples
    pieces = [piece for strip in sound.strips for piece in strip.sounds]
    inside = sorted(piece.start for piece in pieces if sound.first < piece.start)
    if len(pieces) <= _MOST_SOUNDS or len(inside) < _FEW_STARTS:
        return [sound]
    cut = inside[len(inside) // 2]
    return [
        *_cut_crowded(_narrow(sound, sound.first, cut)),
        *_cut_crowded(_narrow(sound, cut, end)),
    ]


def _narrow(sound: SoundSlice, first: int, end: int) -> SoundSlice:
    strips = [
        replace(
            strip,
            sounds=tuple(s for s in strip.sounds if s.start < end and s.end > first),
        )
        for strip in sound.strips
    ]
    return replace(
        sound,
        strips=tuple(strip for strip in strips if strip.sounds),
        first=first,
        samples=end - first,
    )


def _build_pcm(
    stream: Stream, name: str, sound: SoundSlice, *, files: dict[str, str]
) -> Command:
    output = ffmpeg.output(
        stream, name, **{"c:a": "pcm_f32le"}, vn=None, map_metadata=-1
    )
    command = _command(output, name, sound)
    return replace(command, files={**command.files, **files})


def _build_encoding(
    stream: Stream, sound: SoundSlice, encoding: AudioEncoding, *, files: dict[str, str]
) -> Command:
    name = f"sound{encoding.piece_suffix}"
    limited = (
        # Lookahead is compensated; below the ceiling samples pass unchanged.
        stream.filter(
            "alimiter", limit=_CEILING, level=0, attack=5, release=50, latency=1
        )
        .filter("apad", whole_len=sound.samples)
        .filter("atrim", end_sample=sound.samples)
    )
    options: dict[str, Any] = {
        "c:a": encoding.encoder,
        "ar": _output_rate(sound, encoding),
    }
    if encoding.bitrate_kbps:
        options["b:a"] = f"{encoding.bitrate_kbps}k"
    if encoding.piece_suffix == ".wav":
        options["rf64"] = "auto"
    output = ffmpeg.output(
        limited, name, **options, vn=None, map_metadata=-1, map_chapters=-1
    )
    command = _command(output, name, sound)
    return replace(command, files={**command.files, **files})


def _apply(level: Level, stream: Stream, rate: int) -> Stream:
    """Make a sound louder or quieter, without peaks between samples above a limit."""
    gained = stream.filter("volume", f"{level.gain_db:.4f}dB", precision="float")
    if level.limit_db is None:
        return gained
    return (
        gained.filter("aresample", rate * _OVERSAMPLING)
        .filter(
            "alimiter",
            limit=f"{10 ** (level.limit_db / 20):.6f}",
            level=0,
            attack=level.release_ms / 10,
            release=level.release_ms,
            latency=1,
        )
        .filter("aresample", rate)
    )


def _command(output: Stream, name: str, sound: SoundSlice) -> Command:
    arguments, files = compile_graph(output)
    return Command(
        arguments=arguments,
        output=name,
        files=files,
        sources=sound.sources(),
        seconds=sound.samples / sound.sample_rate,
    )


def _output_rate(sound: SoundSlice, encoding: AudioEncoding) -> int:
    if not encoding.sample_rates or sound.sample_rate in encoding.sample_rates:
        return sound.sample_rate
    return min(encoding.sample_rates, key=lambda rate: abs(rate - sound.sample_rate))
