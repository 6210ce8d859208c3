"""Zones: the part of the time in which a filter or a transition of MLT works."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from farm.timeline.doors.cut import cut_piece
from farm.timeline.doors.mlt.values import frames_of
from farm.timeline.doors.sheet import Piece, Sheet, without
from farm.timeline.time import parse_time

if TYPE_CHECKING:
    from farm.timeline.doors.mlt.service import Services
    from farm.timeline.doors.xml import Node

#: What fades when the clip itself fades, and how it is called as a way over time.
_SIDES = {"video_": "opacity", "": "volume"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """From when to when something works, on the clock of what it works on."""

    start: Fraction
    end: Fraction
    is_all: bool = False
    """Whether it says no end."""

    def covers(self, piece: Piece) -> bool:
        """Whether it works on some of a piece."""
        return piece.start < self.end and self.start < piece.end


def zone_of(node: Node, sheet: Sheet, services: Services, *, offset: int = 0) -> Zone:
    """Return when a filter or transition works.

    Args:
        node: the filter or transition.
        sheet: what it works on.
        services: where the rate is.
        offset: frame that it calls the start of the sheet.
    """
    rate = services.screen.rate
    first = frames_of(node.get("in"), rate) or 0
    last = frames_of(node.get("out"), rate)
    start = services.seconds(first - offset)
    if last is None or (last == 0 and first == 0):  # both at 0 are MLT's "always"
        ends = (piece.end for piece in sheet.pieces)
        return Zone(start=start, end=max(ends, default=start), is_all=not first)
    return Zone(start=start, end=services.seconds(last + 1 - offset))


def split(sheet: Sheet, zone: Zone, services: Services, place: str) -> Zone:
    """Cut pieces at both ends of a zone, and return the zone."""
    if zone.is_all:
        return zone
    sides = [cut_at(sheet, at, services, place) for at in (zone.start, zone.end)]
    return replace(zone, start=sides[0], end=sides[1])


def cut_at(sheet: Sheet, at: Fraction, services: Services, place: str) -> Fraction:
    """Cut pieces at a time, which is told and moved where it is within a transition."""
    at = _beside_joins(at, sheet, services, place)
    parts = [_cut(piece, at) for piece in sheet.pieces]
    sheet.pieces[:] = [part for both in parts for part in both]
    return at


def _beside_joins(
    at: Fraction, sheet: Sheet, services: Services, place: str
) -> Fraction:
    for join in sheet.joins:
        first, last = join.at - join.before, join.at + join.after
        if first < at < last and at != join.at:
            message = "its time ends within a transition, and here beside it"
            services.notes.warn(place, message)
            return first if at < join.at else last
    return at


def _cut(piece: Piece, at: Fraction) -> list[Piece]:
    if not piece.start < at < piece.end:
        return [piece]
    piece = _with_moves(piece, at - piece.start)
    return [cut_piece(piece, piece.start, at), cut_piece(piece, at, piece.end)]


def _with_moves(piece: Piece, at: Fraction) -> Piece:
    """Write fades that lie at a cut as a way over time, which can be cut."""
    for prefix, name in _SIDES.items():
        first = _seconds(piece, f"{prefix}fade_in")
        last = _seconds(piece, f"{prefix}fade_out")
        if at < first:
            piece = _turned(piece, name, f"{prefix}fade_in")
        if at > piece.length - last:
            piece = _turned(piece, name, f"{prefix}fade_out")
    return piece


def _seconds(piece: Piece, name: str) -> Fraction:
    return parse_time(piece.fields.get(name) or 0)


def _turned(piece: Piece, name: str, fade: str) -> Piece:
    length = min(_seconds(piece, fade), piece.length)
    start, end = piece.start, piece.start + length
    if fade.endswith("out"):
        start, end = piece.end - length, piece.end
    piece = replace(piece, fields=without(piece.fields, fade))
    return ramp(piece, name, start, end, is_out=fade.endswith("out")) or piece


def ramp(
    piece: Piece, name: str, start: Fraction, end: Fraction, *, is_out: bool
) -> Piece | None:
    """Let opacity or volume of a piece grow or sink from one time to another.

    `None`: it changes over time already, and this cannot be added.
    """
    if name in piece.fields.get("animation", {}):
        return None
    full = float(piece.fields.get(name, 1))
    first, last = start - piece.start, end - piece.start
    times = {}
    for time in (Fraction(0), first, last, piece.length):
        if 0 <= time <= piece.length:
            passed = min(max((time - first) / (last - first), Fraction(0)), Fraction(1))
            times[time] = full * float(1 - passed if is_out else passed)
    keys: list[dict[str, Any]] = [
        {"time": str(time), "value": value, "easing": "linear"}
        for time, value in sorted(times.items())
    ]
    moves = {**piece.fields.get("animation", {}), name: keys}
    return replace(piece, fields={**piece.fields, "animation": moves})
