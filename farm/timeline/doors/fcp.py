"""FCP 7 XML as its adapter needs it: one sequence, with its nests in place.

The adapter looks for the tracks of a nested sequence beside its ``media``, and not in
it, so that it finds none. A nest is written out once; other clips name it by its id.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

from farm.timeline.doors.xml import child, children, refusal
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from farm.timeline.doors.notes import Notes
    from farm.timeline.doors.xml import Node

_KINDS: Final = ("video", "audio")
_DEEPEST = 12
_MOST_ELEMENTS = 500_000


def put_nests_in_place(root: Node, notes: Notes, *, name: str) -> None:
    """Write the tracks of nested sequences where the adapter looks for them.

    Raises:
        InvalidTimeline: nests that hold themselves, or more than any timeline.
    """
    homes = _homes(root)
    _Scale(homes=homes, name=name).weigh_all(root)
    # All are found before the first is changed: it may be the home of others.
    found = [(nest, _opened(nest, kind, homes)) for kind, nest in _nests(root)]
    for nest, inside in found:
        if inside is None:
            what = show_value(nest.text_of("name") or nest.get("id") or "")
            notes.warn(nest.place, f"the nested sequence {what} is not in the file")
        nest[:] = inside or []
        nest.attrib.pop("id", None)


def take_first(root: Node, notes: Notes) -> None:
    """Keep the first of several sequences."""
    for other in list(children(root, "sequence"))[1:]:
        what = show_value(other.text_of("name"))
        notes.warn(other.place, f"the sequence {what} is not taken")
        root.remove(other)


def _sequences(root: Node) -> Iterator[Node]:
    yield from cast("Iterator[Node]", root.iter("sequence"))


def _homes(root: Node) -> dict[str, Node]:
    """Return the sequences that are written out, by id."""
    homes: dict[str, Node] = {}
    for node in _sequences(root):
        key = node.get("id")
        if key and child(node, "media") is not None:
            homes.setdefault(key, node)
    return homes


def _nests(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield the sequences that are clips, each with the kind of its track."""
    for kind in _KINDS:
        for media in node.iter(kind):
            for track in children(media, "track"):
                for item in children(track, "clipitem"):
                    nest = child(item, "sequence")
                    if nest is not None:
                        yield kind, nest


def _home(nest: Node, homes: dict[str, Node]) -> Node | None:
    return nest if child(nest, "media") is not None else homes.get(nest.get("id") or "")


def _opened(nest: Node, kind: str, homes: dict[str, Node]) -> list[Node] | None:
    """Return what a nest holds for tracks of a kind; `None`: it is nowhere."""
    home = _home(nest, homes)
    if home is None:
        return None
    inside = [each for each in children(home) if each.tag != "media"]
    for media in children(home, "media"):
        inside += children(media, kind)
    return inside


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """Counts elements as if all nests were written out."""

    homes: dict[str, Node]
    name: str
    _known: dict[Node, int] = field(default_factory=dict)

    def weigh_all(self, root: Node) -> None:
        """Refuse nests without end."""
        for sequence in _sequences(root):
            self._weigh(sequence, 0)

    def _weigh(self, sequence: Node, depth: int) -> int:
        if sequence in self._known:
            return self._known[sequence]
        if depth > _DEEPEST:
            message = f"sequences are nested more than {_DEEPEST} deep"
            raise refusal(message, self.name, sequence.place)
        count = sum(1 for _ in sequence.iter())
        for _, nest in _nests(sequence):
            home = _home(nest, self.homes)
            if home is not None:
                count += self._weigh(home, depth + 1)
        if count > _MOST_ELEMENTS:
            message = "its nested sequences hold more than any timeline"
            raise refusal(message, self.name, sequence.place)
        self._known[sequence] = count
        return count
