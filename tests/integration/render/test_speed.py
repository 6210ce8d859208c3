"""Clips that are faster or slower: their frames, and the pitch of their sound."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.integration.render.expected import even_times, sampled
from tests.integration.render.timelines import audio, clip, timeline, video

if TYPE_CHECKING:
    from tests.integration.render.conftest import Render
    from tests.integration.render.media import MediaFolder

SPEEDS = ["2", "1/2", "3/7", "7/3", "1.1", "10"]


@pytest.mark.parametrize("speed", SPEEDS)
def test_frames_are_taken_at_the_speed(
    speed: str, media: MediaFolder, render: Render
) -> None:
    exact = Fraction(speed)
    source = media.numbered("30", film=1, tone=500)
    length = min(Fraction(2), 3 * exact / 2)

    film = render(timeline(video(clip(source, "0.5", length, speed=speed))))

    frames = int(length / exact * 25 + Fraction(1, 2))
    wanted = sampled(
        even_times("30", 4),
        frames,
        rate=Fraction(25),
        start=Fraction(1, 2),
        speed=exact,
    )
    assert film.numbers() == [(1, number) for number in wanted]
    assert film.samples.shape[1] == frames * 1920


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("keep_pitch", [True, False], ids=["kept", "not-kept"])
def test_the_pitch_follows_the_speed_or_is_kept(
    speed: str,
    keep_pitch: bool,  # noqa: FBT001  # a parameter of the test
    media: MediaFolder,
    render: Render,
) -> None:
    exact = float(Fraction(speed))
    source = media.tone(440, seconds=12, level=0.25)

    film = render(
        timeline(
            audio(clip(source, 1, Fraction(speed), speed=speed, keep_pitch=keep_pitch))
        )
    )

    assert film.samples.shape[1] == 48000
    wanted = 440 if keep_pitch else 440 * exact
    assert film.pitch(0.2, 0.8) == pytest.approx(wanted, rel=0.004)
    assert film.peak(0.1, 0.9) == pytest.approx(0.25, rel=0.12)
    # it fills its time to the end
    assert film.peak(0.96, 1) > 0.2


@pytest.mark.parametrize("keep_pitch", [True, False], ids=["kept", "not-kept"])
@pytest.mark.parametrize("speed", ["2", "1/2", "3/7", "1/5", "150/7"])
def test_sound_stays_in_step_at_any_speed(
    speed: str,
    keep_pitch: bool,  # noqa: FBT001  # a parameter of the test
    media: MediaFolder,
    render: Render,
) -> None:
    """A burst in the middle of the source is heard where it is seen."""
    exact = Fraction(speed)
    length = 2 * exact
    begin, middle = Fraction(1, 4), Fraction(1, 4) + exact
    end = float(middle + exact / 2)
    wave = f"0.5*sin(2*PI*t*900)*between(t\\,{float(middle)}\\,{end})"
    source = media.make(
        f"middle-{speed.replace('/', '_')}.wav",
        *("-f", "lavfi", "-i", f"aevalsrc='{wave}':s=48000:d={float(length + 1)}"),
    )

    film = render(
        timeline(audio(clip(source, begin, length, speed=speed, keep_pitch=keep_pitch)))
    )

    loud = np.flatnonzero(np.abs(film.samples[0]) > 0.1)
    assert film.samples.shape[1] == 96000
    # slowed down, the onset is smeared over the window of the filter
    smeared = max(0.02, float(0.04 / exact))
    assert loud[0] / 48000 == pytest.approx(1, abs=smeared)
    assert loud[-1] / 48000 == pytest.approx(1.5, abs=smeared)


def test_a_fast_clip_of_a_low_rate_and_a_slow_one_of_a_high_rate(
    media: MediaFolder, render: Render
) -> None:
    low = media.numbered("12", film=1)
    high = media.numbered("60", film=2)
    items = [clip(low, 0, 2, speed=4), clip(high, 1, "0.25", speed="1/2")]

    film = render(timeline(video(*items), rate="30000/1001"))

    rate = Fraction(30000, 1001)
    wanted = [
        (1, n) for n in sampled(even_times("12", 4), 15, rate=rate, speed=Fraction(4))
    ]
    wanted += [
        (2, n)
        for n in sampled(
            even_times("60", 4), 15, rate=rate, start=Fraction(1), speed=Fraction(1, 2)
        )
    ]
    assert film.numbers() == wanted
