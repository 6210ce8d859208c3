"""Where pictures lie in the frame, and which one is above."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.integration.render.measure import close
from tests.integration.render.timelines import (
    clip,
    gap,
    plain,
    still,
    timeline,
    title,
    video,
)

if TYPE_CHECKING:
    from tests.integration.render.conftest import Render
    from tests.integration.render.media import MediaFolder

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
BLACK, WHITE, GREY = (0, 0, 0), (255, 255, 255), (128, 128, 128)
#: Centres of the quarters of a picture, from the upper left, by rows.
QUARTERS = ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75))
A_FRAME = "0.04"


def row(items: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a track on which each item is one frame long."""
    return video(*items)


def near(found: tuple[int, ...], wanted: tuple[float, ...], *, by: float = 2) -> bool:
    return all(abs(a - b) <= by for a, b in zip(found, wanted, strict=True))


def test_tracks_lie_above_each_other_in_their_order(render: Render) -> None:
    low = plain("#ff0000", 1)
    middle = plain("#00ff00", "0.4", transform={"scale": 0.5}, start="0.2")
    top = plain("#0000ff", "0.4", transform={"scale": 0.25}, start="0.4")

    film = render(timeline(video(low), video(middle), video(top)))

    assert len(film.frames) == 25
    middles = [film.color(frame) for frame in (0, 4, 5, 9, 10, 19, 20, 24)]
    wanted = [RED, RED, GREEN, GREEN, BLUE, BLUE, RED, RED]
    assert all(close(a, b) for a, b in zip(middles, wanted, strict=True))
    assert close(film.color(12, 0.3), GREEN)
    assert close(film.color(12, 0.1), RED)
    assert close(film.color(17, 0.3), RED)


@pytest.fixture(scope="module")
def places() -> list[tuple[dict[str, Any], tuple[float, ...]]]:
    """Return transforms, and the edges of a white picture of 160x96 in them."""
    return [
        ({"scale": 0.5}, (40, 24, 120, 72)),
        ({"scale": 0.25, "x": 0.25, "y": 0.25}, (20, 12, 60, 36)),
        ({"scale": 0.25, "x": 1, "y": 0}, (140, 0, 160, 12)),
        ({"scale": 0.1, "x": 0.37, "y": 0.61}, (51, 54, 67, 63)),
        ({"scale": 0.5, "x": 0, "y": 1}, (0, 72, 40, 96)),
        ({"scale": 3, "x": -1}, (0, 0, 80, 96)),
        ({"scale": 0.5, "rotation": 90}, (56, 8, 104, 88)),
        ({"scale": 0.25, "rotation": -90, "x": 0.25}, (28, 28, 52, 68)),
        ({"scale": 0.25, "rotation": 45}, (57.4, 25.4, 102.6, 70.6)),
        ({"rotation": 180}, (0, 0, 160, 96)),
        ({"scale": 0.5, "rotation": 360}, (40, 24, 120, 72)),
    ]


def test_pictures_lie_where_the_transform_says(
    render: Render, places: list[tuple[dict[str, Any], tuple[float, ...]]]
) -> None:
    items = [plain("#ffffff", A_FRAME, transform=place) for place, _ in places]

    film = render(timeline(row(items)))

    found = [film.edges(frame) for frame in range(len(places))]
    wrong = [
        (place, edges, found[at])
        for at, (place, edges) in enumerate(places)
        if not near(found[at], edges)
    ]
    assert not wrong


def test_a_picture_outside_the_frame_is_not_seen(
    media: MediaFolder, render: Render
) -> None:
    items = [
        clip(media.quadrants(), 0, A_FRAME, transform={"x": 2}),
        plain("#ffffff", A_FRAME, transform={"y": -0.6}),
        title("Far", A_FRAME, at={"transform": {"x": -3}}),
        plain("#ffffff", A_FRAME, opacity=0),
        plain("#ffffff", A_FRAME, transform={"x": 3, "rotation": 30, "scale": 0.1}),
    ]

    film = render(timeline(row(items), background="#00ff00"))

    assert all(
        close(film.color(at, x, y), GREEN) for at in range(5) for x, y in QUARTERS
    )


def test_quarters_turn_clockwise(media: MediaFolder, render: Render) -> None:
    source = media.quadrants(size=(96, 96))
    items = [
        clip(source, 0, A_FRAME, transform={"rotation": turn})
        for turn in (0, 90, 180, 270, -90)
    ]

    film = render(timeline(row(items), width=96, height=96))

    seen = [[film.color(at, x, y) for x, y in QUARTERS] for at in range(5)]
    wanted = [
        [RED, GREEN, BLUE, WHITE],
        [BLUE, RED, WHITE, GREEN],
        [WHITE, BLUE, GREEN, RED],
        [GREEN, WHITE, RED, BLUE],
        [GREEN, WHITE, RED, BLUE],
    ]
    assert all(
        close(a, b, by=6)
        for row_seen, row_wanted in zip(seen, wanted, strict=True)
        for a, b in zip(row_seen, row_wanted, strict=True)
    ), seen


