"""Keyframes of FCPXML."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from farm.timeline.doors.cut import cut_moves
from farm.timeline.doors.fcpxml.values import numbers_of, time_of
from farm.timeline.doors.xml import child, children

if TYPE_CHECKING:
    from farm.timeline.doors.notes import Notes
    from farm.timeline.doors.xml import Node

_EASINGS = {"easeIn": "ease_in", "easeOut": "ease_out", "ease": "ease_in_out"}
_MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The values of a parameter at a time of what is seen of its clip."""

    time: Fraction
    """Before 0: before what is seen."""
    values: tuple[float, ...]
    easing: str = "linear"

    def of(self, value: float) -> Key:
        """Return a keyframe of another value at the same time."""
        return replace(self, values=(value,))


def keys_of(node: Node, name: str, start: Fraction, notes: Notes) -> list[Key]:
    """Return the keyframes of a parameter, in order of time.

    Args:
        node: the adjustment that has the parameter.
        name: of the parameter.
        start: time of the clip that is seen first.
        notes: where times that are none are noted.
    """
    found: list[Key] = []
    for parameter in children(node, "param"):
        if parameter.get("name") != name:
            continue
        for each in parameter.iterfind("keyframeAnimation/keyframe"):
            given = cast("Node", each)
            time = time_of(given, "time", notes)
            values = numbers_of(given.get("value"))
            if time is None or not values or len(found) >= _MOST:
                continue
            easing = _EASINGS.get(given.get("interp") or "", "linear")
            found.append(Key(time=time - start, values=tuple(values), easing=easing))
    by_time = {key.time: key for key in found}
    return [by_time[time] for time in sorted(by_time)]


def widest(key: Key) -> tuple[float, float]:
    """Return two values, of which the second may be left out."""
    return key.values[0], key.values[-1]


def written(keys: list[Key], length: Fraction) -> list[dict[str, Any]]:
    """Return keyframes as a document has them, of what is seen."""
    before = max(-keys[0].time, Fraction(0))
    all_keys = [
        {"time": key.time + before, "value": key.values[0], "easing": key.easing}
        for key in keys
    ]
    found = cut_moves({"it": all_keys}, before, before + length)
    return cast("list[dict[str, Any]]", found["it"])


def fades_of(node: Node, name: str, prefix: str, notes: Notes) -> dict[str, Any]:
    """Return how a parameter appears at the start and vanishes at the end."""
    found: dict[str, Any] = {}
    for parameter in children(node, "param"):
        if parameter.get("name") != name:
            continue
        for tag, key in (("fadeIn", "fade_in"), ("fadeOut", "fade_out")):
            fade = child(parameter, tag)
            length = None if fade is None else time_of(fade, "duration", notes)
            if length is not None and length > 0:
                found[f"{prefix}{key}"] = length
    return found
