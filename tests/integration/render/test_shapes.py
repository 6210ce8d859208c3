"""Films that are stored turned, mirrored, or with pixels that are not square."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.render.measure import close
from tests.integration.render.timelines import clip, timeline, video

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.conftest import Render
    from tests.integration.render.media import MediaFolder

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
QUARTERS = ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75))


def stored(media: MediaFolder, name: str, *options: str) -> Path:
    return media.copied(media.quadrants(size=(96, 96)), f"{name}.mp4", *options)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (("<-display_rotation", "<90"), [GREEN, WHITE, RED, BLUE]),
        (("<-display_rotation", "<180"), [WHITE, BLUE, GREEN, RED]),
        (("<-display_rotation", "<270"), [BLUE, RED, WHITE, GREEN]),
        (("<-display_hflip",), [GREEN, RED, WHITE, BLUE]),
        (("<-display_vflip",), [BLUE, WHITE, RED, GREEN]),
        (
            ("<-display_rotation", "<90", "<-display_hflip"),
            None,
        ),
    ],
    ids=["left", "upside-down", "right", "mirrored", "flipped", "left-and-mirrored"],
)
def test_a_turned_film_is_shown_upright(
    options: tuple[str, ...],
    wanted: list[tuple[int, int, int]] | None,
    media: MediaFolder,
    render: Render,
) -> None:
    source = stored(media, "-".join(options).replace("<", ""), *options)
    film = render(timeline(video(clip(source, 0, "0.08")), width=96, height=96))
    if wanted is None:  # as FFmpeg itself shows it
        shown = media.make(
            f"{source.stem}-shown.mkv", "-i", str(source), "-c:v", "ffv1"
        )
        plain = render(timeline(video(clip(shown, 0, "0.08")), width=96, height=96))
        wanted = [plain.color(0, x, y) for x, y in QUARTERS]

    seen = [film.color(0, x, y) for x, y in QUARTERS]

    assert all(close(a, b, by=6) for a, b in zip(seen, wanted, strict=True)), seen


def test_a_turned_film_is_fitted_and_cropped_as_displayed(
    media: MediaFolder, render: Render
) -> None:
    upright = media.copied(
        media.colors([("white", 10)]), "tall.mp4", "<-display_rotation", "<90"
    )
    items = [
        clip(upright, 0, "0.04"),
        clip(upright, 0, "0.04", crop={"top": 80}, fit="none"),
    ]

    film = render(timeline(video(*items), width=160, height=160))

    assert film.edges(0) == pytest.approx((32, 0, 128, 160), abs=2)
    assert film.edges(1) == pytest.approx((32, 40, 128, 120), abs=2)


@pytest.mark.parametrize(
    ("aspect", "turn", "edges"),
    [
        ("2/1", "0", (0, 56, 160, 104)),
        ("1/2", "0", (13, 0, 147, 160)),
        ("2/1", "90", (56, 0, 104, 160)),
        ("64/45", "0", (0, 46, 160, 114)),
    ],
)
def test_pixels_that_are_not_square_are_shown_in_their_shape(
    aspect: str,
    turn: str,
    edges: tuple[int, ...],
    media: MediaFolder,
    render: Render,
) -> None:
    name = f"pixels-{aspect.replace('/', '-')}"
    flat = media.make(
        f"{name}.mkv",
        *("-i", str(media.colors([("white", 10)])), "-vf", f"setsar={aspect}"),
        *("-c:v", "libx264", "-qp", "0"),
    )
    turned = media.copied(flat, f"{name}-{turn}.mp4", "<-display_rotation", f"<{turn}")

    film = render(timeline(video(clip(turned, 0, "0.04")), width=160, height=160))

    assert film.edges(0) == pytest.approx(edges, abs=2)


def test_films_of_all_sizes_and_rates_share_a_timeline(
    media: MediaFolder, render: Render
) -> None:
    sources = [
        media.numbered("24", film=1, size=(320, 180), tone=300),
        media.numbered("60", film=2, size=(96, 160), tone=600),
        media.numbered("50", film=3, codec="vp9-webm", tone=900),
        media.numbered("30000/1001", film=4, codec="hevc-open-gop"),
        media.numbered("12", film=5, codec="prores-mov", size=(176, 144), tone=1200),
    ]
    items = [clip(source, 1, "0.4", fit="stretch") for source in sources]

    film = render(timeline(video(*items)))

    assert len(film.frames) == 50
    films = [film.number(at * 10 + 5, blocks=(0, 0, 160, 16)) >> 11 for at in range(5)]
    assert films == [1, 2, 3, 4, 5]
    for at, tone in ((0, 300), (1, 600), (2, 900), (4, 1200)):
        assert film.pitch(at * 0.4 + 0.1, at * 0.4 + 0.3) == pytest.approx(tone, abs=2)
    assert film.peak(1.3, 1.5) < 1e-3
