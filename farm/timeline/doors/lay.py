"""What a foreign timeline shows, laid on tracks of the farm.

Programs place clips at times of their own, one above the other and in nests. A reader
turns all of it into pieces with absolute times; here they become tracks, on which
nothing overlaps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from farm.timeline.document import load_document
from farm.timeline.timeline import FORMAT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from farm.timeline.doors.notes import Notes
    from farm.timeline.doors.sheet import Join, Level, Piece, Sheet
    from farm.timeline.timeline import Timeline

#: Programs count in frames of their own: less than this is no overlap and no gap.
_NEAR = Fraction(1, 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """The picture and the clock of a timeline."""

    rate: Fraction
    width: int
    height: int
    name: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width, self.height


def build(
    sheet: Sheet, screen: Screen, notes: Notes, *, folder: Path, name: str
) -> Timeline:
    """Return the timeline of what was found.

    Raises:
        InvalidTimeline: with all problems, each with its place in the file.
    """
    notes.raise_problems(name)
    places: dict[str, str] = {}
    tracks: list[dict[str, Any]] = []
    for kind in ("video", "audio"):
        for level, pieces in _levels(sheet.pieces, kind):
            waiting = {
                join.at: join
                for join in sheet.joins
                if join.track == kind and join.level == level
            }
            for row in _rows(pieces):
                path = f"tracks[{len(tracks)}]"
                items = list(_items(row, waiting))
                places |= {
                    f"{path}.items[{at}]": place for at, (_, place) in enumerate(items)
                }
                fields = sheet.tracks.get((kind, level), {})
                tracks.append(
                    {"kind": kind, **fields, "items": [item for item, _ in items]}
                )
            for join in waiting.values():
                notes.warn(join.place, "the transition joins no clips and is left out")
    document = {
        "format": FORMAT,
        "name": screen.name,
        "rate": screen.rate,
        "width": screen.width,
        "height": screen.height,
        **screen.fields,
        "tracks": tracks,
    }
    if subtitles := list(_subtitles(sheet.pieces)):
        document["subtitles"] = subtitles
    return load_document(document, folder=folder, name=name, places=places)


def _subtitles(pieces: Iterable[Piece]) -> Iterator[dict[str, Any]]:
    """Yield the captions of each language, as streams that players switch on."""
    found: dict[str, list[dict[str, Any]]] = {}
    for piece in sorted(pieces, key=lambda piece: piece.start):
        start = max(piece.start, Fraction(0))
        if piece.kind == "caption" and piece.enabled and piece.end > start:
            cue = {"start": start, "end": piece.end, "text": piece.media["text"]}
            found.setdefault(piece.fields["language"], []).append(cue)
    for language, cues in found.items():
        yield {"show": "stream", "language": language, "cues": cues}


def _levels(pieces: Iterable[Piece], kind: str) -> Iterator[tuple[Level, list[Piece]]]:
    """Yield the pieces of each level from bottom to top."""
    by_level: dict[Level, list[Piece]] = {}
    for piece in pieces:
        if piece.kind == kind:
            by_level.setdefault(piece.level, []).append(piece)
    for level in sorted(by_level):
        yield level, sorted(by_level[level], key=lambda piece: piece.start)


def _rows(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """Yield rows in which nothing overlaps; what starts later lies higher."""
    rows: list[list[Piece]] = []
    for piece in pieces:
        row = next((row for row in rows if row[-1].end <= piece.start + _NEAR), None)
        if row is None:
            rows.append([piece])
        else:
            row.append(piece)
    yield from rows


def _items(
    row: list[Piece], waiting: dict[Fraction, Join]
) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield clips, gaps and transitions of a row, and where each comes from."""
    now = Fraction(0)
    for piece in row:
        if piece.start > now + _NEAR:
            if now > 0:
                yield from _joined(waiting, now)
            yield {"type": "gap", "duration": piece.start - now}, piece.place
        yield from _joined(waiting, piece.start)
        yield _clip(piece), piece.place
        now = piece.end
    yield from _joined(waiting, now)


def _joined(
    waiting: dict[Fraction, Join], at: Fraction
) -> Iterator[tuple[dict[str, Any], str]]:
    near = next((key for key in waiting if abs(key - at) <= _NEAR), None)
    if near is None:
        return
    join = waiting.pop(near)
    yield (
        {
            "type": "transition",
            "kind": join.kind,
            "in_offset": join.before,
            "out_offset": join.after,
        },
        join.place,
    )


def _clip(piece: Piece) -> dict[str, Any]:
    written: dict[str, Any] = {
        "type": "clip",
        "name": piece.name,
        "media": dict(piece.media),
        "enabled": piece.enabled,
        **piece.fields,
    }
    if piece.media["type"] != "file":
        return {**written, "duration": piece.length}
    if piece.freeze is not None:
        return {**written, "freeze": piece.freeze, "duration": piece.length}
    if piece.backwards:
        written["reverse"] = True
    written["source_range"] = {
        "start": max(piece.source, Fraction(0)),
        "duration": piece.length * piece.speed,
    }
    if piece.speed != 1:
        written |= {"duration": piece.length, "speed": piece.speed}
    return written
