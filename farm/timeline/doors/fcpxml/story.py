"""Stories of FCPXML: what a spine plays, and what hangs on its clips."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from farm.timeline.doors.catalogue import transition_kind
from farm.timeline.doors.fcpxml.look import Look, read_look, read_speed, read_title
from farm.timeline.doors.fcpxml.values import color_of, time_of
from farm.timeline.doors.lay import (
    MOST_PIECES,
    Join,
    Piece,
    Sheet,
    cut_out,
    raise_sheet,
)
from farm.timeline.doors.xml import child, children
from farm.timeline.time import show_time, show_value

if TYPE_CHECKING:
    from farm.timeline.doors.catalogue import Catalogue
    from farm.timeline.doors.fcpxml.resources import Asset, Resources
    from farm.timeline.doors.notes import Notes
    from farm.timeline.doors.xml import Node

_DEEPEST = 30
_ITEMS = (
    *("asset-clip", "clip", "ref-clip", "sync-clip", "mc-clip", "video", "audio"),
    *("title", "gap", "audition", "caption", "spine", "live-drawing"),
)
_USUAL_RATE = Fraction(24)
#: Programs round to frames of their own: so much earlier than its file a clip may be.
_EARLY = Fraction(1, 10)


class Story:
    """Reads items; times within an item are those of its own clock."""

    def __init__(
        self, resources: Resources, notes: Notes, catalogue: Catalogue
    ) -> None:
        self._resources, self._notes, self._catalogue = resources, notes, catalogue
        self._open: list[str] = []
        self._count = 0
        self._captions = 0

    def sequence(self, node: Node) -> Sheet:
        """Return what a sequence shows, from 0."""
        start = self._time(node, "tcStart") or Fraction(0)
        found = Sheet()
        for spine in children(node, "spine"):
            found.add(self.spine(spine, clock=start))
        if self._captions and not self._open:
            message = f"{self._captions} captions are not burnt in"
            self._notes.warn(node.place, message)
        return found

    def follow(self, clips: list[Node]) -> Sheet:
        """Return clips one after the other."""
        found, now = Sheet(), Fraction(0)
        for clip in clips:
            sheet, length = self.item(clip)
            found.add(_moved(sheet, now))
            now += length
        return found

    def spine(self, spine: Node, *, clock: Fraction) -> Sheet:
        """Return what a spine shows; its items say their offsets by a clock."""
        found, now = Sheet(), Fraction(0)
        waiting: list[tuple[Node, Fraction, Fraction]] = []
        edges: list[Fraction] = [Fraction(0)]
        for node in children(spine, *_ITEMS, "transition"):
            offset = self._time(node, "offset")
            at = now if offset is None else offset - clock
            if node.tag == "transition":
                length = self._time(node, "duration") or Fraction(0)
                if length > 0:
                    waiting.append((node, at, length))
                continue
            sheet, length = self.item(node)
            found.add(_moved(sheet, at))
            now = at + length
            edges += [at, now]
        for node, at, length in waiting:
            found.joins += self._transition(node, at, length, edges)
        return found

    def item(self, node: Node) -> tuple[Sheet, Fraction]:
        """Return what an item shows from its own start, and how long it is."""
        if len(self._open) > _DEEPEST:
            self._notes.refuse(node.place, f"is nested more than {_DEEPEST} deep")
            self._notes.raise_problems("the FCPXML file")
        if node.tag == "audition":  # only the first, which is the chosen one, counts
            chosen = next(children(node, *_ITEMS), None)
            return (Sheet(), Fraction(0)) if chosen is None else self.item(chosen)
        if node.tag == "caption":
            self._captions += 1
            return Sheet(), self._time(node, "duration") or Fraction(0)
        if node.tag == "spine":
            return self._storyline(node)
        self._open.append(node.tag)
        try:
            return self._clip(node)
        finally:
            self._open.pop()

    def _storyline(self, node: Node) -> tuple[Sheet, Fraction]:
        sheet = self.spine(node, clock=Fraction(0))
        return sheet, max((piece.end for piece in sheet.pieces), default=Fraction(0))

    def _clip(self, node: Node) -> tuple[Sheet, Fraction]:
        asset = self._resources.asset(node.get("ref"))
        usual = Fraction(0) if asset is None else asset.start
        start = self._time(node, "start")
        start = usual if start is None else start
        length = self._time(node, "duration")
        if length is None:
            length = self._usual_length(node, asset)
        if length <= 0:
            self._notes.refuse(
                node.place, f"{self._label(node)} lasts {show_time(length)}"
            )
            return Sheet(), Fraction(0)
        look = read_look(node, self._resources, self._notes, self._catalogue)
        main = self._main(node, asset, start, length, look)
        if node.get("enabled") == "0":
            main = _off(main)
        for hung in children(node, *_ITEMS):
            lane = _lane(hung)
            if lane == 0:
                continue
            offset = self._time(hung, "offset")
            at = Fraction(0) if offset is None else offset - start
            sheet, _ = self.item(hung)
            moved = raise_sheet(_moved(sheet, at), (lane,))
            main.add(_off(moved) if node.get("enabled") == "0" else moved)
        self._check_count(node, len(main.pieces))
        return main, length

    def _main(
        self,
        node: Node,
        asset: Asset | None,
        start: Fraction,
        length: Fraction,
        look: Look,
    ) -> Sheet:
        speed = read_speed(node, self._notes)
        match node.tag:
            case "gap":
                return Sheet()
            case "title":
                return self._title(node, length, look)
            case "ref-clip":
                inner = self._compound(node)
            case "mc-clip":
                inner = self._angles(node)
            case "sync-clip" | "clip":
                inner = self._held(node)
            case _:
                return self._file(node, asset, start, length, look, speed)
        sheet = cut_out(
            inner, start * speed, (start + length) * speed, to=Fraction(0), speed=speed
        )
        return _under(sheet, look, node.get("name") or "")

    def _file(
        self,
        node: Node,
        asset: Asset | None,
        start: Fraction,
        length: Fraction,
        look: Look,
        speed: Fraction,
    ) -> Sheet:
        media: dict[str, Any]
        is_sound = node.tag == "audio"
        fields = {**look.fields}
        if asset is not None:
            is_sound = is_sound or (asset.has_audio and not asset.has_video)
            media = {"type": "file", "path": asset.path}
            fields["muted"] = not (is_sound or asset.has_audio) or node.tag == "video"
            if node.get("srcEnable") == "audio":
                is_sound = True
            elif node.get("srcEnable") == "video":
                fields["muted"] = True
        elif self._resources.is_generator(node.get("ref")):
            name = self._resources.effect_name(node.get("ref"))
            media, fields = self._generator(node, name, fields)
        else:
            self._notes.refuse(
                node.place, f"{self._label(node)} refers to {node.get('ref')!r:.40}, "
                "which is not among the resources"
            )  # fmt: skip
            return Sheet()
        source = start * speed - (Fraction(0) if asset is None else asset.start)
        is_still = asset is not None and asset.duration == 0
        if is_still:
            source = Fraction(0)
        if source < -_EARLY:
            early = show_time(-source)
            self._notes.warn(
                node.place, f"{self._label(node)} starts {early} before its file"
            )
        if is_sound:
            fields = {k: v for k, v in fields.items() if k in look.sound}
        return Sheet(
            pieces=[
                Piece(
                    place=node.place,
                    kind="audio" if is_sound else "video",
                    level=(),
                    start=Fraction(0),
                    length=length,
                    media=media,
                    source=max(source, Fraction(0)),
                    speed=Fraction(1) if is_still or asset is None else speed,
                    name=node.get("name") or "",
                    fields=fields,
                )
            ]
        )

    def _generator(
        self, node: Node, name: str, fields: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        color = {"black": "#000000", "white": "#ffffff"}.get(name.lower())
        for each in children(node, "param"):
            if (each.get("name") or "").lower() == "color":
                color = color_of(each.get("value")) or color
        fields = {k: v for k, v in fields.items() if k not in {"crop", "muted"}}
        if color is None:
            what = show_value(name)
            message = f"the generator {what} is not known and leaves its place free"
            self._notes.warn(node.place, message)
            fields["opacity"] = 0.0
        return {"type": "color", "color": color or "#000000"}, fields

    def _title(self, node: Node, length: Fraction, look: Look) -> Sheet:
        media = read_title(node, self._notes)
        fields = {k: v for k, v in look.fields.items() if k not in {"crop", "muted"}}
        if media is None:
            media, fields["opacity"] = {"type": "color", "color": "#000000"}, 0.0
        piece = Piece(
            place=node.place,
            kind="video",
            level=(),
            start=Fraction(0),
            length=length,
            media=media,
            name=node.get("name") or "",
            fields=fields,
        )
        return Sheet(pieces=[piece])

    def _compound(self, node: Node) -> Sheet:
        name = node.get("ref") or ""
        sequence = self._resources.sequence(name)
        if sequence is None:
            message = f"{self._label(node)} refers to no compound clip"
            self._notes.refuse(node.place, message)
            return Sheet()
        if self._open.count(f"media {name}"):
            self._notes.refuse(node.place, "the compound clip holds itself")
            self._notes.raise_problems("the FCPXML file")
        self._open.append(f"media {name}")
        try:
            sheet = self.sequence(sequence)
        finally:
            self._open.pop()
        begin = self._time(sequence, "tcStart") or Fraction(0)
        sheet = _moved(sheet, begin)
        if node.get("srcEnable") in {"audio", "video"}:
            sheet = _only(sheet, node.get("srcEnable") or "")
        return sheet

    def _angles(self, node: Node) -> Sheet:
        """Return the chosen angles of a multicam."""
        multicam = self._resources.multicam(node.get("ref"))
        if multicam is None:
            self._notes.refuse(node.place, f"{self._label(node)} refers to no multicam")
            return Sheet()
        angles = {each.get("angleID"): each for each in children(multicam, "mc-angle")}
        begin = self._time(multicam, "tcStart") or Fraction(0)
        found = Sheet()
        sources = [*children(node, "mc-source")]
        for source in sources:
            angle = angles.get(source.get("angleID"))
            wanted = source.get("srcEnable") or "all"
            if angle is None:
                self._notes.warn(source.place, "the angle is not there and is left out")
                continue
            if wanted == "none":
                continue
            sheet = _moved(self.spine(angle, clock=begin), begin)
            if wanted in {"audio", "video"}:
                sheet = _only(sheet, wanted)
            found.add(sheet)
        if not sources and angles:
            first = next(iter(angles.values()))
            found.add(_moved(self.spine(first, clock=begin), begin))
        return found

    def _held(self, node: Node) -> Sheet:
        """Return what a clip holds on its own clock, without what hangs on it."""
        found = Sheet()
        held = [each for each in children(node, *_ITEMS) if _lane(each) == 0]
        for each in held:
            sheet, _ = self.item(each)
            at = self._time(each, "offset") or Fraction(0)
            found.add(_moved(sheet, at))
        return found

    def _transition(
        self, node: Node, at: Fraction, length: Fraction, edges: list[Fraction]
    ) -> list[Join]:
        inside = [edge for edge in edges if at <= edge <= at + length]
        if not inside:
            self._notes.warn(node.place, "the transition lies over no cut")
            return []
        middle = at + length / 2
        cut = min(inside, key=lambda edge: abs(edge - middle))
        video = child(node, "filter-video")
        name = node.get("name") or ""
        if video is not None:
            name = self._resources.effect_name(video.get("ref")) or name
        kind = transition_kind(name) if name else "dissolve"
        if kind is None:
            message = (
                f"the transition {show_value(name)} is not known; a dissolve is shown"
            )
            self._notes.warn(node.place, message)
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
        sequence = self._resources.sequence(node.get("ref"))
        if sequence is not None:
            return self._time(sequence, "duration") or Fraction(0)
        return Fraction(0)

    def _time(self, node: Node, name: str) -> Fraction | None:
        return time_of(node, name, self._notes)

    def _check_count(self, node: Node, pieces: int) -> None:
        self._count += pieces
        if self._count > 10 * MOST_PIECES:
            message = f"with it there are more than {MOST_PIECES:,} clips"
            self._notes.refuse(node.place, message)
            self._notes.raise_problems("the FCPXML file")

    @staticmethod
    def _label(node: Node) -> str:
        name = node.get("name")
        return f"{node.tag} {show_value(name)}" if name else f"the {node.tag}"


def _lane(node: Node) -> int:
    text = node.get("lane") or "0"
    digits = text.removeprefix("-")
    return int(text) if digits.isdecimal() and len(digits) < len("10000") else 0


def _moved(sheet: Sheet, by: Fraction) -> Sheet:
    return Sheet(
        pieces=[replace(piece, start=piece.start + by) for piece in sheet.pieces],
        joins=[replace(join, at=join.at + by) for join in sheet.joins],
        tracks=sheet.tracks,
    )


def _off(sheet: Sheet) -> Sheet:
    return replace(sheet, pieces=[replace(p, enabled=False) for p in sheet.pieces])


def _only(sheet: Sheet, what: str) -> Sheet:
    """Return the picture alone, or the sound alone."""
    if what == "video":
        silent = [
            replace(p, fields={**p.fields, "muted": True})
            for p in sheet.pieces
            if p.kind == "video"
        ]
        return replace(sheet, pieces=silent)
    heard = [
        replace(p, kind="audio", fields={"volume": p.fields.get("volume", 1)})
        for p in sheet.pieces
        if p.media["type"] == "file" and not p.fields.get("muted")
    ]
    return Sheet(pieces=heard)


def _under(sheet: Sheet, look: Look, name: str) -> Sheet:
    """Apply what is said of a nest to all that it shows."""
    pieces = []
    for piece in sheet.pieces:
        told = look.fields if piece.kind == "video" else {}
        sound = {k: v for k, v in look.fields.items() if k in look.sound}
        fields = {**piece.fields, **told, **sound}
        if piece.media["type"] != "file":
            fields.pop("crop", None)
        if "opacity" in piece.fields and "opacity" in look.fields:
            fields["opacity"] = piece.fields["opacity"] * look.fields["opacity"]
        pieces.append(replace(piece, fields=fields, name=piece.name or name))
    return replace(sheet, pieces=pieces)
