"""Clips that move by keyframes: place, size, turn, opacity and volume."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.integration.render.timelines import (
    audio,
    change,
    clip,
    plain,
    timeline,
    title,
    video,
)

if TYPE_CHECKING:
    from tests.integration.render.conftest import Render
    from tests.integration.render.media import MediaFolder

#: Ten frames.
LENGTH = "0.4"


def keys(first: float, last: float, **more: object) -> list[dict[str, Any]]:
    """Return a way from one value to another, over ten frames."""
    return [{"time": 0, "value": first, **more}, {"time": LENGTH, "value": last}]


def moving(color: str = "#ffffff", **motion: object) -> dict[str, Any]:
    return plain(color, LENGTH, transform={"scale": 0.25}, animation=motion)


def test_a_clip_moves_from_place_to_place(render: Render) -> None:
    film = render(timeline(video(moving(x=keys(0.25, 0.75), y=keys(0.5, 0.5)))))

    middles = [sum(film.edges(at)[0::2]) / 2 for at in range(10)]
    assert middles == pytest.approx([40 + 8 * at for at in range(10)], abs=1.1)
    assert film.edges(5)[1] == pytest.approx(36, abs=1)


def test_a_clip_grows(render: Render) -> None:
    film = render(timeline(video(moving(scale=keys(0.2, 0.7)))))

    widths = [film.edges(at)[2] - film.edges(at)[0] + 1 for at in range(10)]
    assert widths == pytest.approx([160 * (0.2 + 0.05 * at) for at in range(10)], abs=2)


def test_a_clip_turns(render: Render) -> None:
    film = render(timeline(video(moving(rotation=keys(0, 180)))))

    # 40x24, lying, standing after a quarter turn; FFmpeg's rotate shows up to a pixel
    # beyond each edge
    for at, (width, height) in {0: (40, 24), 5: (24, 40)}.items():
        left, top, right, bottom = film.edges(at)
        assert right - left + 1 == pytest.approx(width, abs=3)
        assert bottom - top + 1 == pytest.approx(height, abs=3)


@pytest.mark.parametrize(
    ("easing", "share"),
    [
        ("linear", 0.3),
        ("hold", 0),
        ("ease_in", 0.09),
        ("ease_out", 0.51),
        ("ease_in_out", 0.216),
    ],
)
def test_opacity_goes_by_its_easing(easing: str, share: float, render: Render) -> None:
    way = keys(0, 1, easing=easing)
    film = render(timeline(video(plain("#ffffff", LENGTH, animation={"opacity": way}))))

    assert film.color(0) == pytest.approx((0, 0, 0), abs=2)
    assert film.color(3)[1] == pytest.approx(255 * share, abs=3)


def test_times_count_from_the_clip_and_not_from_a_transition(render: Render) -> None:
    shown = plain("#ffffff", LENGTH, animation={"opacity": keys(0, 1)})
    film = render(timeline(video(plain("#ff0000", LENGTH), change("0.16"), shown)))

    # the clip starts at frame 10, the transition leads into it until frame 12
    assert film.color(15)[1] == pytest.approx(255 * 0.5, abs=4)


@pytest.mark.parametrize("suffix", [".mkv", ".mov"])
def test_pieces_equal_the_whole(
    suffix: str, media: MediaFolder, render: Render
) -> None:
    how = {"preset": "prores-422", "suffix": suffix} if suffix == ".mov" else {}
    motion = {
        "x": keys(0.2, 0.8, easing="ease_in_out"),
        "scale": keys(0.3, 0.9),
        "rotation": keys(0, 77),
        "opacity": keys(1, 0.3),
    }
    film = media.numbered("25", film=1)
    document = timeline(
        video(
            clip(film, 0, LENGTH, animation=motion),
            change("0.16"),
            title("Up", LENGTH, at={"animation": motion}),
            clip(film, "0.2", LENGTH, animation={"y": keys(0, 1)}),
        ),
        background="#336699",
    )

    whole = render(document, **how)
    pieces = render(document, segments="0.12", **how)

    assert pieces.digests == whole.digests
    assert len(set(whole.digests)) > 25


def test_volume_goes_by_keyframes(media: MediaFolder, render: Render) -> None:
    way = [
        {"time": 0, "value": 0},
        {"time": "0.5", "value": 1, "easing": "hold"},
        {"time": "1", "value": 0.25},
    ]
    tone = media.tone(1000, level=0.5)
    film = render(timeline(audio(clip(tone, 0, "1.5", animation={"volume": way}))))

    full = film.peak(0.51, 0.99)
    assert full > 0.2
    assert film.peak(0.23, 0.25) == pytest.approx(full / 2, rel=0.05)
    assert film.peak(1.05, 1.45) == pytest.approx(full / 4, rel=0.02)
    assert np.abs(film.samples[:, :20]).max() < 0.001
