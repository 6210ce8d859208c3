"""Pieces of clips with effects equal the whole, frame by frame, for every entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from farm.effects.catalog import EFFECTS
from farm.effects.model import Number
from tests.integration.render.cube import needed
from tests.integration.render.timelines import clip, plain, still, timeline, video

if TYPE_CHECKING:
    from tests.integration.render.conftest import Render
    from tests.integration.render.media import MediaFolder
    from tests.integration.render.timelines import Json

#: Ten frames: cuts in the middle, too far from the edges to be moved there.
LENGTH, PIECE = "0.4", "0.2"
#: One entry of each way in which something changes from frame to frame.
SOME = ["blur", "film_grain", "glitch", "motion_blur", "lens_flare", "exposure"]
SOME += ["brightness", "chroma_key"]


def changing(name: str, media: MediaFolder) -> Json:
    """Return an effect that is on for a while, and whose numbers all change."""
    keyframes = {
        key: [
            {"time": 0, "value": _part(parameter, 0.5)},
            {"time": "0.2", "value": _part(parameter, 0.6), "easing": "ease_in_out"},
            {"time": LENGTH, "value": _part(parameter, 0.45)},
        ]
        for key, parameter in EFFECTS[name].parameters.items()
        if isinstance(parameter, Number) and not parameter.is_fixed
    }
    return {
        "name": name,
        "parameters": needed(name, media.folder),
        "keyframes": keyframes,
        "start": "0.08",
        "end": "0.36",
    }


def _part(parameter: Number, share: float) -> float:
    """Return a value on the way between the bounds, near them where they are far."""
    low, high = max(parameter.low, -40), min(parameter.high, 40)
    if parameter.unit == "K":
        low, high = 3000, 9000
    return low + (high - low) * share


def check_pieces(names: list[str], media: MediaFolder, render: Render) -> None:
    source = media.numbered("25", film=1)
    picture = media.still("squares.png", "testsrc2=s=160x96")
    items: list[dict[str, Any]] = []
    for at, name in enumerate(names):
        uses = [changing(name, media)]
        if at % 3:
            items.append(clip(source, "0.2", LENGTH, effects=uses))
        else:
            items.append(still(picture, LENGTH, effects=uses))
    length = str(len(items) * 10 / 25)
    document = timeline(video(plain("#0000ff", length)), video(*items))

    whole = render(document)
    pieces = render(document, segments=PIECE)

    assert len(whole.digests) == 10 * len(items)
    different = [
        names[at // 10]
        for at, (one, other) in enumerate(
            zip(whole.digests, pieces.digests, strict=True)
        )
        if one != other
    ]
    assert not different


def test_pieces_of_changing_effects_equal_the_whole(
    media: MediaFolder, render: Render
) -> None:
    check_pieces(SOME, media, render)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, len(EFFECTS), 13))
def test_pieces_of_every_effect_equal_the_whole(
    start: int, media: MediaFolder, render: Render
) -> None:
    check_pieces(sorted(EFFECTS)[start : start + 13], media, render)


def test_an_effect_is_on_from_its_start_to_its_end(render: Render) -> None:
    use = {"name": "invert", "start": "0.12", "end": "0.28"}
    film = render(timeline(video(plain("#ffffff", LENGTH, effects=[use]))))

    found = [film.color(at)[1] > 128 for at in range(10)]
    assert found == [True] * 3 + [False] * 4 + [True] * 3


def test_an_effect_that_is_off_changes_nothing(render: Render) -> None:
    use = {"name": "invert", "enabled": False}
    film = render(timeline(video(plain("#ffffff", "0.08", effects=[use]))))

    assert film.color(0) == (255, 255, 255)


@pytest.mark.parametrize(
    ("easing", "levels"),
    [
        ("linear", [0, 51, 102, 153, 204, 255]),
        ("hold", [0, 0, 0, 0, 0, 255]),
        ("ease_in", [0, 10, 41, 92, 163, 255]),
    ],
)
def test_each_frame_has_the_value_of_its_own_time(
    easing: str, levels: list[int], media: MediaFolder, render: Render
) -> None:
    """Neither a frame early nor late, on a film as on a still."""
    white = media.colors([("white", 20)])
    keys = [
        {"time": 0, "value": 0, "easing": easing},
        {"time": "0.2", "value": 1},
    ]
    use = {"name": "brightness", "keyframes": {"amount": keys}}

    film = render(
        timeline(
            video(
                clip(white, "0.08", "0.28", effects=[use]),
                plain("#ffffff", "0.28", effects=[use]),
            )
        )
    )

    expected = [*levels, 255]
    for first in (0, 7):
        found = [film.color(first + at)[1] for at in range(7)]
        assert found == pytest.approx(expected, abs=3)
