"""Rows as a document of the farm."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from farm.timeline.doors.otio.rows import Blank, Blend, Row, Shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from farm.timeline.doors.otio.block import Block
    from farm.timeline.doors.otio.notes import Notes
    from farm.timeline.doors.otio.rows import Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Tracks of a document, and where their items stand in the file."""

    tracks: list[dict[str, Any]] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    """Path in the document → place in the file."""


def write_tracks(block: Block, notes: Notes) -> Written:
    """Write the rows of a whole timeline, pictures below sounds."""
    written = Written()
    for kind, rows in (("video", block.video), ("audio", block.audio)):
        for row in rows:
            _write_row(row, kind, written, notes)
    return written


def _write_row(row: Row, kind: str, written: Written, notes: Notes) -> None:
    items: list[dict[str, Any]] = []
    path = f"tracks[{len(written.tracks)}]"
    for piece in _tidy(row.pieces, notes):
        if not isinstance(piece, Blank):
            written.places[f"{path}.items[{len(items)}]"] = piece.place
        items.append(_write_piece(piece))
    written.tracks.append(
        {"kind": kind, "name": row.name, "enabled": row.enabled, "items": items}
    )


def _tidy(pieces: Sequence[Piece], notes: Notes) -> Iterator[Piece]:
    """Join gaps, and leave out transitions that join no clips."""
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if isinstance(piece, Blank) and isinstance(last, Blank):
            joined[-1] = Blank(length=last.length + piece.length)
        elif not isinstance(piece, Blank) or piece.length > 0:
            joined.append(piece)
    for number, piece in enumerate(joined):
        beside = (
            *joined[max(0, number - 1) : number],
            *joined[number + 1 : number + 2],
        )
        if isinstance(piece, Blend) and not any(isinstance(p, Shown) for p in beside):
            notes.warn(piece.place, "the transition joins no clips and is left out")
        else:
            yield piece


def _write_piece(piece: Piece) -> dict[str, Any]:
    match piece:
        case Blank():
            return {"type": "gap", "duration": piece.length}
        case Blend():
            return {
                "type": "transition",
                "kind": piece.kind,
                "in_offset": piece.before,
                "out_offset": piece.after,
            }
        case Shown():
            return {
                "type": "clip",
                "name": piece.name,
                "media": dict(piece.media),
                "enabled": piece.enabled,
                "muted": piece.muted,
                **_extent(piece),
            }


def _extent(piece: Shown) -> dict[str, Any]:
    if piece.length is None:
        return {"speed": piece.speed}
    if piece.media["type"] != "file":
        return {"duration": piece.length}
    written: dict[str, Any] = {
        "source_range": {
            "start": piece.start or Fraction(0),
            "duration": piece.length * piece.speed,
        }
    }
    if piece.speed != 1:
        written |= {"duration": piece.length, "speed": piece.speed}
    return written
