"""Stories of FCPXML: what a spine plays, and what hangs on its clips."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from farm.timeline.doors.catalogue import transition_kind
from farm.timeline.doors.fcpxml.leaf import (
    label_of,
    read_caption,
    read_file,
    read_generator,
    read_title_clip,
)
from farm.timeline.doors.fcpxml.look import Looks, Seen, read_look
from farm.timeline.doors.fcpxml.nests import read_angles, read_compound, read_held
from farm.timeline.doors.fcpxml.sheets import moved, switched_off, under
from farm.timeline.doors.fcpxml.timemap import read_time_map
from farm.timeline.doors.fcpxml.values import ITEMS, lane_of, time_of
from farm.timeline.doors.remap import remap
from farm.timeline.doors.sheet import MOST_PIECES, Join, Sheet, raise_sheet
from farm.timeline.doors.xml import child, children
from farm.timeline.time import show_time, show_value

if TYPE_CHECKING:
    from farm.timeline.doors.catalogue import Catalogue
    from farm.timeline.doors.fcpxml.resources import Asset, Resources
    from farm.timeline.doors.lay import Screen
    from farm.timeline.doors.notes import Notes
    from farm.timeline.doors.xml import Node

_DEEPEST = 30
_NESTS = {
    "ref-clip": read_compound,
    "mc-clip": read_angles,
    "sync-clip": read_held,
    "clip": read_held,
}


class Story:
    """Reads items; times within an item are those of its own clock."""

    def __init__(
        self, resources: Resources, notes: Notes, catalogue: Catalogue, screen: Screen
    ) -> None:
        self.resources, self.notes = resources, notes
        self.open: list[str] = []
        """Tags and compound clips that are being read, outermost first."""
        self._looks = Looks(
            resources=resources, notes=notes, catalogue=catalogue, screen=screen
        )
        self._count = 0

    def sequence(self, node: Node) -> Sheet:
        """Return what a sequence shows, from 0."""
        start = self.time(node, "tcStart") or Fraction(0)
        found = Sheet()
        for spine in children(node, "spine"):
            found.add(self.spine(spine, clock=start))
        return found

    def follow(self, clips: list[Node]) -> Sheet:
        """Return clips one after the other."""
        found, now = Sheet(), Fraction(0)
        for clip in clips:
            sheet, length = self.item(clip)
            found.add(moved(sheet, now))
            now += length
        return found

    def spine(self, spine: Node, *, clock: Fraction) -> Sheet:
        """Return what a spine shows; its items say their offsets by a clock."""
        found, now = Sheet(), Fraction(0)
        waiting: list[tuple[Node, Fraction, Fraction]] = []
        edges: list[Fraction] = [Fraction(0)]
        for node in children(spine, *ITEMS, "transition"):
            offset = self.time(node, "offset")
            at = now if offset is None else offset - clock
            if node.tag == "transition":
                length = self.time(node, "duration") or Fraction(0)
                if length > 0:
                    waiting.append((node, at, length))
                continue
            sheet, length = self.item(node)
            found.add(moved(sheet, at))
            now = at + length
            edges += [at, now]
        for node, at, length in waiting:
            found.joins += self._transition(node, at, length, edges)
        return found

    def item(self, node: Node) -> tuple[Sheet, Fraction]:
        """Return what an item shows from its own start, and how long it is."""
        if len(self.open) > _DEEPEST:
            self.notes.refuse(node.place, f"is nested more than {_DEEPEST} deep")
            self.notes.raise_problems("the FCPXML file")
        if node.tag == "audition":  # only the first, which is the chosen one, counts
            chosen = next(children(node, *ITEMS), None)
            return (Sheet(), Fraction(0)) if chosen is None else self.item(chosen)
        if node.tag == "caption":
            length = self.time(node, "duration") or Fraction(0)
            is_off = node.get("enabled") == "0"
            return Sheet() if is_off else read_caption(node, length), length
        if node.tag == "spine":
            return self._storyline(node)
        self.open.append(node.tag)
        try:
            return self._clip(node)
        finally:
            self.open.pop()

    def _storyline(self, node: Node) -> tuple[Sheet, Fraction]:
        sheet = self.spine(node, clock=Fraction(0))
        return sheet, max((piece.end for piece in sheet.pieces), default=Fraction(0))

    def _clip(self, node: Node) -> tuple[Sheet, Fraction]:
        asset = self.resources.asset(node.get("ref"))
        usual = Fraction(0) if asset is None else asset.start
        start = self.time(node, "start")
        start = usual if start is None else start
        length = self.time(node, "duration")
        if length is None:
            length = self._usual_length(node, asset)
        if length <= 0:
            self.notes.refuse(node.place, f"{label_of(node)} lasts {show_time(length)}")
            return Sheet(), Fraction(0)
        main = self._main(node, asset, Seen(start=start, length=length))
        if node.get("enabled") == "0":
            main = switched_off(main)
        for hung in children(node, *ITEMS):
            lane = lane_of(hung)
            if lane == 0:
                continue
            offset = self.time(hung, "offset")
            at = Fraction(0) if offset is None else offset - start
            sheet, _ = self.item(hung)
            above = raise_sheet(moved(sheet, at), (lane,))
            main.add(switched_off(above) if node.get("enabled") == "0" else above)
        self._check_count(node, len(main.pieces))
        return main, length

    def _main(self, node: Node, asset: Asset | None, seen: Seen) -> Sheet:
        points = read_time_map(node, self.notes)
        start, length = seen.start, seen.length
        if node.tag == "gap":
            return Sheet()
        if node.tag == "title":
            sheet = read_title_clip(node, length, self.notes)
        elif node.tag in _NESTS:
            sheet = remap(
                _NESTS[node.tag](node, self), points, start, length,
                notes=self.notes, place=node.place,
            )  # fmt: skip
        elif asset is not None:
            sheet = read_file(node, asset, points, start, length, self.notes)
        elif self.resources.is_generator(node.get("ref")):
            sheet = read_generator(node, length, self.resources, self.notes)
        else:
            self.notes.refuse(
                node.place, f"{label_of(node)} refers to {node.get('ref')!r:.40}, "
                "which is not among the resources"
            )  # fmt: skip
            return Sheet()
        look = read_look(node, self._looks, seen, asset)
        return under(sheet, look, node.get("name") or "", length)

    def _transition(
        self, node: Node, at: Fraction, length: Fraction, edges: list[Fraction]
    ) -> list[Join]:
        inside = [edge for edge in edges if at <= edge <= at + length]
        if not inside:
            self.notes.warn(node.place, "the transition lies over no cut")
            return []
        middle = at + length / 2
        cut = min(inside, key=lambda edge: abs(edge - middle))
        video = child(node, "filter-video")
        name = node.get("name") or ""
        if video is not None:
            name = self.resources.effect_name(video.get("ref")) or name
        kind = transition_kind(name) if name else "dissolve"
        if kind is None:
            message = (
                f"the transition {show_value(name)} is not known; a dissolve is shown"
            )
            self.notes.warn(node.place, message)
        join = Join(
            place=node.place,
            track="video",
            level=(),
            at=cut,
            before=cut - at,
            after=at + length - cut,
            kind=kind or "dissolve",
        )
        return [join]

    def _usual_length(self, node: Node, asset: Asset | None) -> Fraction:
        if asset is not None:
            return asset.duration
        sequence = self.resources.sequence(node.get("ref"))
        if sequence is not None:
            return self.time(sequence, "duration") or Fraction(0)
        return Fraction(0)

    def time(self, node: Node, name: str) -> Fraction | None:
        """Return a time of a node."""
        return time_of(node, name, self.notes)

    def _check_count(self, node: Node, pieces: int) -> None:
        self._count += pieces
        if self._count > 10 * MOST_PIECES:
            message = f"with it there are more than {MOST_PIECES:,} clips"
            self.notes.refuse(node.place, message)
            self.notes.raise_problems("the FCPXML file")
