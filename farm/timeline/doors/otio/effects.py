"""Effects of OpenTimelineIO: speeds, frozen frames, and what the catalogue knows."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import opentimelineio as otio

from farm.timeline.doors.notes import label
from farm.timeline.doors.otio.own import plain
from farm.timeline.time import parse_speed, show_value

if TYPE_CHECKING:
    from farm.timeline.doors.catalogue import Catalogue
    from farm.timeline.doors.notes import Notes

_SLOWEST, _FASTEST = Fraction(1, 1000), 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How an item is played."""

    speed: Fraction = Fraction(1)
    backwards: bool = False
    is_frozen: bool = False
    is_remapped: bool = False
    """Whether ranges are times of the clip as it plays, not of its file (FCP 7)."""
    effects: list[dict[str, Any]] = field(default_factory=list)


def read_effects(  # one branch for each kind
    item: otio.core.Item, notes: Notes, place: str, catalogue: Catalogue
) -> Played:
    """Return how an item is played; tell what is not shown."""
    name = label(item.schema_name().lower(), item.name)
    speed, is_frozen, is_remapped = Fraction(1), False, False
    effects: list[dict[str, Any]] = []
    for effect in item.effects:
        if not effect.enabled:
            continue
        if _is_freeze(effect):
            is_frozen = True
        elif isinstance(effect, otio.schema.LinearTimeWarp) and _is_motion(effect):
            speed *= parse_speed(effect.time_scalar)
        elif (factor := _remapped(effect)) == 0:
            is_frozen = True
        elif factor is not None:
            speed, is_remapped = speed * factor, True
        else:
            kind = effect.effect_name or effect.schema_name()
            use = catalogue.find(kind, {})
            if use is None:
                message = (
                    f"{name}: the effect {show_value(kind)} is not known and left out"
                )
                notes.warn(place, message)
            else:
                effects.append(use.model_dump(mode="json"))
    if is_frozen:
        return Played(is_frozen=True, effects=effects)
    if _SLOWEST <= abs(speed) <= _FASTEST:
        return Played(
            speed=abs(speed), backwards=speed < 0, is_remapped=is_remapped,
            effects=effects,
        )  # fmt: skip
    notes.refuse(
        place,
        f"{name} plays at {float(speed):g} times its speed; "
        f"{float(_SLOWEST):g} to {_FASTEST} can be rendered",
    )
    return Played()


def _is_freeze(effect: otio.schema.Effect) -> bool:
    if isinstance(effect, otio.schema.FreezeFrame):
        return True
    return isinstance(effect, otio.schema.LinearTimeWarp) and effect.time_scalar == 0


def _is_motion(effect: otio.schema.LinearTimeWarp) -> bool:
    """Whether it is a speed that is a number."""
    scalar = effect.time_scalar
    return math.isfinite(scalar) and 0 < abs(scalar) < _FASTEST**2


def _remapped(effect: otio.schema.Effect) -> Fraction | None:
    """Return the speed in FCP 7's filter "Time Remap", which its adapter keeps."""
    metadata = effect.metadata
    held = plain(metadata.get("fcp_xml")) if "fcp_xml" in metadata else None
    if not isinstance(held, dict):
        return None
    if "timeremap" not in {held.get("effectid"), effect.effect_name}:
        return None
    parameters = held.get("parameter") or []
    values = {
        each.get("parameterid"): str(each.get("value"))
        for each in (parameters if isinstance(parameters, list) else [parameters])
        if isinstance(each, dict)
    }
    try:
        speed = parse_speed(values.get("speed", "100")) / 100
    except ValueError:
        return None
    return -abs(speed) if values.get("reverse", "").upper() == "TRUE" else speed
