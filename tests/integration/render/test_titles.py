"""Titles: what is written is what is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.integration.render.measure import close
from tests.integration.render.timelines import plain, timeline, title, video

if TYPE_CHECKING:
    from tests.integration.render.conftest import Render
    from tests.integration.render.measure import Array, Film

A_FRAME = "0.04"
#: Text that a filter graph, libass or a format string would take for something else.
SPECIAL = (
    "50% off",
    "%{pts}",
    "a:b,c;d",
    "it's 'quoted'",
    "C:\\new\\Name",
    "\\N \\h \\n",
    "{\\b1}braces{}",
    "[in]",
    '$HOME `ls` "x"',
    "=@#&<b>",
)


def ink(film: Film, frame: int) -> Array:
    """Return where a title in white on black is seen."""
    seen: Array = film.frames[frame][0] > 125
    return seen


def test_special_characters_are_text(render: Render) -> None:
    items = [title(text, A_FRAME, size=24) for text in SPECIAL]
    # each character alone, to compare the width of the whole with
    wide = "".join(SPECIAL).replace(" ", "")
    letters = sorted(set(wide))
    items += [title(letter * 8, A_FRAME, size=24) for letter in letters]

    film = render(timeline(video(*items), width=320, height=64))

    missing = [
        text for at, text in enumerate([*SPECIAL, *letters]) if not ink(film, at).any()
    ]
    assert not missing
    widths = {
        letter: np.ptp(np.flatnonzero(ink(film, len(SPECIAL) + at).any(0))) / 8
        for at, letter in enumerate(letters)
    }
    for at, text in enumerate(SPECIAL):
        wanted = 0.0 + sum(widths[letter] for letter in text.replace(" ", ""))
        wanted += 6.2 * text.count(" ")
        found = np.ptp(np.flatnonzero(ink(film, at).any(0)))
        assert found == pytest.approx(wanted, rel=0.15, abs=6), text


def test_a_new_line_is_a_new_line(render: Render) -> None:
    items = [title(text, A_FRAME, size=24) for text in ("HH", "HH\nHH", "HH\r\nHH\rHH")]

    film = render(timeline(video(*items), width=160, height=96))

    heights = [film.edges(at)[3] - film.edges(at)[1] for at in range(3)]
    rows = [
        int(np.diff(ink(film, at).any(1).astype(int)).clip(0).sum()) for at in range(3)
    ]
    assert rows == [1, 2, 3]
    assert heights[1] - heights[0] == pytest.approx(heights[2] - heights[1], abs=2)


@pytest.mark.parametrize(
    ("align", "x", "y"),
    [
        ("top-left", 0, 0), ("top", 1, 0), ("top-right", 2, 0),
        ("left", 0, 1), ("center", 1, 1), ("right", 2, 1),
        ("bottom-left", 0, 2), ("bottom", 1, 2), ("bottom-right", 2, 2),
    ],
    ids=str,
)  # fmt: skip
def test_a_title_stands_where_it_is_aligned(
    align: str, x: int, y: int, nine: Film
) -> None:
    at = y * 3 + x
    left, top, right, bottom = nine.edges(at)

    assert (20, 160 - (right + left) / 2 + 160, 320 - 20)[x] == pytest.approx(
        (left, 160, right)[x], abs=5
    )
    assert (20, 90, 180 - 20)[y] == pytest.approx(
        (top, (top + bottom) / 2, bottom)[y], abs=14
    )
    assert abs((left + right) / 2 - 160) <= 2 or x != 1


@pytest.fixture(scope="module")
def nine(shared_render: Render) -> Film:
    """Return a title in each of the nine places, a frame each."""
    places = ("top", "", "bottom")
    names = [
        "-".join(filter(None, (row, side))) or "center"
        for row in places
        for side in ("left", "", "right")
    ]
    items = [title("HHH", A_FRAME, size=30, align=n, margin=20) for n in names]
    return shared_render(timeline(video(*items), width=320, height=180))


def test_size_is_the_height_of_a_line(render: Render) -> None:
    items = [title("H\nH", A_FRAME, size=size) for size in (20, 40)]

    film = render(timeline(video(*items), width=160, height=160))

    steps = []
    for at in range(2):
        rows = np.flatnonzero(np.diff(ink(film, at).any(1).astype(int)) > 0)
        steps.append(int(rows[1] - rows[0]))
    assert steps == pytest.approx([20, 40], abs=1)


def test_an_outline_is_drawn_around_the_letters(render: Render) -> None:
    look: dict[str, Any] = {"size": 60, "color": "#00ff00", "outline_color": "#ff0000"}
    items = [title("I", A_FRAME, **look, outline=width) for width in (0, 4)]

    film = render(timeline(video(*items), background="#0000ff"))

    bare, lined = (np.rint(film.rgb(at)) for at in range(2))
    green = [picture[..., 1] > 200 for picture in (bare, lined)]
    red = [picture[..., 0] > 200 for picture in (bare, lined)]
    assert green[0].sum() == pytest.approx(green[1].sum(), rel=0.2)
    assert not red[0].any()
    columns = np.flatnonzero(red[1].any(0))
    inner = np.flatnonzero(green[1].any(0))
    assert inner[0] - columns[0] == pytest.approx(4, abs=1.5)
    assert columns[-1] - inner[-1] == pytest.approx(4, abs=1.5)


def test_the_edge_of_a_letter_is_mixed_with_what_lies_below(render: Render) -> None:
    """A white title on white must not have dark edges."""
    items = [
        title("Soft", A_FRAME, size=50),
        title("Soft", A_FRAME, size=50, outline=3),
    ]

    film = render(timeline(video(*items), background="#ffffff"))

    assert film.frames[0][0].min() >= 233
    assert film.frames[1][0].min() < 40


def test_titles_grow_with_the_output(render: Render) -> None:
    words = timeline(video(title("HH", A_FRAME, size=100)), width=800, height=480)

    full = render(words)
    small = render(words, preset="h264-720p", suffix=".mp4")

    assert small.size == (1200, 720)
    scaled = [edge * 1.5 for edge in full.edges(0)]
    assert small.edges(0) == pytest.approx(scaled, abs=3)


def test_a_title_can_be_moved_turned_and_faded(render: Render) -> None:
    places: list[dict[str, Any]] = [
        {},
        {"transform": {"x": 0.25}},
        {"transform": {"scale": 0.5}},
        {"transform": {"rotation": 90}},
        {"opacity": 0.5},
    ]
    items = [title("HHH", A_FRAME, at=at, size=40) for at in places]

    film = render(timeline(video(*items), width=160, height=160))

    edges = [film.edges(at, above=70) for at in range(5)]
    sizes = [(right - left, low - top) for left, top, right, low in edges]
    assert edges[1][2] == pytest.approx(edges[0][2] - 40, abs=2)
    assert sizes[2] == pytest.approx((sizes[0][0] / 2, sizes[0][1] / 2), abs=3)
    assert sizes[3] == pytest.approx(sizes[0][::-1], abs=3)
    assert film.frames[4][0].max() == pytest.approx(126, abs=3)


def test_a_long_title_breaks_into_lines_within_the_frame(render: Render) -> None:
    words = title("many words that need " * 2, A_FRAME, size=26, margin=10)

    film = render(timeline(video(words)))

    left, top, right, bottom = film.edges(0)
    assert left >= 8
    assert right <= 152
    assert 50 < bottom - top <= 92


def test_a_title_lies_above_its_film_for_its_time_only(render: Render) -> None:
    words = title(
        "I", "0.2", at={"start": "0.2"}, size=300, color="#ff0000", weight=700
    )

    film = render(timeline(video(plain("#0000ff", "0.6")), video(words)))

    assert [close(film.color(at), (255, 0, 0)) for at in (4, 5, 9, 10)] == [
        False, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize("font", ["Noto Sans", "No Such Font, at all\n[Events]"])
def test_letters_of_many_scripts_are_there(font: str, render: Render) -> None:
    items = [title(text, A_FRAME, font=font, size=30) for text in ("ÄÖß", "Жук", "Ελλ")]

    film = render(timeline(video(*items)))

    shapes = [ink(film, at) for at in range(3)]
    assert all(shape.any() for shape in shapes)
    assert (shapes[0] != shapes[1]).any()
    # a missing letter is an empty box: three of them would be alike
    assert np.flatnonzero(shapes[1].any(0))[-1] != np.flatnonzero(shapes[2].any(0))[-1]
