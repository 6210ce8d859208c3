"""Plan the sound of a render: stems that are made once, and the mix of them.

```
track   ▁▂▃▁▂▁ ▂▃▂▁▂▃▁▂▁     sounds, some of them crossing
stems   └────┘ └───┘└──┘     neighbours, rendered to PCM and kept
mix     volume, pan and fades of the tracks, sum, limiter, encoder: once for all
```
Where a loudness is wanted, the sum is rendered to PCM and kept as well: it is measured
before it is encoded.
Which neighbours share a stem hangs on the sounds, not on where they lie: after an edit
all other stems are found again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from farm.ffmpeg.mix import finished_sound
from farm.jobs.records import NewTask
from farm.jobs.status import Queue, TaskKind
from farm.plan.timeline import SOUND
from farm.timeline.composition import Sound, Strip
from farm.timeline.slice import SoundSlice, slice_sound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from farm.presets.preset import Preset
    from farm.timeline.composition import Composition
    from farm.timeline.loudness import LoudnessTarget

MIX_TASK = "mix"
SUM_TASK = "sum"
#: Mean length of a stem.
STEM_SECONDS = 60
#: Mixing a second of sound costs about as much as encoding this many frames.
_COST_FRAMES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stem:
    """Neighbouring sounds of one track."""

    name: str
    sounds: tuple[Sound, ...]

    @property
    def start(self) -> int:
        return self.sounds[0].start

    @property
    def end(self) -> int:
        return max(sound.end for sound in self.sounds)


def plan_sound(
    composition: Composition,
    start: int,
    end: int,
    *,
    preset: Preset,
    use_cache: bool,
    loudness: LoudnessTarget | None = None,
    prefix: str = "",
) -> list[NewTask]:
    """Return the tasks that make the sound of some frames; the last one is the mix.

    What is short is mixed at once. The prefix is that of the names of the tasks.
    """
    made = _plan_mix(
        composition, start, end, preset=preset, use_cache=use_cache, prefix=prefix
    )
    if loudness is None:
        return made
    *stems, mix = made
    whole = replace(mix, name=f"{prefix}{SUM_TASK}", kind=TaskKind.SOUND)
    return [*stems, whole, _loud_task(whole, mix, composition, loudness)]


def _loud_task(
    whole: NewTask, mix: NewTask, composition: Composition, loudness: LoudnessTarget
) -> NewTask:
    """Return the task that encodes a finished sum as loud as is wanted."""
    assert isinstance(mix.payload, dict)  # noqa: S101  # of `_payload`
    sound = SOUND.validate_python(mix.payload["sound"])
    played = _played(whole.name, (0, sound.samples), composition)
    strip = Strip(
        sounds=(played,), volume=1, pan=0, fade_in=0, fade_out=0, end=sound.samples
    )
    alone = replace(sound, strips=(strip,), first=0, effects=())
    return replace(
        mix,
        payload={
            **mix.payload,
            "sound": SOUND.dump_python(alone, mode="json"),
            "loudness": loudness.model_dump(mode="json"),
        },
        needs=(whole.name,),
    )


def _plan_mix(
    composition: Composition,
    start: int,
    end: int,
    *,
    preset: Preset,
    use_cache: bool,
    prefix: str,
) -> list[NewTask]:
    mix = f"{prefix}{MIX_TASK}"
    sound = slice_sound(composition, start, end)
    if composition.samples <= 2 * STEM_SECONDS * composition.sample_rate:
        return [_mix_task(mix, sound, (), preset=preset, use_cache=use_cache)]
    stems: list[_Stem] = []
    strips = []
    for strip in composition.strips:
        of_strip = [
            stem
            for stem in _stems(
                strip, composition.sample_rate, first=len(stems), prefix=prefix
            )
            if stem.start < sound.first + sound.samples
            and (sound.has_memory or stem.end > sound.first)
        ]
        stems += of_strip
        played = tuple(
            _played(stem.name, (stem.start, stem.end), composition) for stem in of_strip
        )
        strips.append(replace(strip, sounds=played))
    mixed = replace(sound, strips=tuple(strip for strip in strips if strip.sounds))
    return [
        *(
            _stem_task(stem, sound, preset=preset, use_cache=use_cache)
            for stem in stems
        ),
        _mix_task(mix, mixed, stems, preset=preset, use_cache=use_cache),
    ]


def _stems(strip: Strip, sample_rate: int, *, first: int, prefix: str) -> list[_Stem]:
    """Share the sounds of a track out among stems."""
    sounds = sorted(strip.sounds, key=lambda sound: sound.start)
    digests = [_digest(sound) for sound in sounds]
    reach = STEM_SECONDS * sample_rate // 2
    groups: list[list[Sound]] = []
    for number, sound in enumerate(sounds):
        if not groups or _is_first(number, sounds, digests, reach=reach):
            groups.append([])
        groups[-1].append(sound)
    return [
        _Stem(name=f"{prefix}sound-{number:04}", sounds=tuple(group))
        for number, group in enumerate(groups, start=first)
    ]


def _is_first(
    number: int, sounds: Sequence[Sound], digests: Sequence[bytes], *, reach: int
) -> bool:
    """Whether no other sound that starts within reach has a higher hash."""
    at = sounds[number].start
    before, after = number - 1, number + 1
    while before >= 0 and at - sounds[before].start <= reach:
        if digests[before] >= digests[number]:
            return False
        before -= 1
    while after < len(sounds) and sounds[after].start - at <= reach:
        if digests[after] > digests[number]:
            return False
        after += 1
    return True


def _digest(sound: Sound) -> bytes:
    """Return a hash of what is played, but not of how loud or how long."""
    what = f"{sound.content or sound.path}\0{sound.audio.index}\0{sound.source_start}"
    data = what.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=8).digest()


def _played(name: str, at: tuple[int, int], composition: Composition) -> Sound:
    """Return a finished stem as a sound of the mix; its file is named later."""
    return finished_sound(
        name, at, rate=composition.sample_rate, channels=composition.channels
    )


def _stem_task(
    stem: _Stem, whole: SoundSlice, *, preset: Preset, use_cache: bool
) -> NewTask:
    """Return the task that renders sounds by themselves, from their own start."""
    moved = tuple(
        replace(sound, start=sound.start - stem.start, end=sound.end - stem.start)
        for sound in stem.sounds
    )
    samples = stem.end - stem.start
    strip = Strip(sounds=moved, volume=1, pan=0, fade_in=0, fade_out=0, end=samples)
    alone = SoundSlice(
        sample_rate=whole.sample_rate,
        channels=whole.channels,
        strips=(strip,),
        first=0,
        samples=samples,
    )
    return NewTask(
        name=stem.name,
        kind=TaskKind.SOUND,
        queue=Queue.CPU_BATCH,
        payload=_payload(alone, preset=preset, use_cache=use_cache),
        frames=max(1, _COST_FRAMES * samples // whole.sample_rate),
    )


def _mix_task(
    name: str,
    sound: SoundSlice,
    stems: Sequence[_Stem],
    *,
    preset: Preset,
    use_cache: bool,
) -> NewTask:
    return NewTask(
        name=name,
        kind=TaskKind.MIX,
        queue=Queue.CPU_BATCH,
        payload=_payload(sound, preset=preset, use_cache=use_cache),
        needs=tuple(stem.name for stem in stems),
        frames=max(1, _COST_FRAMES * sound.samples // sound.sample_rate),
    )


def _payload(sound: SoundSlice, *, preset: Preset, use_cache: bool) -> JsonValue:
    return {
        "sound": SOUND.dump_python(sound, mode="json"),
        "preset": preset.model_dump(mode="json"),
        "use_cache": use_cache,
    }
