"""Effects of OpenTimelineIO: the speed is taken, all else is told."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import opentimelineio as otio

from farm.timeline.doors.otio.notes import label
from farm.timeline.time import parse_speed

if TYPE_CHECKING:
    from farm.timeline.doors.otio.notes import Notes

_SLOWEST, _FASTEST = Fraction(1, 1000), 100


def read_speed(item: otio.core.Item, notes: Notes, place: str) -> Fraction:
    """Return how many times as fast an item plays; tell its other effects."""
    name = label(item.schema_name().lower(), item.name)
    speed = Fraction(1)
    for effect in item.effects:
        if not effect.enabled:
            continue
        if isinstance(effect, otio.schema.LinearTimeWarp) and _is_motion(effect):
            if effect.time_scalar < 0:
                notes.warn(place, f"{name} plays backwards, but is shown forwards")
            speed *= parse_speed(abs(effect.time_scalar))
        else:
            kind = effect.effect_name or effect.schema_name()
            notes.warn(place, f"{name}: the effect {kind} is not known and left out")
    if _SLOWEST <= speed <= _FASTEST:
        return speed
    notes.refuse(
        place,
        f"{name} plays at {float(speed):g} times its speed; "
        f"{float(_SLOWEST):g} to {_FASTEST} can be rendered",
    )
    return Fraction(1)


def _is_motion(effect: otio.schema.LinearTimeWarp) -> bool:
    """Whether it is a speed: a frozen frame is of the same class, at speed 0."""
    scalar = effect.time_scalar
    is_speed = math.isfinite(scalar) and 0 < abs(scalar) < _FASTEST**2
    return is_speed and not isinstance(effect, otio.schema.FreezeFrame)
