"""Every effect and transition of the catalogue, cut before it, inside it and after it.

What is added to the catalogue is in here by being there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from farm.effects.catalog import EFFECTS
from farm.timeline.transition import XFADE_TRANSITIONS
from tests.integration.render.cube import needed
from tests.integration.render.media import VARIABLE
from tests.integration.render.pieces import Cutter
from tests.integration.render.timelines import change, clip, timeline, video

if TYPE_CHECKING:
    from pathlib import Path

    from farm.settings import Settings
    from tests.integration.render.media import MediaFolder

SOURCES = ["25", "30000/1001", "variable"]


def source(media: MediaFolder, kind: str, *, film: int = 1) -> Path:
    if kind == "variable":
        return media.numbered("60", film=film, picks=VARIABLE, tag="-variable")
    return media.numbered(kind, film=film)


@pytest.fixture
def cutter(settings: Settings) -> Cutter:
    return Cutter(settings=settings)


#: One of each way in which an effect is made; the others are slow together.
_OFTEN = {"blur", "motion_blur", "film_grain", "mirror"}


@pytest.mark.parametrize("kind", SOURCES)
@pytest.mark.parametrize(
    "name",
    [
        name if name in _OFTEN else pytest.param(name, marks=pytest.mark.slow)
        for name in EFFECTS
    ],
)
def test_a_cut_at_an_effect_cannot_be_seen(
    name: str, kind: str, media: MediaFolder, cutter: Cutter
) -> None:
    film = source(media, kind)
    use = {"name": name, "parameters": needed(name, media.folder)}
    document = timeline(
        video(
            clip(film, 0, "0.4"),
            clip(film, 1, "0.8", effects=[use]),
            clip(film, "0.2", "0.4"),
        ),
        rate="30000/1001" if kind == "30000/1001" else "25",
    )

    assert cutter.differing(document, [6, 10, 11, 14, 23, 30, 33]) == []


@pytest.mark.parametrize("kind", SOURCES)
@pytest.mark.parametrize(
    "name",
    [
        name if name in {"dissolve", "wipeleft"} else pytest.param(name, marks=slow)
        for slow in [pytest.mark.slow]
        for name in XFADE_TRANSITIONS
    ],
)
def test_a_cut_at_a_transition_cannot_be_seen(
    name: str, kind: str, media: MediaFolder, cutter: Cutter
) -> None:
    items = [
        clip(source(media, kind), 1, "0.8"),
        change("0.4", name),
        clip(source(media, kind, film=2), 1, "0.8"),
    ]
    document = timeline(
        video(*items), rate="30000/1001" if kind == "30000/1001" else "25"
    )

    assert cutter.differing(document, [10, 15, 19, 22, 26, 30]) == []


def test_a_motion_blur_that_starts_in_a_segment_looks_back_beyond_it(
    media: MediaFolder, cutter: Cutter
) -> None:
    blurs = [{"name": "motion_blur", "parameters": {"frames": 9}}, {"name": "flip"}]
    small = {"transform": {"scale": 0.5}, "video_fade_in": "0.4", "speed": "3/2"}
    document = timeline(
        video(clip(source(media, "25"), 0, 2)),
        video(clip(source(media, "30", film=2), "0.5", 2, effects=blurs, **small)),
    )

    assert cutter.differing(document, [2, 5, 9, 14, 20, 33]) == []
