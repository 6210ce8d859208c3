"""Every frame of the timeline shows the frame of the source that lies there."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.integration.render.expected import even_times, sampled
from tests.integration.render.measure import check_times, close, decode
from tests.integration.render.timelines import audio, clip, gap, timeline, video

if TYPE_CHECKING:
    from tests.integration.render.conftest import Render
    from tests.integration.render.media import MediaFolder

RATES = ("24", "25", "30000/1001", "50", "60")


@pytest.mark.parametrize("rate", RATES)
def test_clips_of_every_rate_are_cut_to_the_frame(
    rate: str, media: MediaFolder, render: Render
) -> None:
    films = [media.numbered(each, film=at) for at, each in enumerate(RATES)]
    starts = [Fraction(at, 3) for at in range(len(RATES))]
    clips = [
        clip(film, start, "0.8", start=str(Fraction(4, 5) * at))
        for at, (film, start) in enumerate(zip(films, starts, strict=True))
    ]

    film = render(timeline(video(*clips), rate=rate))

    exact = Fraction(rate)
    edges = [round(Fraction(4, 5) * at * exact) for at in range(len(RATES) + 1)]
    wanted = [
        (at, number)
        for at, start in enumerate(starts)
        for number in sampled(
            even_times(RATES[at], 4),
            edges[at + 1] - edges[at],
            rate=exact,
            start=start,
        )
    ]
    assert film.numbers() == wanted
    check_times(film, rate=exact, clock=Fraction(1, 1000))
    assert film.size == (160, 96)


def test_a_film_with_variable_rate_is_shown_by_its_times(
    media: MediaFolder, render: Render
) -> None:
    picks = "not(mod(n,7))+not(mod(n,11))+not(mod(n,5))"
    source = media.numbered("60", film=2, picks=picks, tag="-variable")
    stored = decode(source)

    film = render(timeline(video(clip(source, "0.4", 3)), rate=30))

    shown = sampled(stored.times, 90, rate=Fraction(30), start=Fraction("0.4"))
    assert film.numbers() == [stored.numbers()[at] for at in shown]


def test_gaps_show_the_background_and_are_silent(
    media: MediaFolder, render: Render
) -> None:
    source = media.numbered(tone=440)
    clips = video(
        clip(source, 0, "0.4"), gap("0.4"), clip(source, 2, "0.4", start="1.2")
    )

    film = render(timeline(clips, background="#3366cc"))

    assert len(film.frames) == 40
    for frame in (10, 19, 20, 29):
        assert close(film.color(frame), (0x33, 0x66, 0xCC))
    assert film.number(9) == 9
    assert film.number(30) == 50
    assert film.peak(0.1, 0.39) == pytest.approx(0.25, abs=0.01)
    assert not film.heard(0.4, 1.2).any()
    assert film.peak(1.2, 1.5) == pytest.approx(0.25, abs=0.01)
    assert film.samples.shape == (2, 76800)
    assert film.audio_start == 0


def test_the_range_of_a_source_that_starts_late_counts_from_its_start(
    media: MediaFolder, render: Render
) -> None:
    plain = media.numbered(codec="h264-mkv", film=4, tone=300)
    late = media.copied(plain, "late.mkv", "-output_ts_offset", "10")

    film = render(timeline(video(clip(late, 1, "0.4"), clip(plain, 1, "0.4"))))

    assert film.numbers() == 2 * [(4, number) for number in range(25, 35)]
    assert np.abs(film.heard(0.01, 0.39) - film.heard(0.41, 0.79)).max() < 0.01


def test_the_last_frame_is_held_where_a_source_is_a_little_short(
    media: MediaFolder, render: Render
) -> None:
    source = media.numbered()

    film = render(timeline(video(clip(source, "3.92", "0.16"))))

    assert film.numbers() == [(0, 98), (0, 99), (0, 99), (0, 99)]


def test_a_track_that_ends_earlier_leaves_the_rest_to_the_others(
    media: MediaFolder, render: Render
) -> None:
    tracks = [
        video(clip(media.numbered(), 0, "0.4")),
        audio(clip(media.tone(500), 0, 1)),
    ]

    film = render(timeline(*tracks, background="#ff0000"))

    assert len(film.frames) == 25
    assert film.number(9) == 9
    assert close(film.color(10), (255, 0, 0))
    assert film.pitch(0.5, 0.9) == pytest.approx(500, abs=1)
    assert film.samples.shape[1] == 48000


def test_what_is_switched_off_is_neither_seen_nor_heard(
    media: MediaFolder, render: Render
) -> None:
    source = media.numbered(tone=440)
    off = clip(source, 1, "0.4", enabled=False)

    film = render(
        timeline(
            video(clip(source, 0, "0.4"), off),
            video(clip(source, 2, "0.8"), enabled=False),
        )
    )

    assert len(film.frames) == 20
    assert film.number(9) == 9
    assert close(film.color(15), (0, 0, 0))
    assert not film.heard(0.4, 0.8).any()


def test_streams_of_a_file_are_chosen_by_number(
    media: MediaFolder, render: Render
) -> None:
    both = media.make(
        "two-streams.mkv",
        *("-i", str(media.numbered(film=1, tone=300))),
        *("-i", str(media.numbered(film=2, tone=900))),
        *("-map", "0", "-map", "1", "-c", "copy"),
    )
    item = clip(both, 0, "0.4")
    item["media"] |= {"video_stream": 1, "audio_stream": 1}

    film = render(timeline(video(item)))

    assert film.numbers() == [(2, number) for number in range(10)]
    assert film.pitch(0.1, 0.3) == pytest.approx(900, abs=2)
