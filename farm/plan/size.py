"""Plan a render of so many bytes at most.

```
weigh-0000 ┐                   ┌ segment-0000 ┐
weigh-0001 ┼ share ────────────┼ segment-0001 ┼ output
weigh-0002 ┤                   └ segment-0002 ┤
mix ───────┴──────────────────────────────────┘
```
Each segment is weighed: encoded with two qualities. Its share of the bytes is what it
needs for the quality that all of them have.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from farm.errors import InvalidOption
from farm.ffmpeg.shares import container_bytes
from farm.jobs.records import NewTask
from farm.jobs.status import Queue, TaskKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from pydantic import JsonValue

    from farm.presets.preset import Preset

SHARE_TASK = "share"
#: Sound takes at most this part of the bytes, unless it would be less than this.
_MOST_OF_SOUND = 0.25
_LEAST_SOUND_KBPS = 32
#: Of a packet of sound; most codecs have 20 ms or more.
_PACKET_SECONDS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """A preset whose sound leaves room for the picture."""

    preset: Preset
    warnings: tuple[str, ...] = ()


def fit_sound(
    preset: Preset, *, max_bytes: int, seconds: Fraction, frames: int, has_sound: bool
) -> Sized:
    """Lower the bit rate of the sound where it would take too much.

    Raises:
        InvalidOption: when the sound alone does not fit.
    """
    usual = preset.audio.bitrate_kbps
    if not has_sound:
        taken = container_bytes(frames=frames, sound_packets=0)
        _check_room(preset, max_bytes, taken=taken)
        return Sized(preset=preset)
    packets = int(seconds / _PACKET_SECONDS) if seconds else 0
    room = max_bytes - container_bytes(frames=frames, sound_packets=packets)
    allowed = int(_MOST_OF_SOUND * room * 8 / 1000 / seconds)
    kbps = usual
    if usual is not None and usual > allowed:
        kbps = min(usual, max(_LEAST_SOUND_KBPS, allowed))
    sound = 0 if kbps is None else int(kbps * 1000 / 8 * seconds)
    _check_room(preset, max_bytes, taken=max_bytes - room + sound)
    if kbps == usual:
        return Sized(preset=preset)
    audio = preset.audio.model_copy(update={"bitrate_kbps": kbps})
    warning = (
        f"to be kept within {max_bytes} bytes its sound has {kbps} kbit/s "
        f"instead of {usual}"
    )
    return Sized(preset=preset.model_copy(update={"audio": audio}), warnings=(warning,))


def _check_room(preset: Preset, max_bytes: int, *, taken: int) -> None:
    if taken < max_bytes:
        return
    message = (
        f"it cannot be kept within {max_bytes} bytes: without its picture it has "
        f"{taken} with the preset {preset.name}; allow more, or make it shorter"
    )
    raise InvalidOption(message)


def plan_shares(
    segments: Sequence[NewTask],
    *,
    max_bytes: int,
    preset: JsonValue,
    sound: str | None,
    frames: int,
    prefix: str,
) -> tuple[list[NewTask], list[NewTask]]:
    """Return the tasks that share the bytes out, and the segments that wait for them.

    Args:
        segments: as they are encoded without a limit.
        max_bytes: of the whole file.
        preset: of the picture.
        sound: name of the task that makes the sound; ``None``: there is none.
        frames: of the whole.
        prefix: of the names of all tasks.
    """
    share = f"{prefix}{SHARE_TASK}"
    weights: list[NewTask] = []
    waiting: list[NewTask] = []
    for number, segment in enumerate(segments):
        name = f"{prefix}weigh-{number:04}"
        assert isinstance(segment.payload, dict)  # noqa: S101  # of plan/render.py
        weights.append(replace(segment, name=name, kind=TaskKind.WEIGH))
        payload = {**segment.payload, "share": share, "weight": name}
        waiting.append(replace(segment, payload=payload, needs=(*segment.needs, share)))
    names = [task.name for task in weights]
    needs = names if sound is None else [*names, sound]
    made = NewTask(
        name=share,
        kind=TaskKind.SHARE,
        queue=Queue.CPU_BATCH,
        payload={
            "weights": [*names],
            "sound": sound,
            "preset": preset,
            "frames": frames,
            "max_bytes": max_bytes,
        },
        needs=tuple(needs),
    )
    return [*weights, made], waiting
