"""Space: reverb, delay, chorus, stereo width, pan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.effects.model import Number, filter_of, number
from farm.effects.sound.model import Matrix, Room, SoundEffect, Steps

if TYPE_CHECKING:
    from farm.effects.model import Given

#: Echoes quieter than this are left out, and there are no more than so many.
_FAINT, _MOST_ECHOES = 0.01, 32


def _reverb(given: Given, _rate: int) -> Steps:
    room = Room(
        seconds=number(given, "seconds"),
        mix=number(given, "mix"),
        damping=number(given, "damping"),
    )
    return (room,)


def _delay(given: Given, _rate: int) -> Steps:
    time, feedback = number(given, "time"), number(given, "feedback")
    level = number(given, "mix")
    delays: list[str] = []
    decays: list[str] = []
    while level >= _FAINT and len(delays) < _MOST_ECHOES:
        delays.append(f"{time * (len(delays) + 1):g}")
        decays.append(f"{level:.4g}")
        level *= feedback
    if not delays:
        return ()
    return (
        filter_of(
            "aecho",
            in_gain=1,
            out_gain=1,
            delays="|".join(delays),
            decays="|".join(decays),
        ),
    )


def _chorus(given: Given, _rate: int) -> Steps:
    mix = number(given, "mix")
    delays, depths = (40, 53), number(given, "depth")
    return (
        filter_of(
            "chorus",
            in_gain=1,
            out_gain=1 / (1 + mix * len(delays)),
            delays="|".join(str(each) for each in delays),
            decays="|".join([f"{mix:g}"] * len(delays)),
            speeds="|".join(
                f"{number(given, 'speed') * faster:g}" for faster in (1, 1.37)
            ),
            depths="|".join([f"{depths:g}"] * len(delays)),
        ),
    )


def _width(given: Given, _rate: int) -> Steps:
    width = number(given, "width")
    same, other = (1 + width) / 2, (1 - width) / 2
    return (Matrix(left=(same, other), right=(other, same)),)


def _pan(given: Given, _rate: int) -> Steps:
    """Turn left and right towards a side; nothing of either is lost."""
    position = number(given, "position")
    away = abs(position)
    kept = (1 - away, 0.0)
    gained = (away, 1.0)
    if position > 0:
        return (Matrix(left=kept, right=gained),)
    return (Matrix(left=gained[::-1], right=kept[::-1]),)


EFFECTS = {
    "reverb": SoundEffect(
        what="The echo of a room.",
        parameters={
            "seconds": Number(unit="s", default=1.5, low=0.1, high=10),
            "mix": Number(unit="part", default=0.3, low=0, high=1),
            "damping": Number(unit="part", default=0.5, low=0, high=1),
        },
        neutral={"mix": 0},
        build=_reverb,
    ),
    "delay": SoundEffect(
        what="Echoes, each quieter than the one before.",
        parameters={
            "time": Number(unit="ms", default=300, low=1, high=5000),
            "feedback": Number(unit="factor", default=0.4, low=0, high=0.95),
            "mix": Number(unit="factor", default=0.5, low=0, high=1),
        },
        neutral={"mix": 0},
        build=_delay,
    ),
    "chorus": SoundEffect(
        what="Voices beside the sound that waver in pitch.",
        parameters={
            "mix": Number(unit="factor", default=0.5, low=0, high=1),
            "speed": Number(unit="Hz", default=0.8, low=0.05, high=5),
            "depth": Number(unit="ms", default=2, low=0.1, high=10),
        },
        neutral={"mix": 0},
        build=_chorus,
    ),
    "stereo-width": SoundEffect(
        what="How far left and right differ: 0 is mono, 1 as it was, 2 wide.",
        parameters={"width": Number(unit="factor", default=1.5, low=0, high=3)},
        neutral={"width": 1},
        build=_width,
    ),
    "pan": SoundEffect(
        what="Moves both sides towards one; nothing is lost, as it is by `pan`.",
        parameters={"position": Number(unit="side", default=0, low=-1, high=1)},
        neutral={"position": 0},
        build=_pan,
    ),
}
"""By name."""
