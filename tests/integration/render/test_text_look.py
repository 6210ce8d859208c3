"""How titles look and move, measured on decoded frames."""

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
SIZE = {"width": 320, "height": 180}
KINDS = (
    "fade-in", "fade-out", "slide-in", "slide-out", "scale-in", "scale-out",
    "typewriter", "wave", "bounce", "shake", "blink", "dissolve", "scale",
)  # fmt: skip
#: A letter that is a solid block where its strokes are black.
BLOCK = "I"


def seen(film: Film, frame: int) -> Array:
    """Return where something white is, and how much, 0 to 1."""
    light: Array = (film.frames[frame][0].astype(float) - 16) / 219
    return light.clip(0, 1)


def place(film: Film, frame: int) -> tuple[int, int, int, int]:
    """Return the left, top, right and bottom edges of what is seen."""
    ink = seen(film, frame) > 0.3
    across, down = np.flatnonzero(ink.any(0)), np.flatnonzero(ink.any(1))
    return int(across[0]), int(down[0]), int(across[-1]) + 1, int(down[-1]) + 1


def moving(kind: str, seconds: object = 1, **more: object) -> dict[str, Any]:
    move = {"kind": kind, "duration": "0.8", "easing": "linear"} | more
    return title("HHHHH", seconds, size=40, animations=[move])


def render_move(render: Render, kind: str, **more: object) -> Film:
    return render(timeline(video(moving(kind, **more)), **SIZE))


@pytest.mark.parametrize("opacity", [0.25, 0.5, 0.75, 1])
def test_letters_are_as_opaque_as_said(render: Render, opacity: float) -> None:
    words = title(BLOCK, A_FRAME, weight=900, size=120, opacity=opacity)
    ground = plain("#000000", A_FRAME)

    film = render(timeline(video(ground), video(words), **SIZE))

    assert seen(film, 0).max() == pytest.approx(opacity, abs=0.012)


def test_a_heavier_weight_has_more_ink(render: Render) -> None:
    weights = [100, 300, 400, 600, 700, 900]
    items = [title("HIM", A_FRAME, size=80, weight=each) for each in weights]

    film = render(timeline(video(*items), **SIZE))

    ink = [float(seen(film, at).sum()) for at in range(len(weights))]
    assert ink == sorted(ink)
    assert ink[-1] > 1.6 * ink[0]


