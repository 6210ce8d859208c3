"""Rows as a document of the farm."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from farm.timeline.doors.otio.rows import Blank, Blend, Row, Shown
from farm.timeline.time import parse_rate, round_half_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from farm.timeline.doors.notes import Notes
    from farm.timeline.doors.otio.block import Block
    from farm.timeline.doors.otio.rows import Piece, Stills

#: Images of one sequence; each is a clip of its own.
_MOST_STILLS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Tracks of a document, and where their items stand in the file."""

    tracks: list[dict[str, Any]] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    """Path in the document → place in the file."""


def write_tracks(block: Block, rate: Any, notes: Notes) -> Written:  # noqa: ANN401
    """Write the rows of a whole timeline, pictures below sounds.

    Args:
        block: all rows.
        rate: frames a second of the timeline, in any form that a document has.
        notes: where problems and warnings are noted.
    """
    written = Written()
    for kind, rows in (("video", block.video), ("audio", block.audio)):
        for row in rows:
            _write_row(row, kind, written, notes, rate)
    return written


def _write_row(
    row: Row,
    kind: str,
    written: Written,
    notes: Notes,
    rate: Any,  # noqa: ANN401  # of a document
) -> None:
    items: list[dict[str, Any]] = []
    path = f"tracks[{len(written.tracks)}]"
    for piece in _tidy(row.pieces, notes):
        made = [_write_piece(piece)]
        if isinstance(piece, Shown) and piece.stills is not None:
            made = _write_stills(piece, piece.stills, notes, rate)
        for each in made:
            if not isinstance(piece, Blank):
                written.places[f"{path}.items[{len(items)}]"] = piece.place
            items.append(each)
    written.tracks.append(
        {
            "kind": kind,
            "name": row.name,
            "enabled": row.enabled,
            **row.fields,
            "items": items,
        }
    )


def _write_stills(
    piece: Shown,
    stills: Stills,
    notes: Notes,
    rate: Any,  # noqa: ANN401  # of a document
) -> list[dict[str, Any]]:
    """Write a sequence of images as stills, each as long as it is seen."""
    length = piece.length or Fraction(0)
    try:
        frames = round_half_up(length * parse_rate(rate))
    except ValueError:
        return []  # the rate is a problem of its own
    if frames > _MOST_STILLS:
        message = f"it shows {frames:,} images; a sequence may have {_MOST_STILLS:,}"
        notes.refuse(piece.place, message)
        notes.raise_problems("the timeline")
    common = _write_piece(piece)
    made: list[dict[str, Any]] = []
    step, before = length / max(frames, 1), None
    for at in range(frames):
        shown = length - (at + 1) * step if piece.backwards else at * step
        path = stills.path((piece.start or Fraction(0)) + shown * piece.speed)
        if path == before:
            made[-1]["duration"] += step
            continue
        before = path
        still = {k: v for k, v in common.items() if k not in {"source_range", "speed"}}
        still |= {"media": {"type": "file", "path": path}, "duration": step}
        made.append(still)
    return made


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
                **piece.fields,
                **_extent(piece),
            }


def _extent(piece: Shown) -> dict[str, Any]:
    if piece.freeze is not None:
        return {"freeze": piece.freeze, "duration": piece.length}
    turned: dict[str, Any] = {}
    if piece.backwards and piece.media["type"] == "file" and piece.stills is None:
        turned["reverse"] = True
    if piece.length is None:
        return {"speed": piece.speed, **turned}
    if piece.media["type"] != "file":
        return {"duration": piece.length}
    if piece.fields.get("freeze") is not None:
        return {"duration": piece.length}
    written: dict[str, Any] = {
        **turned,
        "source_range": {
            "start": piece.start or Fraction(0),
            "duration": piece.length * piece.speed,
        },
    }
    if piece.fields.get("ramp"):
        return {**written, "duration": piece.length}
    if piece.speed != 1:
        written |= {"duration": piece.length, "speed": piece.speed}
    return written
