"""Effects on sound as filters of a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

import ffmpeg

from farm.effects.model import Filter
from farm.effects.sound.catalog import build_steps
from farm.effects.sound.model import Ducked, Late, Matrix, Room
from farm.ffmpeg.graph import open_input

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from farm.ffmpeg.graph import Stream
    from farm.timeline.sound_effect import SoundEffectUse

_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}
_STEREO = 2
#: Natural logarithm of 60 dB: what an echo has lost when its time has passed.
_SIXTY_DB = 6.9078
#: Time after which the first echo comes, in seconds.
_PREDELAY = 0.012


def apply_effects(
    stream: Stream,
    uses: Sequence[SoundEffectUse],
    *,
    rate: int,
    channels: int,
    side: Callable[[str], Stream | None] = lambda _: None,
    end: int | None = None,
) -> Stream:
    """Lead a sound through effects; it is as long as before, or silent up to an end.

    Args:
        stream: float samples that end where it ends, or are padded later.
        uses: checked before.
        rate: samples a second.
        channels: 1, 2 or 6.
        side: from the name of a track to its sound; ``None``: it is not heard.
        end: sample after the last that is heard; it must be known for `side`.
    """
    for step in build_steps(uses, rate):
        match step:
            case Filter():
                stream = stream.filter(step.name, **step.options)
            case Late():
                late = round(step.seconds * rate)
                stream = (
                    stream.filter("apad", pad_len=late)
                    .filter(step.filter.name, **step.filter.options)
                    .filter("atrim", start_sample=late)
                    .filter("asetpts", "PTS-STARTPTS")
                )
            case Matrix():
                stream = _mixed(stream, step, channels)
            case Room():
                stream = _in_room(stream, step, rate, channels)
            case Ducked():
                other = side(step.by)
                if other is not None and end is not None:
                    # where one ends, the filter drops what it still has of the other
                    stream = ffmpeg.filter(
                        [stream.filter("apad"), other.filter("apad")],
                        step.filter.name,
                        **step.filter.options,
                    ).filter("atrim", end_sample=end)
            case _:
                assert_never(step)
    return stream.filter("aformat", sample_fmts="fltp") if uses else stream


def _mixed(stream: Stream, matrix: Matrix, channels: int) -> Stream:
    if channels < _STEREO:
        return stream
    rows = [
        f"c{at}={row[0]:g}*c0+{row[1]:g}*c1"
        for at, row in enumerate((matrix.left, matrix.right))
    ]
    rows += [f"c{at}=c{at}" for at in range(_STEREO, channels)]
    return stream.filter("pan", args="|".join([_LAYOUTS[channels], *rows]))


def _in_room(stream: Stream, room: Room, rate: int, channels: int) -> Stream:
    """Add the echo of a room: noise that dies away, other in each channel.

    It is scaled so that noise of an even level comes out as loud as it went in.
    """
    decay = _SIXTY_DB / room.seconds
    loudness = (2 * decay / rate) ** 0.5
    # each channel has a seed of its own, or all would have one noise
    noise = "|".join(
        f"0*st(0,if(eq(n,0),{1 + 7919 * at},ld(0)))"
        f"+{loudness * 3**0.5:.6g}*gte(t,{_PREDELAY})*exp(-{decay:.5g}*t)"
        f"*(2*random(0)-1)"
        for at in range(channels)
    )
    answer = open_input(
        f"aevalsrc='{noise}':s={rate}:c={_LAYOUTS[channels]}:d={room.seconds:g}",
        f="lavfi",
    )["0"].filter("aformat", sample_fmts="fltp")
    if room.damping:
        answer = answer.filter("lowpass", frequency=f"{16000 * 10**-room.damping:.1f}")
    parts = stream.filter_multi_output("asplit", 2)
    wet = ffmpeg.filter([parts[0], answer], "afir", irnorm=-1, irlink=0)
    return ffmpeg.filter(
        [parts[1], wet],
        "amix",
        weights=f"{1 - room.mix:g} {room.mix:g}",
        normalize=0,
        duration="first",
    )
