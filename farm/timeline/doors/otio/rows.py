"""Rows: what a track shows one after the other, in exact seconds.

A composition of OpenTimelineIO becomes rows of pieces without any nesting.
Rows can be cut, padded and played faster without touching what they were made from.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias, assert_never

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from farm.timeline.doors.notes import Notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Stills:
    """Numbered images that are shown one after the other."""

    before: str
    """What stands before the number, with the folder."""
    after: str
    first: int
    step: int
    digits: int
    rate: Fraction
    count: int

    def path(self, time: Fraction) -> str:
        """Return the image that is shown at a time; the first or last beyond them."""
        at = min(max(int(time * self.rate), 0), max(self.count - 1, 0))
        number = self.first + at * self.step
        sign, digits = ("-" if number < 0 else ""), str(abs(number))
        return f"{self.before}{sign}{digits.zfill(self.digits)}{self.after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A clip."""

    place: str
    name: str
    media: Mapping[str, JsonValue]
    length: Fraction | None
    """On the timeline; ``None``: as long as the file, which is not known here."""
    start: Fraction | None
    """In the file; ``None`` together with `length`."""
    speed: Fraction = Fraction(1)
    backwards: bool = False
    freeze: Fraction | None = None
    """Time of the file whose frame is held instead."""
    enabled: bool = True
    muted: bool = False
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of a clip of the farm."""
    stills: Stills | None = None
    """Where the media are numbered images."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """Nothing, for a while."""

    length: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Blend:
    """A transition over the cut where it stands."""

    place: str
    kind: str
    before: Fraction
    after: Fraction


#: So much before the end lies the frame that is seen first when it plays backwards.
_LAST = Fraction(1, 1000)
Piece: TypeAlias = Shown | Blank | Blend


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Pieces one after the other."""

    pieces: tuple[Piece, ...]
    name: str = ""
    enabled: bool = True
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of a track of the farm."""

    @property
    def length(self) -> Fraction | None:
        """Sum of the pieces; `None` where the length of one is not known."""
        total = Fraction(0)
        for piece in self.pieces:
            if isinstance(piece, Blend):
                continue
            if piece.length is None:
                return None
            total += piece.length
        return total


def delay_row(row: Row, delay: Fraction) -> Row:
    """Let a row start later."""
    return replace(row, pieces=_gap(delay) + row.pieces)


def fill_row(row: Row, length: Fraction) -> Row:
    """Lengthen a row of known length by a gap at its end."""
    known = row.length
    assert known is not None  # noqa: S101  # the caller looked
    return replace(row, pieces=row.pieces + _gap(length - known))


def switch_off_row(row: Row) -> Row:
    """Return the same row with its clips switched off."""
    pieces = tuple(
        replace(piece, enabled=False) if isinstance(piece, Shown) else piece
        for piece in row.pieces
    )
    return replace(row, pieces=pieces, enabled=True)


def take_sound(row: Row) -> Row:
    """Return a row of pictures as a row of what is heard of them."""

    def heard(piece: Piece) -> Piece:
        if not isinstance(piece, Shown):
            return piece
        if piece.media["type"] == "file":
            return replace(piece, muted=False)
        return Blank(length=piece.length or Fraction(0))

    return replace(row, pieces=tuple(heard(piece) for piece in row.pieces))


def add_effects(row: Row, effects: list[dict[str, Any]]) -> Row:
    """Apply effects to all clips of a row."""

    def changed(piece: Piece) -> Piece:
        if not isinstance(piece, Shown):
            return piece
        all_of_them = [*piece.fields.get("effects", ()), *effects]
        return replace(piece, fields={**piece.fields, "effects": all_of_them})

    return replace(row, pieces=tuple(changed(piece) for piece in row.pieces))


def speed_up_row(row: Row, factor: Fraction) -> Row:
    """Play a row so many times as fast."""

    def faster(piece: Piece) -> Piece:
        match piece:
            case Shown():
                length = None if piece.length is None else piece.length / factor
                return replace(piece, length=length, speed=piece.speed * factor)
            case Blank():
                return Blank(length=piece.length / factor)
            case Blend():
                return replace(
                    piece, before=piece.before / factor, after=piece.after / factor
                )
            case _:
                assert_never(piece)

    return replace(row, pieces=tuple(faster(piece) for piece in row.pieces))


def turn_row(row: Row) -> Row:
    """Play a row of known length backwards."""

    def turned(piece: Piece) -> Piece:
        match piece:
            case Shown():
                return replace(piece, backwards=not piece.backwards)
            case Blend():
                return replace(piece, before=piece.after, after=piece.before)
            case _:
                return piece

    return replace(row, pieces=tuple(turned(piece) for piece in reversed(row.pieces)))


def freeze_row(row: Row, at: Fraction, length: Fraction) -> Row:
    """Hold the frame that a row of known length shows at a time."""
    now = Fraction(0)
    for piece in row.pieces:
        if isinstance(piece, Blend):
            continue
        assert piece.length is not None  # noqa: S101  # the caller looked
        if isinstance(piece, Shown) and now <= at < now + piece.length:
            return replace(row, pieces=(frozen(piece, at - now, length),))
        now += piece.length
    return replace(row, pieces=_gap(length))


def frozen(piece: Shown, at: Fraction, length: Fraction | None) -> Shown:
    """Return a clip that holds the frame that another shows at one of its times."""
    freeze = piece.freeze
    if freeze is None and piece.media["type"] == "file" and piece.stills is None:
        passed = at * piece.speed
        if piece.backwards and piece.length is not None:
            passed = max(piece.length * piece.speed - passed - _LAST, Fraction(0))
        freeze = (piece.start or Fraction(0)) + passed
    stills = piece.stills
    media = piece.media
    if stills is not None:  # the one image that is seen then
        shown = (piece.start or Fraction(0)) + at * piece.speed
        media, stills = {"type": "file", "path": stills.path(shown)}, None
    return replace(
        piece, media=media, stills=stills, freeze=freeze, length=length,
        speed=Fraction(1), backwards=False, muted=True,
    )  # fmt: skip


def trim_row(row: Row, start: Fraction, length: Fraction, notes: Notes) -> Row:
    """Take so much of a row of known length, with gaps where it has nothing."""
    end, now = start + length, Fraction(0)
    kept: list[Piece] = list(_gap(min(length, -start)))
    for piece in row.pieces:
        if isinstance(piece, Blend):
            if now - piece.before >= start and now + piece.after <= end:
                kept.append(piece)
            elif now + piece.after > start and now - piece.before < end:
                message = "the range around it cuts through the transition"
                notes.refuse(piece.place, f"{message}: end it before or after")
            continue
        assert piece.length is not None  # noqa: S101  # the caller looked
        low, high = max(now, start), min(now + piece.length, end)
        if low < high:
            kept.append(_part(piece, low - now, high - low))
        now += piece.length
    kept += _gap(end - max(now, start))
    return replace(row, pieces=tuple(kept))


def _part(piece: Shown | Blank, skipped: Fraction, length: Fraction) -> Piece:
    if isinstance(piece, Blank):
        return Blank(length=length)
    assert piece.length is not None  # noqa: S101  # of a row of known length
    passed = piece.length - skipped - length if piece.backwards else skipped
    start = None if piece.start is None else piece.start + passed * piece.speed
    lost = {"fade_in", "video_fade_in"} if skipped > 0 else set()
    if skipped + length < piece.length:
        lost |= {"fade_out", "video_fade_out"}
    fields = {key: value for key, value in piece.fields.items() if key not in lost}
    return replace(piece, start=start, length=length, fields=fields)


def _gap(length: Fraction) -> tuple[Piece, ...]:
    return (Blank(length=length),) if length > 0 else ()