def test_films_are_fitted_into_the_frame(media: MediaFolder, render: Render) -> None:
    white = media.colors([("white", 25)])
    source = media.quadrants()
    items = [
        clip(white, 0, A_FRAME, fit=fit) for fit in ("fit", "fill", "stretch", "none")
    ]
    items += [clip(source, 0, A_FRAME, fit=fit) for fit in ("fill", "stretch", "none")]

    film = render(timeline(row(items), width=120, height=240))

    found = [film.edges(at) for at in range(4)]
    wanted = [(0, 84, 120, 156), (0, 0, 120, 240), (0, 0, 120, 240), (0, 72, 120, 168)]
    assert all(near(a, b) for a, b in zip(found, wanted, strict=True)), found
    # filled: 400 pixels wide, the middle 120 are kept
    assert close(film.color(4, 0.05, 0.05), RED)
    assert close(film.color(4, 0.95, 0.95), WHITE)
    assert close(film.color(5, 0.25, 0.25), RED)
    assert close(film.color(6, 0.05, 0.32), RED)
    assert close(film.color(6, 0.95, 0.68), WHITE)


def test_a_filling_picture_is_kept_within_its_scaled_frame(
    media: MediaFolder, render: Render
) -> None:
    white = media.colors([("white", 25)])
    item = clip(white, 0, A_FRAME, fit="fill", transform={"scale": 0.5})

    film = render(timeline(video(item), width=120, height=240))

    assert near(film.edges(0), (30, 60, 90, 180))


def test_crop_takes_pixels_of_the_source(media: MediaFolder, render: Render) -> None:
    source = media.quadrants()
    items = [
        clip(source, 0, A_FRAME, crop={"left": 80}, fit="none"),
        clip(source, 0, A_FRAME, crop={"bottom": 48, "right": 80}, fit="none"),
        clip(source, 0, A_FRAME, crop={"top": 48, "left": 81}),
        clip(
            media.colors([("white", 25)]),
            0,
            A_FRAME,
            crop={"left": 33, "top": 17},
            fit="none",
        ),
    ]

    film = render(timeline(row(items)))

    assert near(film.edges(0, above=25), (40, 0, 120, 96))
    assert close(film.color(0, 0.5, 0.25), GREEN)
    assert close(film.color(0, 0.5, 0.75), WHITE)
    assert near(film.edges(1, above=25), (40, 24, 120, 72))
    assert close(film.color(1), RED)
    assert all(close(film.color(2, x, y), WHITE) for x, y in QUARTERS)
    assert near(film.edges(3), (16, 8, 143, 87))


def test_opacity_mixes_with_what_lies_below(media: MediaFolder, render: Render) -> None:
    half = {"opacity": 0.5}
    items = [
        plain("#ffffff", A_FRAME, **half),
        clip(media.colors([("white", 25)]), 0, A_FRAME, **half),
        still(media.still("white.png", "color=white:s=64x36"), A_FRAME, opacity=0.25),
        title("I", A_FRAME, at=half, size=300, weight=700),
        plain(
            "#ffffff", A_FRAME, opacity=0.5, transform={"scale": 0.5, "rotation": 45}
        ),
    ]

    film = render(timeline(row(items)))

    assert close(film.color(0), GREY)
    assert close(film.color(1), GREY)
    assert close(film.color(2), (64, 64, 64))
    assert close(film.color(3), GREY)
    assert close(film.color(4), GREY)


def test_pictures_of_an_odd_timeline_fill_its_even_frame(
    media: MediaFolder, render: Render
) -> None:
    source = media.quadrants()
    items = [
        clip(source, 0, A_FRAME, fit="stretch"),
        plain("#ffffff", A_FRAME),
        clip(source, 0, A_FRAME, fit="fill"),
        gap(A_FRAME),
        plain("#00ff00", A_FRAME, transform={"scale": 0.5}),
    ]

    film = render(timeline(row(items), width=161, height=97))

    assert film.size == (162, 98)
    assert [film.color(0, x, y) for x, y in QUARTERS] == [
        film.color(2, x, y) for x, y in QUARTERS
    ]
    assert film.edges(1) == (0, 0, 162, 98)
    assert close(film.color(3), BLACK)
    assert near(film.edges(4), (40.5, 24.5, 121.5, 73.5))


def test_what_is_hidden_does_not_change_what_is_seen(
    media: MediaFolder, render: Render
) -> None:
    above = video(clip(media.numbered(film=1), 0, "0.4"))
    below = video(clip(media.numbered(film=2), 0, "0.8"))

    alone = render(timeline(above))
    both = render(timeline(below, above))

    assert both.digests[:10] == alone.digests
    assert both.numbers()[10:] == [(2, number) for number in range(10, 20)]


def test_a_picture_stays_below_what_covers_it_for_a_while(render: Render) -> None:
    small = plain("#ffffff", "1", transform={"scale": 0.5}, video_fade_out="0.4")
    cover = plain("#00ff00", "0.2", start="0.2")
    later = plain("#00ff00", "0.2", start="0.72")

    film = render(timeline(video(small), video(cover, later)))

    seen = [film.color(frame) for frame in (4, 5, 9, 10, 17, 18, 22, 23)]
    wanted = [WHITE, GREEN, GREEN, WHITE, (204,) * 3, GREEN, GREEN, (51,) * 3]
    assert all(close(a, b) for a, b in zip(seen, wanted, strict=True)), seen
    assert all(np.ptp(film.frames[at][0]) <= 2 for at in (5, 9, 18, 22))
