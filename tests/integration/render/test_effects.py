"""The effects of the catalogue, on the pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from farm.effects.catalog import EFFECTS
from tests.integration.render.cube import needed
from tests.integration.render.measure import close
from tests.integration.render.timelines import (
    clip,
    plain,
    still,
    timeline,
    title,
    video,
)

if TYPE_CHECKING:
    from tests.integration.render.conftest import Render
    from tests.integration.render.media import MediaFolder

A_FRAME = "0.04"


def effect(name: str, **parameters: float) -> dict[str, Any]:
    return {"effects": [{"name": name, "parameters": parameters}]}


@pytest.mark.parametrize(
    ("used", "before", "after"),
    [
        (effect("brightness", amount=1.5), "#404040", (96, 96, 96)),
        (effect("brightness", amount=0), "#ff8040", None),
        (effect("brightness", amount=1), "#ff8040", (255, 128, 64)),
        (effect("brightness", amount=4), "#c0c0c0", (255, 255, 255)),
        (effect("contrast", amount=2), "#606060", (64, 64, 64)),
        (effect("contrast", amount=0), "#ffffff", (128, 128, 128)),
        (effect("contrast", amount=1), "#204060", (32, 64, 96)),
        (effect("saturation", amount=0), "#ff0000", (54, 54, 54)),
        (effect("saturation", amount=1), "#20a0ff", (32, 160, 255)),
        (effect("saturation", amount=2), "#606070", (95, 95, 127)),
        (effect("grayscale"), "#00ff00", (182, 182, 182)),
        (effect("grayscale"), "#0000ff", (18, 18, 18)),
        (effect("blur", sigma=5), "#20a0ff", (32, 160, 255)),
        (effect("mirror"), "#20a0ff", (32, 160, 255)),
        (effect("flip"), "#20a0ff", (32, 160, 255)),
    ],
)
def test_colours_change_as_the_effect_says(
    used: dict[str, Any],
    before: str,
    after: tuple[int, int, int] | None,
    seen: dict[str, Any],
) -> None:
    color = seen[f"{used}{before}"]

    if after is None:
        assert color[1] < 40
    else:
        assert close(color, after), color


@pytest.fixture(scope="module")
def seen(shared_render: Render) -> dict[str, Any]:
    """Return the colour of each case above, out of one film."""
    cases = next(
        mark.args[1]
        for mark in test_colours_change_as_the_effect_says.pytestmark
        if mark.name == "parametrize"
    )
    items = [plain(before, A_FRAME, **used) for used, before, _ in cases]
    film = shared_render(timeline(video(*items)))
    return {
        f"{used}{before}": film.color(at) for at, (used, before, _) in enumerate(cases)
    }


def test_mirror_and_flip_swap_the_sides(media: MediaFolder, render: Render) -> None:
    source = media.quadrants()
    used = [{}, effect("mirror"), effect("flip")]
    both = {"effects": [{"name": "mirror"}, {"name": "flip"}]}

    film = render(
        timeline(video(*(clip(source, 0, A_FRAME, **each) for each in [*used, both])))
    )

    picture = film.frames[0]
    assert np.abs(film.frames[1].astype(int) - picture[:, :, ::-1]).max() <= 1
    assert np.abs(film.frames[2].astype(int) - picture[:, ::-1]).max() <= 1
    assert np.abs(film.frames[3].astype(int) - picture[:, ::-1, ::-1]).max() <= 1


def test_blur_is_as_wide_as_it_says(media: MediaFolder, render: Render) -> None:
    edge = media.still(
        "edge.png", "color=white:s=160x96,format=gray,geq=lum='255*gte(X,80)'"
    )
    items = [still(edge, A_FRAME, **effect("blur", sigma=s)) for s in (2, 8)]

    film = render(timeline(video(*items)))

    for frame, sigma in enumerate((2, 8)):
        row = film.frames[frame][0][48].astype(float)
        low, high = (int(np.argmax(row > 16 + 219 * part)) for part in (0.16, 0.84))
        assert high - low == pytest.approx(2 * sigma, rel=0.2, abs=1)


def test_blur_grows_with_the_output(media: MediaFolder, render: Render) -> None:
    edge = media.still(
        "edge.png", "color=white:s=160x96,format=gray,geq=lum='255*gte(X,80)'"
    )
    film = render(
        timeline(video(still(edge, A_FRAME, **effect("blur", sigma=4)))),
        preset="h264-720p",
        suffix=".mp4",
    )

    row = film.frames[0][0][360].astype(float)
    low, high = (int(np.argmax(row > 16 + 219 * part)) for part in (0.16, 0.84))
    assert high - low == pytest.approx(2 * 4 * 7.5, rel=0.2)


@pytest.mark.parametrize("name", sorted(EFFECTS))
def test_every_effect_works_on_every_source_and_depth(
    name: str, media: MediaFolder, render: Render
) -> None:
    used = {"effects": [{"name": name, "parameters": needed(name, media.folder)}]}
    hole = media.still(
        "hole.png",
        "color=0xffffff:s=160x96,format=rgba,"
        "geq=r=255:g=255:b=255:a='if(lt(X,80),255,0)'",
    )
    items = [
        clip(media.numbered(film=1), 0, "0.12", **used),
        plain("#20a0ff", A_FRAME, **used),
        title("Text", A_FRAME, at=used),
        still(hole, A_FRAME, **used),
        clip(media.numbered(film=1), 0, A_FRAME, transform={"rotation": 20}, **used),
    ]

    for how in ({}, {"preset": "prores-422", "suffix": ".mov"}):
        film = render(timeline(video(plain("#ff0000", "0.28")), video(*items)), **how)

        assert len(film.frames) == 7
        if EFFECTS[name].makes_holes:
            continue
        side = 0.25 if name == "mirror" else 0.75
        assert close(film.color(5, side), (255, 0, 0)), how


def test_effects_are_applied_in_their_order(render: Render) -> None:
    twice = [
        {"name": "brightness", "parameters": {"amount": 2}},
        {"name": "contrast", "parameters": {"amount": 2}},
    ]

    film = render(
        timeline(
            video(
                plain("#505050", A_FRAME, effects=twice),
                plain("#505050", A_FRAME, effects=twice[::-1]),
            )
        )
    )

    assert close(film.color(0), (192, 192, 192))
    assert close(film.color(1), (64, 64, 64))


def test_a_motion_blur_mixes_the_frames_before(
    media: MediaFolder, render: Render
) -> None:
    source = media.colors([("black", 10), ("white", 10)])
    blurred = clip(source, 0, "0.8", **effect("motion_blur", frames=4))

    film = render(timeline(video(blurred)))

    # a quarter of the mix turns white with each frame
    expected = {9: 0, 10: 64, 11: 128, 12: 191, 13: 255, 19: 255}
    found = {at: film.color(at)[1] for at in expected}
    assert found == pytest.approx(expected, abs=3)
