"""Style templates: elements stand where they should, and move as they say."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pytest

from farm.timeline.element import ElementAnimationKind
from farm.timeline.templates import TEMPLATES
from tests.integration.render.measure import close
from tests.integration.render.pieces import Cutter
from tests.integration.render.timelines import change, plain, timeline, video

if TYPE_CHECKING:
    from farm.settings import Settings
    from tests.integration.render.conftest import Render
    from tests.integration.render.measure import Array, Film
    from tests.integration.render.media import MediaFolder

GROUND, GRAY = "#203040", (0x20, 0x30, 0x40)
BOX: dict[str, Any] = {"x": 0.25, "y": 0.25, "width": 0.5, "height": 0.5}
#: Parts of the box that shapes fill: a box of 120 by 120 pixels.
AREAS = {
    "rectangle": 1.0,
    "circle": math.pi / 4,
    "ellipse": math.pi / 4,
    "triangle": 0.5,
    "star": 5 * 0.5 * 0.225 * math.sin(math.pi / 5),
    "polygon": 5 / 8 * math.sin(2 * math.pi / 5),
    "line": 1 / 6,
    "arrow": 0.55 * 0.4 + 0.45 * 0.5,
}


def template(*elements: dict[str, Any], seconds: object = 1, **more: Any) -> Any:  # noqa: ANN401  # of JSON
    media = {"type": "template", "elements": list(elements), "length": str(seconds)}
    return {"type": "clip", "media": media | more, "duration": str(seconds)}


def named(name: str, duration: object = None, **more: object) -> dict[str, Any]:
    item: dict[str, Any] = {
        "type": "clip",
        "media": {"type": "template", "name": name} | more,
    }
    return item if duration is None else item | {"duration": str(duration)}


def shape(kind: str = "rectangle", **more: object) -> dict[str, Any]:
    return {"kind": "shape", "shape": kind, **BOX, **more}


def ink(film: Film, frame: int) -> Array:
    """Return how much is drawn of each point, in white on black."""
    seen: Array = np.clip((film.frames[frame][0].astype(float) - 16) / 219, 0, 1)
    return seen


def test_each_shape_fills_its_part_of_the_box(render: Render) -> None:
    lines = 1080 / 240
    items = [
        template(
            shape(kind, stroke=20 * lines if kind == "line" else 0), seconds="0.04"
        )
        for kind in AREAS
    ]

    film = render(timeline(video(*items), width=240, height=240))

    for at, (kind, part) in enumerate(AREAS.items()):
        drawn = ink(film, at)
        assert drawn.sum() / 120**2 == pytest.approx(part, rel=0.02), kind
        assert drawn[:59].sum() + drawn[181:].sum() < 3, kind
        assert drawn[:, :59].sum() + drawn[:, 181:].sum() < 3, kind


@pytest.mark.parametrize("opacity", [0, 0.1, 0.5, 0.8, 1])
def test_opacity_mixes_the_colour_with_what_is_below(
    render: Render, opacity: float
) -> None:
    drawn = template(shape(color="#ff8020", opacity=opacity), seconds="0.04")

    film = render(timeline(video(plain(GROUND, "0.04")), video(drawn)))

    red, green, blue = (
        round(a + (b - a) * opacity) for a, b in zip(GRAY, (255, 128, 32), strict=True)
    )
    assert close(film.color(0), (red, green, blue), by=4)
    assert close(film.color(0, 0.1, 0.1), GRAY)


def moved(kind: str, **more: object) -> dict[str, Any]:
    usual: dict[str, Any] = {"kind": kind, "duration": "0.8", "easing": "linear"}
    if kind == "motion-path":
        usual["path"] = [[0, -0.2], [0.2, -0.2]]
    if kind == "morph":
        usual["shape"] = "triangle"
    return usual | more


@pytest.fixture(scope="module")
def movements(shared_render: Render) -> dict[str, list[Array]]:
    """Return 25 frames of a square of 60 by 60 pixels in each animation."""
    kinds = get_args(ElementAnimationKind)
    box: dict[str, Any] = {"x": 0.375, "y": 0.375, "width": 0.25, "height": 0.25}
    items = [template(shape(**box, animations=[moved(kind)])) for kind in kinds]
    film = shared_render(timeline(video(*items), width=240, height=240))
    assert len(film.frames) == 25 * len(kinds)
    return {
        kind: [ink(film, 25 * at + frame) for frame in range(25)]
        for at, kind in enumerate(kinds)
    }


def center(drawn: Array) -> tuple[float, float]:
    ys, xs = np.mgrid[: drawn.shape[0], : drawn.shape[1]]
    whole = drawn.sum()
    return (xs * drawn).sum() / whole + 0.5, (ys * drawn).sum() / whole + 0.5


def test_each_animation_does_what_it_is_called(
    movements: dict[str, list[Array]],
) -> None:
    """At frame 10 of 20, half of it is over."""
    area = {kind: [each.sum() / 3600 for each in m] for kind, m in movements.items()}
    at = {kind: center(m[10]) for kind, m in movements.items()}

    assert area["fade-in"][5] == pytest.approx(0.25, abs=0.02)
    assert area["fade-in"][10] == pytest.approx(0.5, abs=0.02)
    assert area["fade-out"][4] == pytest.approx(1, abs=0.02)
    assert area["fade-out"][20] == pytest.approx(0.25, abs=0.03)
    assert area["slide"][5] < 0.05  # still outside: comes a whole picture's width
    assert at["slide"][0] < 30
    assert area["slide"][20] == pytest.approx(1, abs=0.02)
    assert area["scale"][10] == pytest.approx(0.25, abs=0.02)
    assert at["scale"] == pytest.approx((120, 120), abs=1)
    assert at["rotate"] == pytest.approx((120, 120), abs=1)
    quarter = movements["rotate"][2] > 0.5  # 36 degrees
    assert np.ptp(np.flatnonzero(quarter.any(0))) == pytest.approx(
        60 * (math.cos(math.radians(36)) + math.sin(math.radians(36))), abs=3
    )
    assert center(movements["bounce"][0])[1] == pytest.approx(48, abs=1)
    assert center(movements["bounce"][20])[1] == pytest.approx(120, abs=1)
    shaken = {center(each) for each in movements["shake"][:20]}
    assert len(shaken) > 10
    assert all(abs(x - 120) < 3 and abs(y - 120) < 3 for x, y in shaken)
    assert center(movements["shake"][21]) == pytest.approx((120, 120), abs=0.2)
    assert area["pulse"][10] == pytest.approx(1.15**2, abs=0.03)
    assert area["pulse"][22] == pytest.approx(1, abs=0.02)
    assert len({round(each, 2) for each in area["flicker"][:20]}) > 5
    assert area["flicker"][22] == pytest.approx(1, abs=0.02)
    assert area["typewriter"][10] == pytest.approx(0.5, abs=0.03)
    assert at["typewriter"][0] == pytest.approx(105, abs=1)
    assert at["motion-path"] == pytest.approx((120, 72), abs=1)
    assert center(movements["motion-path"][20]) == pytest.approx((168, 72), abs=1)
    assert 0.55 < area["morph"][10] < 0.95
    assert area["morph"][20] == pytest.approx(0.5, abs=0.02)
    assert center(movements["parallax"][0])[0] == pytest.approx(126, abs=1)
    assert center(movements["parallax"][20])[0] == pytest.approx(114, abs=1)
    assert area["dissolve"][4] == pytest.approx(1, abs=0.02)
    assert area["dissolve"][15] == pytest.approx(0.5, abs=0.15)
    half = movements["dissolve"][15]
    assert ((half > 0.9) | (half < 0.1)).mean() > 0.9  # in tiles, not as a fade


def test_text_stands_in_its_box_and_is_no_syntax(render: Render) -> None:
    text = "{\\pos(0,0)}it's 100% \\N%{pts}"
    words = {"kind": "text", "text": text, "size": 60, **BOX}

    film = render(timeline(video(template(words)), width=640, height=360))

    left, top, right, bottom = film.edges(0)
    assert 160 <= left < right <= 480
    assert 90 <= top < bottom <= 270
    assert (left + right) / 2 == pytest.approx(320, abs=6)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_says_what_the_clip_says(render: Render, name: str) -> None:
    usual = render(timeline(video(plain(GROUND, 6)), video(named(name))))
    other = render(
        timeline(video(plain(GROUND, 6)), video(named(name, texts={"title": "X"})))
    )

    middle = round(TEMPLATES[name].seconds * 25 / 2)
    last = round(TEMPLATES[name].seconds * 25) - 1
    assert usual.digests[middle] != other.digests[middle]
    ground = TEMPLATES[name].background or GROUND
    red, green, blue = bytes.fromhex(ground[1:])
    assert close(
        film_mean(usual, last), (red, green, blue), by=12
    )  # all has nearly gone
    if last + 1 < len(usual.frames):
        assert close(film_mean(usual, last + 1), GRAY, by=2)


def film_mean(film: Film, frame: int) -> tuple[int, int, int]:
    red, green, blue = (round(float(v)) for v in film.rgb(frame).mean(axis=(0, 1)))
    return red, green, blue


def test_a_longer_clip_holds_its_middle(render: Render) -> None:
    name = "corporate-lower-third-1"
    short = render(timeline(video(named(name))))
    long = render(timeline(video(named(name, 8))))

    assert long.digests[:60] == short.digests[:60]
    assert len(set(long.digests[70:120])) == 1
    assert long.digests[-12:] == short.digests[-12:]


def test_images_and_films_lie_between_what_is_drawn(
    render: Render, media: MediaFolder
) -> None:
    red = str(media.still("red-wide.png", "color=c=red:s=200x100"))
    film = str(media.numbered("25", 2))
    box = {"x": 0.25, "y": 0.25, "width": 0.5, "height": 0.5}
    image = {"kind": "image", "path": red, "fit": "fill", **box}
    shown = render(
        timeline(
            video(
                template(
                    shape(x=0, y=0, width=1, height=1, color="#0000ff"),
                    image,
                    shape(x=0.4, y=0.4, width=0.2, height=0.2, color="#00ff00"),
                    {"kind": "video", "path": film, "x": 0, "y": 0, "width": 0.2,
                     "height": 0.2},
                )
            ),
            width=240,
            height=240,
        )
    )  # fmt: skip

    assert close(shown.color(5, 0.1, 0.9), (0, 0, 255), by=6)
    assert close(shown.color(5, 0.3, 0.3), (255, 0, 0), by=6)
    assert close(shown.color(5, 0.3, 0.72), (255, 0, 0), by=6)
    assert close(shown.color(5, 0.3, 0.78), (0, 0, 255), by=6)
    assert close(shown.color(5, 0.5, 0.5), (0, 255, 0), by=6)
    assert not close(shown.color(5, 0.1, 0.1), (0, 0, 255), by=30)


def test_an_image_moves_as_shapes_do(render: Render, media: MediaFolder) -> None:
    white = str(media.still("white-square.png", "color=c=white:s=64x64"))
    box: dict[str, Any] = {"x": 0.375, "y": 0.375, "width": 0.25, "height": 0.25}
    image = {"kind": "image", "path": white, **box}
    path = moved("motion-path")

    film = render(
        timeline(
            video(template(image | {"animations": [path, moved("fade-in")]})),
            width=240,
            height=240,
        )
    )

    assert center(ink(film, 10)) == pytest.approx((120, 72), abs=1.5)
    assert ink(film, 10).sum() == pytest.approx(1800, rel=0.04)
    assert center(ink(film, 20)) == pytest.approx((168, 72), abs=1.5)


def test_pieces_equal_the_whole(settings: Settings, media: MediaFolder) -> None:
    film = str(media.numbered("25", 2))
    elements = [
        {"kind": "particles", "count": 20},
        {"kind": "video", "path": film, **BOX, "animations": [moved("scale")]},
        {"kind": "text", "text": "moves", **BOX, "size": 200, "animations": [
            moved("shake", repeat=0), moved("flicker"), moved("dissolve")]},
        shape("star", animations=[moved("rotate", course="alternate", repeat=0)]),
    ]  # fmt: skip
    document = timeline(
        video(plain(GROUND, 2)),
        video(
            named("modern-intro-1", 1, texts={"title": "A"}),
            change("0.4"),
            named("bold-title-1", 1) | {"opacity": 0.7, "transform": {"rotation": 10}},
        ),
        video(template(*elements)),
    )

    assert Cutter(settings=settings).differing(document, [7, 13, 24, 31]) == []


def test_it_is_a_clip_as_any_other(render: Render) -> None:
    square = template(shape()) | {
        "cell": {"x": 0, "y": 0, "width": 0.5, "height": 0.5},
        "effects": [{"name": "invert"}],
        "opacity": 0.5,
    }

    film = render(timeline(video(plain("#ff0000", 1)), video(square)))

    assert close(film.color(0, 0.25, 0.25), (128, 0, 0), by=6)  # white, inverted
    assert close(film.color(0, 0.75, 0.75), (255, 0, 0), by=6)
