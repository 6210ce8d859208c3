"""Take pictures out of a film, evenly placed, none of them dull where it can be had."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import OutputWrong
from farm.ffmpeg.box import Box
from farm.ffmpeg.choose import Fade, Judge, Slot, candidates, choose_frame, divide
from farm.ffmpeg.index import read_index
from farm.kinds.pack import pack
from farm.kinds.picture_payload import ThumbnailsPayload
from farm.kinds.reuse import make_or_reuse
from farm.kinds.stills import StillMaker

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pydantic import JsonValue

    from farm.ffmpeg.choose import Looks
    from farm.ffmpeg.index import FrameIndex
    from farm.kinds.context import TaskContext
    from farm.kinds.reuse import Made
    from farm.kinds.stills import Still


#: How often what is black or fades at an end is left out before what is there counts.
_ROUNDS = 3


def thumbnails(context: TaskContext) -> JsonValue:
    """Take the thumbnails from the cache, or make them."""
    payload = ThumbnailsPayload.model_validate(context.payload)
    return make_or_reuse(
        context,
        payload.model_dump(mode="json"),
        lambda: _make(context, payload),
        sources=(payload.source.path,),
    )


def _make(context: TaskContext, payload: ThumbnailsPayload) -> Made:
    source = payload.source
    maker = StillMaker(
        context=context,
        source=source,
        index=read_index(Path(source.path), source.video, box=Box.of(context.settings)),
        size=payload.size,
        suffix=payload.suffix,
        threads=payload.threads,
        loose=not payload.exact,
    )
    slots = divide(payload.start, payload.end, payload.count)
    finder = Finder(maker=maker, exact=payload.exact)
    stills = finder.find(slots, representative=payload.representative)
    digits = max(3, len(str(payload.count)))
    files = []
    for number, (slot, still) in enumerate(zip(slots, stills, strict=True), start=1):
        name = f"thumbnail-{number:0{digits}}{payload.suffix}"
        facts: dict[str, JsonValue] = {
            "wanted": str(slot.middle - source.container_start),
            "time": str(still.time - source.container_start),
            "is_key": still.is_key,
            "width": payload.size[0],
            "height": payload.size[1],
        }
        files.append((maker.finish(still, name), facts))
    return pack(files, scratch=context.scratch)


class Finder:
    """Finds the picture of each slot of a film."""

    def __init__(self, *, maker: StillMaker, exact: bool) -> None:
        self.maker = maker
        self.exact = exact
        self._made: dict[int, Still] = {}

    def find(self, slots: Sequence[Slot], *, representative: bool) -> list[Still]:
        """Return a picture for each slot.

        Raises:
            OutputWrong: when no picture of the film could be decoded.
        """
        index = self.maker.index
        chosen = [choose_frame(index, slot, exact=self.exact) for slot in slots]
        self._make(chosen)
        if representative and not self.maker.source.video.is_image:
            chosen = self._without_dull(slots, chosen)
        return self._whole(chosen)

    def _make(self, numbers: Iterable[int]) -> None:
        missing = set(numbers) - self._made.keys()
        if missing:
            self._made |= self.maker.make(missing)

    def _without_dull(self, slots: Sequence[Slot], chosen: list[int]) -> list[int]:
        """Look for others where a picture is dull; leave out black at both ends."""
        judge, index = self._judge(chosen), self.maker.index
        first_chosen, fade = chosen, Fade.FROM_PLAIN if len(slots) > 1 else None
        for _ in range(_ROUNDS):
            better = self._better(slots, chosen, judge, fade=fade)
            lit = [at for at, number in enumerate(better) if number is not None]
            if not lit:
                return first_chosen
            if (lit[0], lit[-1]) == (0, len(slots) - 1):
                return self._filled(chosen, better)
            # whole slots of black or fade at an end: the others share out what is left
            slots = divide(slots[lit[0]].start, slots[lit[-1]].end, len(slots))
            chosen = [choose_frame(index, slot, exact=self.exact) for slot in slots]
            self._make(chosen)
            fade = Fade.GOES_ON
        return self._filled(chosen, self._better(slots, chosen, judge))

    def _judge(self, chosen: Sequence[int]) -> Judge:
        looks = [self._made[n].looks for n in set(chosen) if n in self._made]
        return Judge.of(looks, exact=self.exact)

    def _better(
        self,
        slots: Sequence[Slot],
        chosen: Sequence[int],
        judge: Judge,
        *,
        fade: Fade | None = None,
    ) -> list[int | None]:
        """Return a frame for each slot; ``None`` where all of it is black.

        With a `fade`, also where the first or last slot does nothing but that.
        """
        index = self.maker.index
        again = {
            at
            for at, number in enumerate(chosen)
            if number not in self._made
            or judge.looks_at_all
            or judge.is_dull(self._made[number].looks)
        }
        others = {at: candidates(index, slots[at], exact=self.exact) for at in again}
        found = {number: still.looks for number, still in self._made.items()}
        unseen = {n for numbers in others.values() for n in numbers} - found.keys()
        if unseen:
            seen = self.maker.look_at(unseen)
            found |= {number: still.looks for number, still in seen.items()}
        if judge.looks_at_all:  # now there is something to compare with
            judge = Judge.of(list(found.values()), exact=self.exact)
        better: list[int | None] = list(chosen)
        for at in again:
            numbers = {chosen[at], *others[at]}
            looks = {number: found[number] for number in numbers if number in found}
            if fade and _only_fades(judge, looks, at, last=len(slots) - 1, fade=fade):
                better[at] = None
                continue
            better[at] = _choose(judge, looks, chosen[at], index=index, slot=slots[at])
        self._make(number for number in better if number is not None)
        return better

    def _filled(self, chosen: Sequence[int], better: Sequence[int | None]) -> list[int]:
        return [
            number if other is None else other
            for number, other in zip(chosen, better, strict=True)
        ]

    def _whole(self, chosen: Sequence[int]) -> list[Still]:
        """Return the picture of each slot; a neighbour's where it has none."""
        there = [at for at, number in enumerate(chosen) if number in self._made]
        name = Path(self.maker.source.path).name
        if not there:
            raise OutputWrong(f"no picture of {name} can be decoded")
        if len(there) < len(chosen):
            self.maker.context.warnings.append(
                f"{len(chosen) - len(there)} pictures of {name} cannot be decoded: "
                "their neighbours stand for them"
            )
        return [
            self._made[chosen[min(there, key=lambda other: abs(other - at))]]
            for at in range(len(chosen))
        ]


def _only_fades(
    judge: Judge, looks: Mapping[int, Looks], at: int, *, last: int, fade: Fade
) -> bool:
    """Whether the first slot does nothing but fade in, or the last but fade out."""
    ordered = [looks[number] for number in sorted(looks)]
    return (at == 0 and judge.is_fade(ordered, fade)) or (
        at == last and judge.is_fade(ordered[::-1], fade)
    )


def _choose(
    judge: Judge,
    looks: Mapping[int, Looks],
    chosen: int,
    *,
    index: FrameIndex,
    slot: Slot,
) -> int | None:
    """Stay with what was chosen where it is not dull."""
    if chosen in looks and not judge.is_dull(looks[chosen]):
        return chosen
    return judge.best(looks, index=index, slot=slot)
