"""What a foreign timeline shows, each piece at its time, laid on tracks of the farm.

Programs place clips at times of their own, one above the other and in nests. A reader
turns all of it into pieces with absolute times; here they become tracks, on which
nothing overlaps.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from farm.timeline.document import load_document
from farm.timeline.timeline import FORMAT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from pydantic import JsonValue

    from farm.timeline.doors.notes import Notes
    from farm.timeline.timeline import Timeline

Level = tuple[int, ...]
"""Where a piece lies: larger is higher; of a nest, its own level and that within."""

#: Programs count in frames of their own: less than this is no overlap and no gap.
_NEAR = Fraction(1, 1000)
MOST_PIECES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Something that is seen or heard from one time to another."""

    place: str
    kind: str
    """``video`` or ``audio``."""
    level: Level
    start: Fraction
    length: Fraction
    media: Mapping[str, JsonValue]
    source: Fraction = Fraction(0)
    """Seconds from the start of the file at `start`."""
    speed: Fraction = Fraction(1)
    name: str = ""
    enabled: bool = True
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of a clip of the document."""

    @property
    def end(self) -> Fraction:
        """Time at which it ends."""
        return self.start + self.length


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """A transition around a cut."""

    place: str
    track: str
    """``video`` or ``audio``."""
    level: Level
    at: Fraction
    before: Fraction
    after: Fraction
    kind: str = "dissolve"


@dataclass(slots=True, kw_only=True)
class Sheet:
    """Pieces and transitions that were found."""

    pieces: list[Piece] = field(default_factory=list)
    joins: list[Join] = field(default_factory=list)
    tracks: dict[tuple[str, Level], dict[str, Any]] = field(default_factory=dict)
    """Fields of the track of a kind at a level."""

    def add(self, other: Sheet) -> None:
        """Take over what another has."""
        self.pieces += other.pieces
        self.joins += other.joins
        self.tracks |= other.tracks


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """The picture and the clock of a timeline."""

    rate: Fraction
    width: int
    height: int
    name: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


def level_of(*steps: int) -> Level:
    """Return a level: a nest at 0 within a nest at 0 is the same track."""
    found = list(steps)
    while found and found[-1] == 0:
        found.pop()
    return tuple(found)


def cut_out(
    sheet: Sheet, low: Fraction, high: Fraction, *, to: Fraction, speed: Fraction
) -> Sheet:
    """Return what a nest shows from one of its times to another.

    Args:
        sheet: of the nest.
        low: its time that is seen first.
        high: its time that is not seen any more.
        to: where that lies on the timeline around it.
        speed: how many times as fast it plays.
    """

    def moved(time: Fraction) -> Fraction:
        return to + (time - low) / speed

    found = Sheet(tracks=sheet.tracks)
    for piece in sheet.pieces:
        start, end = max(piece.start, low), min(piece.end, high)
        if end - start <= 0:
            continue
        fields = dict(piece.fields)
        if start > piece.start:
            fields = without(fields, "fade_in", "video_fade_in")
        if end < piece.end:
            fields = without(fields, "fade_out", "video_fade_out")
        found.pieces.append(
            replace(
                piece,
                start=moved(start),
                length=(end - start) / speed,
                source=piece.source + (start - piece.start) * piece.speed,
                speed=piece.speed * speed,
                fields=fields,
            )
        )
    for join in sheet.joins:
        if low <= join.at - join.before and join.at + join.after <= high:
            found.joins.append(
                replace(
                    join,
                    at=moved(join.at),
                    before=join.before / speed,
                    after=join.after / speed,
                )
            )
    return found


def raise_sheet(sheet: Sheet, under: Level) -> Sheet:
    """Return a nest on the level that it has on the timeline around it."""
    return Sheet(
        pieces=[replace(p, level=level_of(*under, *p.level)) for p in sheet.pieces],
        joins=[replace(j, level=level_of(*under, *j.level)) for j in sheet.joins],
        tracks={
            (kind, level_of(*under, *level)): fields
            for (kind, level), fields in sheet.tracks.items()
        },
    )


def without(fields: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return the fields without some."""
    return {key: value for key, value in fields.items() if key not in names}


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
    return load_document(document, folder=folder, name=name, places=places)


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
    written["source_range"] = {
        "start": max(piece.source, Fraction(0)),
        "duration": piece.length * piece.speed,
    }
    if piece.speed != 1:
        written |= {"duration": piece.length, "speed": piece.speed}
    return written
