"""Subtitles that are burnt in, as a track of titles above all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.timeline.clip import Clip
from farm.timeline.subtitles import find_look
from farm.timeline.timeline import Track
from farm.timeline.title import TitleMedia

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from farm.timeline.placing.stage import Stage
    from farm.timeline.subtitles import Cue, Subtitles


def burnt_tracks(stage: Stage, frames: int) -> Iterator[tuple[str, Track]]:
    """Yield a track of titles, with its place, for all subtitles that are burnt in.

    Args:
        stage: with the timeline.
        frames: of all other tracks: what is said later is not seen. 0: no others.
    """
    for number, subtitles in enumerate(stage.timeline.subtitles):
        if not (subtitles.enabled and subtitles.show == "burn" and subtitles.cues):
            continue
        path = f"subtitles[{number}]"
        titles = [*_titles(stage, subtitles, frames, path)]
        if titles:
            yield path, Track(kind="video", items=tuple(titles))


def shown_cues(
    stage_rate: Fraction, subtitles: Subtitles, frames: int
) -> list[tuple[int, int, Cue]]:
    """Return first frame, the frame after the last, and each cue that is seen."""
    shown = []
    for cue in subtitles.cues or ():
        start = _frame((cue.start + subtitles.offset) * stage_rate)
        end = _frame((cue.end + subtitles.offset) * stage_rate)
        start, end = max(0, start), min(end, frames) if frames else end
        if start < end:
            shown.append((start, end, cue))
    return sorted(shown, key=lambda each: each[:2])


def _frame(time: Fraction) -> int:
    return (2 * time.numerator + time.denominator) // (2 * time.denominator)


def _titles(
    stage: Stage, subtitles: Subtitles, frames: int, path: str
) -> Iterator[Clip]:
    """Yield clips that follow each other: cues at the same time are read together."""
    rate = stage.timeline.rate
    shown = shown_cues(rate, subtitles, frames)
    hidden = len(subtitles.cues or ()) - len(shown)
    if hidden:
        stage.warn(
            path,
            f"{hidden} of {len(subtitles.cues or ())} cues lie outside the timeline or "
            "are shorter than a frame, and are not shown",
        )
    for start, end, together in _intervals(shown):
        cue = together[0]
        text = "\n".join(each.text for each in together)
        look = find_look(
            subtitles.style, subtitles.look, cue.look, lines=stage.timeline.height
        ).model_dump()
        if len(together) > 1 and look["animations"]:
            stage.warn(path, "cues that are read together are shown without animation")
            look["animations"] = ()
        yield Clip(
            name=f"subtitle {cue.text[:40]!r}",
            media=TitleMedia(text=text[:10_000], **look),
            start=start / rate,
            duration=(end - start) / rate,
        )


def _intervals(
    shown: Sequence[tuple[int, int, Cue]],
) -> Iterator[tuple[int, int, list[Cue]]]:
    """Yield frames, and the cues that are seen in all of them, the newest last."""
    active: list[tuple[int, int, Cue]] = []
    at, now = 0, 0
    while at < len(shown) or active:
        if not active:
            now = shown[at][0]
        while at < len(shown) and shown[at][0] <= now:
            active.append(shown[at])
            at += 1
        edges = [end for _, end, _ in active]
        if at < len(shown):
            edges.append(shown[at][0])
        then = min(edges)
        yield now, then, [cue for _, _, cue in active]
        active = [each for each in active if each[1] > then]
        now = then
