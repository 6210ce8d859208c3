"""Services of MLT one within the other: playlists, tractors, and what they play."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.timeline.doors.cut import Course, cut_out, cut_piece
from farm.timeline.doors.mlt.filters import apply_filters, filter_tracks
from farm.timeline.doors.mlt.joins import join_tracks, lay_transition, mix_of
from farm.timeline.doors.mlt.producer import Made, make_media
from farm.timeline.doors.mlt.values import frames_of, property_of, time_map
from farm.timeline.doors.remap import remap, span_of
from farm.timeline.doors.sheet import MOST_PIECES, Piece, Sheet, raise_sheet
from farm.timeline.doors.xml import child, children
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from farm.timeline.doors.catalogue import Catalogue
    from farm.timeline.doors.lay import Screen
    from farm.timeline.doors.notes import Notes
    from farm.timeline.doors.remap import Points
    from farm.timeline.doors.xml import Node

_DEEPEST = 30
_LEAVES = {"producer", "chain"}
_NESTS = ("playlist", "tractor", "multitrack")
#: Frames that MLT gives what has no length of its own.
_USUAL_FRAMES = 15_000
_LONGEST_FRAMES = 100 * 3600 * 1000


class Services:
    """Reads services; each may be used several times."""

    def __init__(
        self, root: Node, screen: Screen, notes: Notes, catalogue: Catalogue
    ) -> None:
        self.screen, self.notes, self.catalogue = screen, notes, catalogue
        self._by_id: dict[str, Node] = {}
        for node in root.iter():
            name = node.get("id")
            if name and node.tag in {*_LEAVES, "playlist", "tractor", "multitrack"}:
                self._by_id.setdefault(name, node)  # type: ignore[arg-type]
        self._open: list[Node] = []
        self._read: dict[Node, tuple[Sheet, int]] = {}

    def read(self, node: Node) -> tuple[Sheet, int]:
        """Return what a service shows from its own start, and its length in frames."""
        if node in self._read:
            known, length = self._read[node]
            return Sheet(pieces=[*known.pieces], joins=[*known.joins]), length
        if node in self._open or len(self._open) > _DEEPEST:
            self.notes.refuse(node.place, f"the {node.tag} holds itself")
            self.notes.raise_problems("the MLT file")
        self._open.append(node)
        if node.tag in _LEAVES:
            sheet, length = self._leaf(node)
        elif node.tag == "playlist":
            sheet, length = self._playlist(node)
        else:
            sheet, length = self._tractor(node)
        self._open.pop()
        self._read[node] = sheet, length
        return Sheet(pieces=[*sheet.pieces], joins=[*sheet.joins]), length

    def check_count(self, node: Node, sheet: Sheet) -> None:
        """Refuse more clips than a timeline has: lists of lists grow quickly."""
        if len(sheet.pieces) > MOST_PIECES:
            message = f"with it there are more than {MOST_PIECES:,} clips"
            self.notes.refuse(node.place, message)
            self.notes.raise_problems("the MLT file")

    def seconds(self, frames: int) -> Fraction:
        """Return how long so many frames last."""
        return frames / self.screen.rate

    def find(self, node: Node) -> Node | None:
        """Return the service that an entry or a track names or holds."""
        name = node.get("producer")
        if name:
            found = self._by_id.get(name)
            if found is None:
                self.notes.refuse(node.place, f"there is no {show_value(name)}")
            return found
        return next(children(node, *_LEAVES, "playlist", "tractor", "multitrack"), None)

    def _leaf(self, node: Node) -> tuple[Sheet, int]:
        rate = self.screen.rate
        made = make_media(node, self)
        first = frames_of(node.get("in"), rate) or 0
        last = frames_of(node.get("out"), rate)
        length = frames_of(property_of(node, "length"), rate)
        if last is None:
            last = (length or _USUAL_FRAMES) - 1
        frames = min(max(last - first + 1, 0), _LONGEST_FRAMES)
        if made is None or frames == 0:
            return Sheet(), frames
        if made.is_film and (points := time_map(node, rate)):
            sheet = self._remapped(node, made, points, first, frames)
        else:
            # Backwards, the last frame of all that there is lies at 0.
            below = (length or last + 1) - 1 - last if made.backwards else first
            sheet = Sheet(pieces=[self._piece(node, made, below, frames)])
        apply_filters(node, sheet, self, offset=first)
        return sheet, frames

    def _piece(self, node: Node, made: Made, first: int, frames: int) -> Piece:
        return Piece(
            place=node.place,
            kind="video",
            level=(),
            start=Fraction(0),
            length=self.seconds(frames),
            media=made.media,
            source=self.seconds(first) * made.speed if made.is_film else Fraction(0),
            speed=made.speed,
            backwards=made.backwards,
            name=made.name,
            fields={**made.fields, "muted": not made.has_sound},
        )

    def _remapped(
        self, node: Node, made: Made, points: Points, first: int, frames: int
    ) -> Sheet:
        """Return what a chain with a map of time shows."""
        start, length = self.seconds(first), self.seconds(frames)
        low, high = span_of(points, start, length)
        inner = replace(self._piece(node, made, 0, 1), start=low, source=low)
        inner = replace(inner, length=high - low + self.seconds(1))
        sheet = Sheet(pieces=[inner])
        return remap(sheet, points, start, length, notes=self.notes, place=node.place)

    def entry(self, node: Node) -> tuple[Sheet, int]:
        """Return what an entry of a playlist shows."""
        rate = self.screen.rate
        service = node if node.tag in _LEAVES else self.find(node)
        if service is None:
            return Sheet(), 0
        if service is node:
            sheet, length = self.read(node)
            return sheet, length
        begin = frames_of(service.get("in"), rate) or 0
        first = frames_of(node.get("in"), rate)
        last = frames_of(node.get("out"), rate)
        sheet, length = self.read(service)
        if service.tag not in _LEAVES:
            begin = 0
        if first is None:  # with an out alone, MLT begins at 0
            first = begin if last is None else 0
        last = begin + length - 1 if last is None else last
        frames = min(max(last - first + 1, 0), _LONGEST_FRAMES)
        if frames == 0:
            message = f"it ends at {last}, before it begins at {first}, and is left out"
            self.notes.warn(node.place, message)
            return Sheet(), 0
        # An entry may take more than its producer has by its own in and out.
        low = self.seconds(first - begin)
        if service.tag in _LEAVES and len(sheet.pieces) == 1:
            piece, high = sheet.pieces[0], low + self.seconds(frames)
            if low >= 0 and high <= piece.length:
                piece = cut_piece(piece, low, high)
            else:
                piece = piece.part(low, high - low)
            sheet.pieces[0] = replace(piece, start=Fraction(0), place=node.place)
        elif low != 0 or frames != length:
            high = low + self.seconds(frames)
            sheet = cut_out(sheet, Course(low=low, high=high, to=Fraction(0)))
        apply_filters(node, sheet, self, offset=first)
        return sheet, frames

    def _playlist(self, node: Node) -> tuple[Sheet, int]:
        found, now = Sheet(), 0
        for part in children(node, "entry", "blank", *_NESTS, *_LEAVES):
            if part.tag == "blank":
                blank = frames_of(part.get("length"), self.screen.rate)
                now += min(max(blank or 0, 0), _LONGEST_FRAMES)
                continue
            if part.tag in _NESTS or _holds_tracks(part):
                sheet, frames = self.read(part)
            else:
                sheet, frames = self.entry(part)
            found.add(self._moved(sheet, now))
            self.check_count(part, found)
            now += frames
        apply_filters(node, found, self, offset=0)
        return found, now

    def _moved(self, sheet: Sheet, frames: int) -> Sheet:
        by = self.seconds(frames)
        return Sheet(
            pieces=[replace(p, start=p.start + by) for p in sheet.pieces],
            joins=[replace(j, at=j.at + by) for j in sheet.joins],
            tracks=sheet.tracks,
        )

    def _tractor(self, node: Node) -> tuple[Sheet, int]:
        holder = child(node, "multitrack")
        holder = node if holder is None else holder
        tracks: list[Sheet] = []
        length = 0
        for track in children(
            holder, "track", "playlist", "tractor", "multitrack", *_LEAVES
        ):
            service = self.find(track) if track.tag == "track" else track
            if service is None or _is_ground(service):
                tracks.append(Sheet())
                continue
            sheet, frames = self.read(service)
            length = max(length, frames)
            self.check_count(track, sheet)
            if track.tag == "track" and (track.get("in") or track.get("out")):
                sheet, frames = self.entry(track)
            tracks.append(_hidden(sheet, track.get("hide") or ""))
        filter_tracks(node, tracks, self)
        transitions = list(children(node, "transition"))
        if holder is not node:
            transitions += children(holder, "transition")
        mixes = [mix for each in transitions if (mix := mix_of(each, self))]
        if mixes and len(tracks) == 2:  # noqa: PLR2004  # it mixes one with another
            found = join_tracks(tracks[0], tracks[1], mixes, self)
        else:
            found = Sheet()
            # Between two of them there is place for what lies there only for a time.
            levels = list(range(2, 2 * len(tracks) + 1, 2))
            for each in transitions:
                lay_transition(each, tracks, levels, self)
            if len(tracks) == 1 or all(not t.pieces for t in tracks[1:]):
                found.add(tracks[0] if tracks else Sheet())
            else:
                for level, sheet in zip(levels, tracks, strict=True):
                    found.add(raise_sheet(sheet, (level,)))
        last = frames_of(node.get("out"), self.screen.rate)
        first = frames_of(node.get("in"), self.screen.rate) or 0
        if last is not None and last - first + 1 < length:
            length = max(last - first + 1, 0)
        apply_filters(node, found, self, offset=0, track="")
        return found, length


def _holds_tracks(entry: Node) -> bool:
    """Whether an entry is a tractor itself, with transitions and filters."""
    return not entry.get("producer") and child(entry, "multitrack") is not None


def _is_ground(service: Node) -> bool:
    """Whether it is the black that Kdenlive lays below everything."""
    return (
        service.get("id") == "black_track"
        or property_of(service, "kdenlive:playlistid") == "black_track"
    )


def _hidden(sheet: Sheet, hide: str) -> Sheet:
    """Return a track of which the picture, the sound or both are switched off."""
    if hide == "both":
        return Sheet(pieces=[replace(p, enabled=False) for p in sheet.pieces])
    if hide == "audio":
        return replace(
            sheet,
            pieces=[
                replace(p, fields={**p.fields, "muted": True}) for p in sheet.pieces
            ],
        )
    if hide == "video":
        heard = [
            replace(p, kind="audio", fields=_of_sound(p))
            for p in sheet.pieces
            if p.media["type"] == "file"
        ]
        joins = [replace(j, track="audio") for j in sheet.joins]
        return Sheet(pieces=heard, joins=joins, tracks=sheet.tracks)
    return sheet


def _of_sound(piece: Piece) -> dict[str, object]:
    seen = {"effects", "transform", "cell", "crop", "opacity", "fit", "animation"}
    return {
        key: value
        for key, value in piece.fields.items()
        if key not in seen and not key.startswith("video_")
    }
