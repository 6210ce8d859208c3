"""Resources of FCPXML: formats, assets, effects, compound clips and multicams."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.timeline.doors.fcpxml.values import time_of
from farm.timeline.doors.url import read_url
from farm.timeline.doors.xml import child, children

if TYPE_CHECKING:
    from farm.timeline.doors.notes import Notes
    from farm.timeline.doors.xml import Node

_SIZES = range(2, 16385)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file."""

    path: str
    start: Fraction
    duration: Fraction
    has_video: bool
    has_audio: bool
    size: tuple[int, int] | None
    """Width and height in pixels, where they are said."""


class Resources:
    """What clips refer to by ``ref`` and ``format``."""

    def __init__(self, root: Node, notes: Notes) -> None:
        self._notes = notes
        self._by_id: dict[str, Node] = {}
        for holder in children(root, "resources"):
            for node in children(holder):
                self._by_id.setdefault(node.get("id") or "", node)

    def find(self, name: str | None) -> Node | None:
        """Return a resource."""
        return self._by_id.get(name or "")

    def asset(self, name: str | None) -> Asset | None:
        """Return a file; `None` where the resource is none."""
        node = self.find(name)
        if node is None or node.tag != "asset":
            return None
        source = node.get("src")
        for each in children(node, "media-rep"):
            source = source or each.get("src")
        return Asset(
            path=read_url(source or node.get("name") or "unnamed"),
            start=time_of(node, "start", self._notes) or Fraction(0),
            duration=time_of(node, "duration", self._notes) or Fraction(0),
            has_video=node.get("hasVideo") == "1",
            has_audio=node.get("hasAudio") == "1",
            size=self.size(node.get("format")),
        )

    def rate(self, name: str | None) -> Fraction | None:
        """Return the rate of a format."""
        node = self.find(name)
        if node is None:
            return None
        length = time_of(node, "frameDuration", self._notes)
        return 1 / length if length and length > 0 else None

    def size(self, name: str | None) -> tuple[int, int] | None:
        """Return the size of a format in pixels."""
        node = self.find(name)
        sides = [] if node is None else [node.get("width"), node.get("height")]
        pixels = [
            int(s) for s in sides if s and s.isdecimal() and len(s) < len("100000")
        ]
        if len(pixels) != len("wh") or not all(each in _SIZES for each in pixels):
            return None
        return pixels[0], pixels[1]

    def effect_name(self, name: str | None) -> str:
        """Return what an effect, title or generator is called."""
        node = self.find(name)
        return "" if node is None else (node.get("name") or "")

    def is_generator(self, name: str | None) -> bool:
        """Whether a reference is an effect and no file."""
        node = self.find(name)
        return node is not None and node.tag == "effect"

    def sequence(self, name: str | None) -> Node | None:
        """Return the sequence of a compound clip."""
        node = self.find(name)
        return None if node is None else child(node, "sequence")

    def multicam(self, name: str | None) -> Node | None:
        """Return the angles of a multicam."""
        node = self.find(name)
        return None if node is None else child(node, "multicam")

    @property
    def media(self) -> list[Node]:
        """Compound clips and multicams."""
        return [each for each in self._by_id.values() if each.tag == "media"]
