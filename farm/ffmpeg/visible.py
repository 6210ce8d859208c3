"""What of a slice can be seen, and when.

At every frame the *base* is the topmost element that hides all below it (or the plain
background). What lies above the base is laid over it in order; what lies below is not
even decoded.

```
track 2        ┌title──┐                         overlay
track 1  ┌film A────┬──╳──┬────film B─────┐      base: A, change, B
track 0  ┌film C──────────────────────────┴──┐   hidden, but for its end
```
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from farm.ffmpeg.film import covers_frame

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from farm.ffmpeg.canvas import Canvas
    from farm.timeline.slice import ChangeSlice, LayerSlice, PictureSlice

#: Layer of the plain background.
BARE = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A shot by itself, or a change between shots, for some frames."""

    layer: int
    start: int
    end: int
    shots: tuple[int | None, ...] = ()
    """One shot, or the two of a change; none: the plain background."""
    change: ChangeSlice | None = None
    covers: bool = True

    def part(self, start: int, end: int) -> Element:
        """Return some of its frames."""
        return replace(self, start=start, end=end)

    def is_of(self, other: Element) -> bool:
        """Whether both are parts of one element."""
        return (self.layer, self.shots, self.change) == (
            other.layer,
            other.shots,
            other.change,
        )


def find_elements(picture: PictureSlice, canvas: Canvas) -> list[Element]:
    """Return all elements of a slice, bottom to top, each layer in order of time."""
    return [
        element
        for number, layer in enumerate(picture.layers)
        for element in sorted(
            _elements(layer, number, canvas), key=lambda element: element.start
        )
    ]


def find_base(elements: Sequence[Element], frames: int) -> list[Element]:
    """Return the topmost covering elements in order of time, without a hole."""
    covering = [element for element in elements if element.covers]
    edges = {0, frames}.union(*({e.start, e.end} for e in covering))
    found: list[Element] = []
    for start, end in itertools.pairwise(sorted(edges)):
        over = [e for e in covering if e.start <= start and e.end >= end]
        bare = Element(layer=BARE, start=start, end=end)
        top = max(over, key=lambda e: e.layer, default=bare)
        if found and found[-1].is_of(top):
            found[-1] = found[-1].part(found[-1].start, end)
        else:
            found.append(top.part(start, end))
    return found


def find_overlays(
    elements: Sequence[Element], base: Sequence[Element]
) -> list[Element]:
    """Return what is laid over the base, bottom to top, where it lies above it."""
    return [
        part
        for element in elements
        if not element.covers
        for part in _parts_above(element, base)
    ]


def _elements(layer: LayerSlice, number: int, canvas: Canvas) -> Iterator[Element]:
    covers = [covers_frame(shot, canvas) for shot in layer.shots]
    for at, shot in enumerate(layer.shots):
        if shot.alone_end > shot.alone_start:
            yield Element(
                layer=number,
                start=shot.alone_start,
                end=shot.alone_end,
                shots=(at,),
                covers=covers[at],
            )
    for change in layer.changes:
        sides = (change.before, change.after)
        yield Element(
            layer=number,
            start=change.start,
            end=change.end,
            shots=sides,
            change=change,
            covers=all(side is not None and covers[side] for side in sides),
        )


def _parts_above(element: Element, base: Sequence[Element]) -> Iterator[Element]:
    """Yield the parts of an element during which the base lies below it."""
    start: int | None = None
    for below in base:
        first, last = max(below.start, element.start), min(below.end, element.end)
        if first >= last:
            continue
        if below.layer < element.layer:
            start = first if start is None else start
        elif start is not None:
            yield element.part(start, first)
            start = None
    if start is not None:
        yield element.part(start, element.end)
