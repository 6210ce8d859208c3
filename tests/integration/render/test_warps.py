"""Clips that play backwards, stand still, or change their speed."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from farm.timeline.faster import play_faster
from farm.timeline.load import load_timeline
from tests.integration.render.media import VARIABLE
from tests.integration.render.timelines import change, clip, plain, timeline, video

if TYPE_CHECKING:
    from tests.integration.render.conftest import Render
    from tests.integration.render.media import MediaFolder

RAMP = [
    {"time": 0, "value": 1},
    {"time": "0.4", "value": 1},
    {"time": "0.8", "value": 3},
    {"time": "1.2", "value": 3, "easing": "hold"},
    {"time": "1.6", "value": "0.5"},
]


def by_hand(t: float) -> float:
    """Return the seconds of the file that have passed: the integral of `RAMP`."""
    if t < 0.4:
        return t
    if t < 0.8:
        return 0.4 + (t - 0.4) + 2.5 * (t - 0.4) ** 2
    if t < 1.6:
        return 1.2 + 3 * (t - 0.8)
    return 3.6 + 0.5 * (t - 1.6)


@pytest.mark.parametrize("rate", ["25", "30000/1001", "60"])
@pytest.mark.parametrize("speed", ["1", "3/2"])
def test_backwards_shows_the_same_frames_in_the_other_order(
    rate: str, speed: str, media: MediaFolder, render: Render
) -> None:
    source = media.numbered(rate, film=1, codec="h264-long-gop")
    forwards = clip(source, "0.5", "1.8", speed=speed)

    film = render(timeline(video(forwards)))
    turned = render(timeline(video(forwards | {"reverse": True})))

    assert turned.digests == film.digests[::-1]
    assert len(film.digests) == round(Fraction("1.8") / Fraction(speed) * 25)


def test_a_frozen_frame_is_that_of_its_time(media: MediaFolder, render: Render) -> None:
    source = media.numbered("25", film=2)

    film = render(
        timeline(video(clip(source, freeze="1.2", duration="0.4"))), segments="0.16"
    )

    assert film.numbers() == [(2, 30)] * 10


def test_a_ramp_goes_through_its_file_at_its_speeds(
    media: MediaFolder, render: Render
) -> None:
    source = media.numbered("25", film=1)
    ramped = clip(source, duration="2", ramp=RAMP)

    film = render(timeline(video(ramped)))

    numbers = [number for _, number in film.numbers()]
    for at, number in enumerate(numbers):
        # a frame shows what is there until the middle of its time, as at one speed
        low, high = by_hand(at / 25) * 25, by_hand((at + 0.5) / 25) * 25
        assert low - 0.6 <= number <= high + 0.1, at
    assert numbers == sorted(numbers)
    assert len(numbers) == 50


def warped(media: MediaFolder) -> list[dict[str, Any]]:
    variable = media.numbered(
        "60", 4, codec="vp9-webm", picks=VARIABLE, tag="-variable"
    )
    long = media.numbered("30000/1001", film=3, codec="h264-long-gop")
    grain = {"effects": [{"name": "film_grain", "parameters": {"amount": 1}}]}
    return [
        clip(long, "0.4", "1.2", reverse=True, **grain),
        change("0.2"),
        clip(variable, "0.5", "1", reverse=True),
        clip(long, freeze="0.7", duration="0.6", **grain),
        change("0.2", "wipeleft"),
        clip(variable, duration="1.8", ramp=RAMP),
        change("0.2"),
        clip(long, "0.2", duration="1.8", ramp=RAMP, **grain),
    ]


@pytest.mark.parametrize("rate", ["25", "30000/1001"])
def test_pieces_of_warped_clips_equal_the_whole(
    rate: str, media: MediaFolder, render: Render
) -> None:
    items = [
        {"name": str(at), **each} if each["type"] == "clip" else each
        for at, each in enumerate(warped(media))
    ]
    items[-1].pop("source_range", None)
    document = timeline(video(plain("#336699", "6")), video(*items), rate=rate)

    whole = render(document)
    pieces = render(document, segments="0.36")

    assert pieces.digests == whole.digests


def test_a_preview_at_twice_the_speed_keeps_effects_where_they_are(
    render: Render,
) -> None:
    """The times of a clip shrink with the clip."""
    fade = [{"time": 0, "value": 0}, {"time": "0.8", "value": 1}]
    use = {"name": "invert", "start": "0.4"}
    document = timeline(
        video(plain("#ffffff", "0.8", animation={"opacity": fade}, effects=[use]))
    )

    faster = play_faster(load_timeline(document).timeline, Fraction(2))
    film = render(faster.model_dump(mode="json"))

    assert len(film.digests) == 10
    assert film.color(4)[1] == pytest.approx(255 * 0.4, abs=4)
    assert film.color(6)[1] < 5