def test_letters_run_from_one_colour_to_the_other(render: Render) -> None:
    look: dict[str, Any] = {"color": "#ff0000", "color_end": "#0000ff", "weight": 900}
    words = title("lllll", A_FRAME, size=120, **look)

    film = render(timeline(video(words), **SIZE))

    picture = film.rgb(0)[90]
    lit = picture.max(axis=1) > 100
    starts = np.flatnonzero(np.diff(lit.astype(int)) > 0) + 1
    ends = np.flatnonzero(np.diff(lit.astype(int)) < 0) + 1
    letters = [picture[(a + b) // 2] for a, b in zip(starts, ends, strict=True)]
    assert [each[0] for each in letters] == pytest.approx([255, 191, 128, 64, 0], abs=8)
    assert [each[2] for each in letters] == pytest.approx([0, 64, 128, 191, 255], abs=8)


def test_spacing_puts_letters_apart(render: Render) -> None:
    items = [title("HHHH", A_FRAME, size=40, spacing=each) for each in (0, 10)]

    film = render(timeline(video(*items), **SIZE))

    widths = [place(film, at)[2] - place(film, at)[0] for at in (0, 1)]
    assert widths[1] - widths[0] == pytest.approx(30, abs=2)


@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_lines_are_broken_at_the_width(render: Render, align: str) -> None:
    words = title(
        "one two three four five six", A_FRAME, size=24, margin=10, max_width=0.4,
        align=align,
    )  # fmt: skip

    film = render(timeline(video(words), **SIZE))

    left, top, right, bottom = place(film, 0)
    assert right - left <= 0.4 * 300
    assert bottom - top > 30, "it is not broken"
    wanted = {"left": (10, None), "center": (None, None), "right": (None, 310)}[align]
    assert wanted[0] is None or left == pytest.approx(wanted[0], abs=4)
    assert wanted[1] is None or right == pytest.approx(wanted[1], abs=4)


def test_a_shadow_lies_where_it_is_put(render: Render) -> None:
    look: dict[str, Any] = {"weight": 900, "size": 60, "color": "#ff0000"}
    cast: dict[str, Any] = {"shadow_opacity": 1, "shadow_x": 30, "shadow_y": 20}
    alone = title(BLOCK, A_FRAME, **look)
    words = title(BLOCK, A_FRAME, **look, **cast, shadow_color="#0000ff")

    film = render(timeline(video(alone, words), **SIZE))

    def edges(shown: Array) -> list[int]:
        across, down = np.flatnonzero(shown.any(0)), np.flatnonzero(shown.any(1))
        return [across[0], across[-1], down[0], down[-1]]

    red, was = film.rgb(1)[..., 0] > 128, film.rgb(0)[..., 0] > 128
    blue = film.rgb(1)[..., 2] > 128
    assert edges(red) == pytest.approx(edges(was), abs=1), "the letters have moved"
    moved = np.subtract(edges(blue), edges(red))
    assert moved == pytest.approx([30, 30, 20, 20], abs=1)


def test_thin_letters_over_a_translucent_shadow_keep_their_colour(
    render: Render,
) -> None:
    """Mixed with what lies below once, not with the colour of the shadow as well."""
    look: dict[str, Any] = {"size": 24, "weight": 300}
    cast: dict[str, Any] = {"shadow_opacity": 0.5, "shadow_color": "#000000"}
    grounds = [plain("#000000", A_FRAME), plain("#808080", A_FRAME)]
    words = [title("Hillside", A_FRAME, **each) for each in (look, look | cast)]

    film = render(timeline(video(*grounds), video(*words), **SIZE))

    covered = seen(film, 0)
    shadowed = 0.502 * (1 - 0.5 * covered)
    wanted = covered + (1 - covered) * shadowed
    assert ((covered > 0.3) & (covered < 0.7)).sum() > 50, "no stroke is thin"
    assert np.abs(seen(film, 1) - wanted).max() < 0.06


def test_an_outline_shrinks_with_its_letters(render: Render) -> None:
    look: dict[str, Any] = {"size": 60, "weight": 700, "color": "#ff0000"}
    move = {"kind": "scale-in", "duration": "0.8", "easing": "linear"}
    lined: dict[str, Any] = {
        "outline": 8,
        "outline_color": "#0000ff",
        "animations": [move],
    }

    film = render(timeline(video(title("I", 1, **look, **lined)), **SIZE))

    def width(frame: int) -> float:
        row = film.rgb(frame)[90, :160]
        return float((row[:, 2] / 255).sum())

    assert width(24) == pytest.approx(8, abs=1)
    assert width(10) == pytest.approx(4, abs=1)


def test_a_blurred_shadow_is_soft(render: Render) -> None:
    cast: dict[str, Any] = {"shadow_opacity": 1, "shadow_color": "#ffffff"}
    look: dict[str, Any] = {"weight": 900, "size": 60, "color": "#000000"}
    items = [
        title(BLOCK, A_FRAME, **look, **cast, shadow_blur=blur) for blur in (0, 12)
    ]

    film = render(timeline(video(*items), **SIZE))

    soft = [((seen(film, at) > 0.1) & (seen(film, at) < 0.9)).sum() for at in (0, 1)]
    assert soft[1] > 2 * soft[0]


def test_a_box_lies_behind_the_text_with_its_padding(render: Render) -> None:
    look: dict[str, Any] = {"size": 40, "color": "#ffffff"}
    boxed = title("HHH", A_FRAME, box_color="#0000ff", box_padding=12, **look)
    tight = title("HHH", A_FRAME, box_color="#0000ff", box_padding=0, **look)

    film = render(timeline(video(boxed, tight), background="#00ff00", **SIZE))

    edges = []
    for at in (0, 1):
        inside = film.rgb(at)[..., 1] < 60
        across, down = np.flatnonzero(inside.any(0)), np.flatnonzero(inside.any(1))
        edges.append((across[0], down[0], across[-1], down[-1]))
    moved = [b - a for a, b in zip(*edges, strict=True)]
    assert moved == pytest.approx([12, 12, -12, -12], abs=1)
    assert close(film.color(0, 0.5, 0.2), (0, 255, 0))


def test_a_translucent_box_lets_the_ground_through(render: Render) -> None:
    look: dict[str, Any] = {
        "box_color": "#ff0000",
        "box_opacity": 0.5,
        "box_padding": 40,
    }
    words = title("I", A_FRAME, size=40, **look)

    film = render(timeline(video(words), background="#0000ff", **SIZE))

    color = film.color(0, 0.42, 0.5)
    assert close(color, (127, 0, 127)), color


def test_a_fade_goes_evenly(render: Render) -> None:
    film = render_move(render, "fade-in")
    ink = [float(seen(film, at).max()) for at in (0, 5, 10, 15, 20, 24)]
    assert ink == pytest.approx([0, 0.25, 0.5, 0.75, 1, 1], abs=0.03)

    film = render_move(render, "fade-out")
    ink = [float(seen(film, at).max()) for at in (0, 5, 10, 15, 20, 24)]
    assert ink == pytest.approx([1, 1, 0.75, 0.5, 0.25, 0.05], abs=0.03)


@pytest.mark.parametrize(
    ("side", "axis", "sign"),
    [("left", 0, -1), ("right", 0, 1), ("top", 1, -1), ("bottom", 1, 1)],
)
@pytest.mark.parametrize("kind", ["slide-in", "slide-out"])
def test_a_slide_comes_from_its_side(
    render: Render, kind: str, side: str, axis: int, sign: int
) -> None:
    film = render_move(render, kind, side=side)

    still, first, half = (0, 24, 7) if kind == "slide-out" else (24, 0, 17)
    rest = place(film, still)
    assert seen(film, first).max() < 0.3 or kind == "slide-out"
    near = place(film, half if kind == "slide-in" else 8)
    part = (20 - 17) / 20 if kind == "slide-in" else 1 - (25 - 8) / 20
    length = (SIZE["width"], SIZE["height"])[axis]
    wanted = sign * max(0.0, part) * length
    assert near[axis] - rest[axis] == pytest.approx(wanted, abs=2)
    assert near[1 - axis] == pytest.approx(rest[1 - axis], abs=1)


def test_a_scale_grows_and_shrinks(render: Render) -> None:
    film = render_move(render, "scale-in")
    whole, half = place(film, 24), place(film, 10)
    assert half[2] - half[0] == pytest.approx((whole[2] - whole[0]) / 2, rel=0.06)

    film = render_move(render, "scale-out")
    whole, half = place(film, 0), place(film, 15)
    assert half[2] - half[0] == pytest.approx((whole[2] - whole[0]) / 2, rel=0.06)


def test_a_pulse_is_largest_in_its_middle(render: Render) -> None:
    film = render_move(render, "scale")

    widths = [place(film, at)[2] - place(film, at)[0] for at in (0, 10, 20, 24)]
    assert widths[1] / widths[0] == pytest.approx(1.2, abs=0.03)
    assert widths[2:] == [widths[0]] * 2


def test_a_typewriter_shows_one_letter_after_the_other(render: Render) -> None:
    film = render_move(render, "typewriter")

    whole = place(film, 24)
    width = whole[2] - whole[0]
    assert seen(film, 0).max() < 0.1
    for typed in range(1, 5):
        left, _, right, _ = place(film, 4 * typed)
        assert left == whole[0], "what is there moves"
        assert right - left == pytest.approx(width * (typed / 5 - 0.03), rel=0.12)


def test_a_dissolve_takes_letters_away_in_a_scattered_order(render: Render) -> None:
    film = render_move(render, "dissolve")

    ink = [float(seen(film, at).sum()) for at in range(25)]
    assert ink[0] == ink[4]
    assert ink[4:] == sorted(ink[4:], reverse=True)
    assert ink[15] == pytest.approx(ink[0] / 2, rel=0.2)
    assert ink[24] < 0.1 * ink[0]


def test_a_bounce_falls_and_comes_to_rest(render: Render) -> None:
    film = render_move(render, "bounce")

    tops = [place(film, at)[1] for at in range(25)]
    falling = np.diff(tops)
    assert tops[0] < tops[-1] - 60
    assert (falling > 0).any()
    assert (falling < 0).any(), "it does not bounce"
    assert tops[20:] == [tops[-1]] * 5


def test_a_shake_stays_near_and_ends(render: Render) -> None:
    film = render_move(render, "shake")

    places = [place(film, at)[:2] for at in range(25)]
    assert len(set(places[:20])) > 8
    assert max(abs(x - places[-1][0]) for x, _ in places) <= 4
    assert len(set(places[20:])) == 1


def test_a_blink_is_off_half_of_the_time(render: Render) -> None:
    film = render_move(render, "blink", duration="0.4")

    shown = [bool(seen(film, at).max() > 0.5) for at in range(25)]
    assert shown[:20] == ([True] * 5 + [False] * 5) * 2


def test_a_wave_runs_through_the_letters(render: Render) -> None:
    film = render_move(render, "wave")

    def highest(frame: int) -> float:
        ink = seen(film, frame) > 0.5
        tops = [np.flatnonzero(column)[0] for column in ink.T if column.any()]
        return float(np.argmin(tops)) / len(tops)

    crests = [highest(at) for at in (6, 10, 14)]
    assert crests == sorted(crests)
    assert crests[0] < crests[2]


def test_a_delay_holds_a_movement_back(render: Render) -> None:
    film = render_move(render, "fade-in", duration="0.4", delay="0.4")

    ink = [float(seen(film, at).max()) for at in (9, 15, 20)]
    assert ink == pytest.approx([0, 0.5, 1], abs=0.03)


@pytest.mark.parametrize("rate", ["25", "30000/1001"])
def test_pieces_of_moving_text_equal_the_whole(render: Render, rate: str) -> None:
    items = [moving(kind, "0.6") for kind in KINDS]
    document = timeline(video(*items), rate=rate, width=160, height=96)

    whole = render(document)
    pieces = render(document, segments="0.3")

    assert pieces.digests == whole.digests


def test_moving_text_within_a_transition_is_held_at_its_ends(render: Render) -> None:
    fade = {"kind": "fade-in", "duration": "0.2", "easing": "linear"}
    items = [
        title("HHH", 1, size=40, animations=[fade]),
        {"type": "transition", "kind": "dissolve", "duration": "0.4"},
        title("III", 1, size=40, animations=[fade]),
    ]

    film = render(timeline(video(*items), **SIZE))

    assert len(film.frames) == 50
    assert seen(film, 29).max() < 0.1 or seen(film, 29).max() < seen(film, 40).max()
    assert seen(film, 40).max() == pytest.approx(1, abs=0.03)
