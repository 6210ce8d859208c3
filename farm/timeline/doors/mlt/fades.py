"""Fades of MLT: of a clip, and of all that a track or a whole film shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.timeline.doors.mlt.zone import Zone, cut_at, ramp
from farm.timeline.doors.sheet import Piece, Sheet

if TYPE_CHECKING:
    from farm.timeline.doors.mlt.service import Services

_BLACK = {"type": "color", "color": "#000000"}
#: Frames by which programs miss the end of the one clip that they fade.
_NEAR = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Fade:
    """Something that appears or vanishes from one time to another."""

    place: str
    prefix: str
    """``video_`` for pictures, nothing for sound."""
    is_out: bool
    start: Fraction
    end: Fraction
    until: Fraction
    """When what vanished is there again."""
    is_black: bool = True
    """Whether pictures change to black, and not to what lies below them."""

    @property
    def name(self) -> str:
        """What a clip calls it."""
        return f"{self.prefix}fade_{'out' if self.is_out else 'in'}"

    def changes(self, piece: Piece) -> bool:
        """Whether a piece is seen or heard in it."""
        if piece.end <= self.start or piece.start >= self.until:
            return False
        if self.prefix:
            return piece.kind != "audio"
        return not piece.fields.get("muted")

    def meets(self, piece: Piece, near: Fraction, *, is_alone: bool) -> bool:
        """Whether it lies at the start or the end of a piece."""
        if self.is_out:
            is_near = abs(piece.end - self.until) <= near
            return is_near and (is_alone or self.start >= piece.start)
        is_near = abs(piece.start - self.start) <= near
        return is_near and (is_alone or self.end <= piece.end)


def fade_of(
    place: str, side: tuple[str, bool], zone: Zone, sheet: Sheet, services: Services
) -> Fade:
    """Return the fade of a filter: its last frame is the last of the way."""
    prefix, is_out = side
    start, end, until = zone.start, zone.end - services.seconds(1), zone.end
    if zone.is_all:
        ends = (piece.end for piece in sheet.pieces)
        start, end = Fraction(0), max(ends, default=Fraction(0))
        until = end
    return Fade(
        place=place, prefix=prefix, is_out=is_out, start=start, end=end, until=until
    )


def apply_fade(fade: Fade, sheet: Sheet, services: Services) -> None:
    """Let what is shown or heard appear or vanish."""
    if fade.end <= fade.start:
        return
    seen = [piece for piece in sheet.pieces if piece.kind == "video"]
    if fade.prefix and fade.is_black and len({piece.level for piece in seen}) > 1:
        _lay_black(fade, seen, sheet)
        return
    is_alone = len(sheet.pieces) == 1
    near = services.seconds(_NEAR if is_alone else 0)
    pieces = [piece for piece in sheet.pieces if fade.changes(piece)]
    if not any(fade.meets(piece, near, is_alone=is_alone) for piece in pieces):
        border = fade.until if fade.is_out else fade.start
        cut_at(sheet, border, services, fade.place)
    for at, piece in enumerate(sheet.pieces):
        if not fade.changes(piece):
            continue
        if fade.meets(piece, near, is_alone=is_alone):
            length = min(fade.end - fade.start, piece.length)
            fields = {**piece.fields, fade.name: length}
            sheet.pieces[at] = replace(piece, fields=fields)
        else:
            sheet.pieces[at] = _ramped(fade, piece, services)


def _ramped(fade: Fade, piece: Piece, services: Services) -> Piece:
    what = "opacity" if fade.prefix else "volume"
    changed = ramp(piece, what, fade.start, fade.end, is_out=fade.is_out)
    if changed is None:
        message = f"the {what} of a clip changes already; the fade of it is left out"
        services.notes.warn(fade.place, message)
    return changed or piece


def _lay_black(fade: Fade, seen: list[Piece], sheet: Sheet) -> None:
    """Lay black above pictures that lie above each other: it appears or vanishes."""
    start = max(fade.start, min(piece.start for piece in seen))
    last = fade.until if fade.is_out else fade.end
    end = min(last, max(piece.end for piece in seen))
    if end <= start:
        return
    top = max(piece.level[0] if piece.level else 0 for piece in seen)
    black = Piece(
        place=fade.place,
        kind="video",
        level=(top + 1,),
        start=start,
        length=end - start,
        media=_BLACK,
        fields={"muted": True},
    )
    way = ramp(black, "opacity", fade.start, fade.end, is_out=not fade.is_out)
    sheet.pieces.append(way or black)
