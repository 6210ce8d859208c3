"""Pieces equal the whole, wherever they are cut through an edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from farm.effects.catalog import EFFECTS
from farm.errors import InvalidTimeline
from farm.timeline.transition import XFADE_TRANSITIONS
from tests.integration.render.pieces import Cutter
from tests.integration.render.random_timelines import make_dice, random_timeline
from tests.integration.render.timelines import (
    change,
    clip,
    gap,
    plain,
    timeline,
    title,
    video,
)

if TYPE_CHECKING:
    from farm.settings import Settings
    from tests.integration.render.media import MediaFolder
    from tests.integration.render.timelines import Json

KINDS = list(XFADE_TRANSITIONS)


@pytest.fixture
def cutter(settings: Settings) -> Cutter:
    return Cutter(settings=settings)


def _all_kinds(media: MediaFolder, kinds: list[str], look: Json) -> Json:
    one, two = media.numbered(film=1), media.numbered("30", film=2)
    items: list[Json] = [clip(one, 1, "0.4", **look)]
    for at, kind in enumerate(kinds):
        items += [change("0.24", kind), clip((two, one)[at % 2], 1, "0.4", **look)]
    return timeline(video(*items))


@pytest.mark.parametrize(
    "look", [{}, {"transform": {"scale": 0.5}}], ids=["full", "small"]
)
@pytest.mark.parametrize("part", [0, 1, 2, 3])
def test_cuts_through_transitions_of_every_kind(
    part: int, look: Json, media: MediaFolder, cutter: Cutter
) -> None:
    kinds = KINDS[part::4]
    # in the first, second, … frame of a transition, by turns
    cuts = [10 * (at + 1) - 3 + at % 7 for at in range(len(kinds))]
    if look:
        cuts = cuts[part % 2 :: 2]

    assert cutter.differing(_all_kinds(media, kinds, look), cuts) == []


def test_cuts_through_titles_insets_fades_and_effects(
    media: MediaFolder, cutter: Cutter
) -> None:
    one, two = media.numbered(film=1), media.numbered("60", film=2)
    effects = [
        clip(one, f"{3 * (at % 12)}/10", "0.3", effects=[{"name": name}])
        for at, name in enumerate(sorted(EFFECTS.keys() - {"lut"}))
    ]
    small = {"transform": {"scale": 0.4, "x": 0.8, "y": 0.3, "rotation": 12}}
    document = timeline(
        video(*effects),
        video(
            clip(two, 1, "1", video_fade_in="0.3", video_fade_out="0.2", **small),
            gap("0.2"),
            clip(two, 2, "0.7", speed="7/3", opacity=0.5),
        ),
        video(
            title(
                "Words",
                "1.4",
                at={"start": "0.3", "video_fade_in": "0.4", "video_fade_out": "0.4"},
                size=30,
                outline=2,
            ),
        ),
        rate="30000/1001",
    )

    assert cutter.differing(document, [1, 7, 11, 12, 18, 31, 45, 50, 59]) == []


def test_cuts_beside_what_hides_a_part_of_an_inset(
    media: MediaFolder, cutter: Cutter
) -> None:
    small = {"transform": {"scale": 0.5}, "video_fade_out": "0.4"}
    document = timeline(
        video(clip(media.numbered(film=1), 0, 2, **small)),
        video(
            plain("#00ff00", "0.4", start="0.4"), gap("0.4"), plain("#ff0000", "0.5")
        ),
    )

    assert cutter.differing(document, [5, 10, 15, 20, 29, 30, 41, 42]) == []


@pytest.mark.parametrize(
    "seed",
    [*range(5), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(5, 60))],
)
def test_cuts_through_random_timelines(
    seed: int, media: MediaFolder, cutter: Cutter
) -> None:
    dice = make_dice(str(seed))
    for _ in range(20):  # some are refused: a fade longer than its clip, for one
        document = random_timeline(dice, media)
        try:
            frames = cutter.compose(document).frames
        except InvalidTimeline:
            continue
        break

    assert cutter.differing(document, dice.sample(range(1, frames), 4)) == []
