"""Lay the transitions of a track over its cuts, in frames."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.timeline.clip import Clip
from farm.timeline.item import Transition
from farm.timeline.time import show_time

if TYPE_CHECKING:
    from farm.timeline.item import Item
    from farm.timeline.placing.clips import PlacedItems
    from farm.timeline.placing.stage import Stage
    from farm.timeline.timeline import Track


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A transition with its frames, and the clips beside it (by number)."""

    kind: str
    start: int
    end: int
    before: int | None
    """``None``: nothing can be seen or heard there."""
    after: int | None


def place_cuts(
    stage: Stage, track: Track, path: str, items: PlacedItems
) -> tuple[Cut, ...]:
    """Give every transition of a track its frames."""
    cuts: dict[int, Cut] = {}
    for number, item in enumerate(track.items):
        if not isinstance(item, Transition):
            continue
        place = f"{path}.items[{number}]"
        cut = _place_cut(stage, track, number, place, items)
        if cut is None:
            continue
        cuts[number] = cut
        earlier = cuts.get(number - 2)
        if earlier and earlier.end > cut.start:
            label = _label(track.items[number - 1])
            stage.refuse(
                place,
                f"the transitions before and after {label} overlap: shorten them, or "
                f"show {label} longer",
            )
    return tuple(cuts.values())


def _label(item: Item) -> str:
    return item.label if isinstance(item, Clip) else "the gap"


def _place_cut(
    stage: Stage, track: Track, number: int, path: str, items: PlacedItems
) -> Cut | None:
    item = track.items[number]
    assert isinstance(item, Transition)  # noqa: S101  # the caller looked
    before, after = items.edges.get(number - 1), items.edges.get(number + 1)
    if before and after and before[1] != after[0]:
        gap = show_time((after[0] - before[1]) / stage.timeline.rate)
        message = (
            f"the clips beside the transition do not touch: {gap} lie between them"
        )
        stage.refuse(path, message)
        return None
    if before:
        cut = before[1]
    elif after:
        cut = after[0]
    else:
        return None
    start, end = _covered(stage, item, cut, at_head=not before, at_tail=not after)
    low = before[0] if before else cut
    high = after[1] if after else cut
    if end <= start:
        stage.refuse(path, "the transition is shorter than one frame")
        return None
    if start < low or end > high:
        beside, side = (number - 1, "before") if start < low else (number + 1, "after")
        label = _label(track.items[beside])
        stage.refuse(path, f"the transition is longer than {label} {side} it")
        return None
    return Cut(
        kind=item.kind,
        start=start,
        end=end,
        before=items.numbers.get(number - 1),
        after=items.numbers.get(number + 1),
    )


def _covered(
    stage: Stage, item: Transition, cut: int, *, at_head: bool, at_tail: bool
) -> tuple[int, int]:
    """Return the frames of a transition; at the ends of a track it lies inside."""
    if item.duration is not None:
        length = stage.frames(item.duration)
        left = length // 2
        if at_head:
            left = 0
        if at_tail:
            left = length
        return cut - left, cut - left + length
    left = 0 if at_head else stage.frames(item.in_offset or Fraction(0))
    right = 0 if at_tail else stage.frames(item.out_offset or Fraction(0))
    return cut - left, cut + right
