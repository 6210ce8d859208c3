"""Split screens: every clip in its cell, cut off at its edge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from farm.timeline.layouts import LAYOUTS, Outline
from tests.integration.render.measure import Color, close
from tests.integration.render.timelines import clip, plain, timeline, title, video

if TYPE_CHECKING:
    from tests.integration.render.conftest import Render
    from tests.integration.render.media import MediaFolder

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
GROUND = "#203040"
SOME = (
    "split-diagonal-landscape",
    "split-diagonal-vertical-square",
    "split-custom-5-4-square",
    "split-custom-7-2-square",
)


def cell(layout: str, index: int = 0, **more: object) -> dict[str, Any]:
    return {"cell": {"layout": layout, "index": index, **more}}


def shade(number: int) -> str:
    return f"#{40 + 50 * (number % 5):02x}{40 + 40 * (number // 5):02x}80"


def middle(outline: Outline) -> tuple[float, float]:
    """Return the middle of the corners: inside, for what is convex."""
    xs, ys = zip(*outline, strict=True)
    return float(sum(xs) / len(xs)), float(sum(ys) / len(ys))


def check_layout(render: Render, name: str) -> None:
    cells = LAYOUTS[name]
    shown = [
        video(plain(shade(at), "0.04", **cell(name, at))) for at in range(len(cells))
    ]

    film = render(timeline(*shown, background=GROUND, width=480, height=480))

    for at, outline in enumerate(cells):
        x, y = middle(outline)
        red, green, blue = bytes.fromhex(shade(at)[1:])
        assert close(film.color(0, x, y), (red, green, blue)), f"{name}, cell {at}"


@pytest.mark.parametrize("name", SOME)
def test_each_cell_of_a_layout_shows_its_clip(render: Render, name: str) -> None:
    check_layout(render, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(LAYOUTS) - set(SOME)))
def test_each_cell_of_every_layout_shows_its_clip(render: Render, name: str) -> None:
    check_layout(render, name)


def test_neighbours_leave_no_seam_and_do_not_overlap(render: Render) -> None:
    name = "split-vertical-3-landscape"
    shown = [
        video(plain(color, "0.04", **cell(name, at)))
        for at, color in enumerate(("#ff0000", "#00ff00", "#0000ff"))
    ]

    film = render(timeline(*shown, background="#ffffff", width=164, height=96))

    row = film.rgb(0)[48]
    found = [int(np.argmax(pixel)) for pixel in row]
    assert found == sorted(found)
    assert [found.count(at) for at in range(3)] == [54, 56, 54]
    assert float(row.sum(axis=1).max()) < 300, "the white ground is seen"


def test_a_diagonal_is_a_straight_and_soft_edge(render: Render) -> None:
    name = "split-diagonal-landscape"
    left = video(plain("#ff0000", "0.04", **cell(name, 0)))
    right = video(plain("#0000ff", "0.04", **cell(name, 1)))

    film = render(timeline(left, right, width=480, height=270))

    picture = film.rgb(0)
    for line in range(4, 270, 19):
        wanted = 480 * (2 / 3 - (line + 0.5) / 270 / 3)
        red = float(picture[line, :, 0].sum() / 255)
        assert red == pytest.approx(wanted, abs=1.5), line
        assert picture[line, : int(wanted) - 4, 2].max() < 12
        assert picture[line, int(wanted) + 4 :, 0].max() < 12


def test_gap_border_and_background_are_seen_where_they_are(
    render: Render,
) -> None:
    look = {
        "gap": 16,
        "padding": 8,
        "border": 4,
        "border_color": "#ff0000",
        "background": "#00ff00",
    }
    placed = cell("split-vertical-landscape", 0, **look)
    small = plain("#0000ff", "0.04", transform={"scale": 0.5}, **placed)

    film = render(timeline(video(small), width=200, height=100, background="#ffffff"))

    across = [film.rgb(0)[50, x] for x in (4, 9, 11, 13, 20, 50, 80, 87, 90, 95, 150)]
    wanted = (WHITE, RED, RED, GREEN, GREEN, BLUE, GREEN, GREEN, RED, WHITE, WHITE)
    assert all(
        close(tuple(round(c) for c in a), b)
        for a, b in zip(across, wanted, strict=True)
    ), across


def test_a_diagonal_cell_has_its_border_along_the_edge(render: Render) -> None:
    look = {"border": 24, "border_color": "#ff0000"}
    placed = cell("split-diagonal-square", 0, **look)

    film = render(
        timeline(
            video(plain("#0000ff", "0.04", **placed)),
            width=300,
            height=300,
            background="#00ff00",
        )
    )

    assert close(film.color(0, 0.3, 0.5), BLUE)
    assert close(film.color(0, 0.455, 0.5), RED)
    assert close(film.color(0, 0.55, 0.5), GREEN)
    assert close(film.color(0, 0.04, 0.5), RED)


@pytest.mark.parametrize(("align", "seen"), [("left", 0), ("center", 1), ("right", 2)])
def test_a_clip_lies_in_its_cell_as_it_is_aligned(
    render: Render, media: MediaFolder, align: str, seen: int
) -> None:
    source = media.colors([("#0000ff", 4)], size=(64, 64))
    lower = cell("split-horizontal-landscape", 1, align_x=align)
    shown = video(clip(source, 0, "0.04", **lower))

    film = render(timeline(shown, width=300, height=100, background="#ff0000"))

    found = [film.color(0, x, 0.75) for x in (0.05, 0.5, 0.95)]
    wanted = [BLUE if at == seen else RED for at in range(3)]
    assert all(close(a, b) for a, b in zip(found, wanted, strict=True)), found
    assert close(film.color(0, 0.5, 0.25), RED), "the other cell is free"


@pytest.mark.parametrize(
    ("align", "seen"), [("left", (RED, BLUE)), ("right", (GREEN, WHITE))]
)
def test_what_is_kept_of_a_filling_clip_goes_by_its_alignment(
    render: Render, media: MediaFolder, align: str, seen: tuple[Color, Color]
) -> None:
    right = cell("split-vertical-4-landscape", 3, align_x=align)
    shown = video(clip(media.quadrants(), 0, "0.04", fit="fill", **right))

    film = render(timeline(shown, width=320, height=160))

    found = [film.color(0, 0.875, y) for y in (0.25, 0.75)]
    assert all(close(a, b) for a, b in zip(found, seen, strict=True)), found


def test_a_title_in_a_cell_is_cut_off_at_it(render: Render) -> None:
    text = title("MMMMMMMM", "0.04", size=60, at=cell("split-vertical-landscape", 1))

    film = render(timeline(video(text), width=320, height=180))

    bright = film.rgb(0).max(axis=2) > 128
    assert bright[:, 162:].any()
    assert not bright[:, :160].any()


def test_a_piece_of_a_split_screen_equals_the_whole(
    render: Render, media: MediaFolder
) -> None:
    source = media.numbered()
    tracks = [
        video(
            clip(
                source,
                at * 0.1,
                1,
                fit="fill",
                video_fade_in="0.4",
                **cell("split-diagonal-landscape", at, border=4, gap=6),
            )
        )
        for at in (0, 1)
    ]

    whole = render(timeline(*tracks), preset="lossless")
    pieces = render(timeline(*tracks), preset="lossless", segments="0.2")

    assert len(whole.frames) == 25
    assert pieces.digests == whole.digests
