"""Cuts that follow on in a source cannot be heard, and holes in a source stay holes."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.integration.render.timelines import audio, clip, timeline

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.conftest import Render
    from tests.integration.render.measure import Array
    from tests.integration.render.media import MediaFolder

RATE = 48000


def noise(media: MediaFolder, sample_rate: int) -> Path:
    wave = f"anoisesrc=c=pink:a=0.3:r={sample_rate}:seed=5:d=8,lowpass=3000"
    return media.make(
        f"noise-{sample_rate}.wav", "-f", "lavfi", "-i", wave, "-c:a", "pcm_s24le"
    )


def bursts(media: MediaFolder) -> Path:
    """Return 8 s with a short tone at each half second, in AAC."""
    wave = "if(lt(mod(t+0.5,1),0.05),0.5*sin(2*PI*1000*t),0)"
    return media.make(
        "bursts.mp4", "-f", "lavfi", "-i", f"aevalsrc='{wave}':s={RATE}:d=8"
    )


def starts(samples: Array) -> list[float]:
    """Return when a tone begins after silence, in seconds."""
    loud = np.flatnonzero(np.abs(samples) > 0.1)
    first = np.flatnonzero(np.diff(loud, prepend=-RATE) > RATE // 10)
    return [float(loud[at]) / RATE for at in first]


def middle(samples: Array, around: float) -> float:
    """Return the middle of what is loud around a time, in seconds."""
    first, last = (round((around + beside) * RATE) for beside in (-0.12, 0.12))
    power = samples[first:last] ** 2
    return float((np.arange(first, last) * power).sum() / power.sum()) / RATE


@pytest.mark.parametrize("sample_rate", [8000, 16000, 44100, 48000, 96000])
@pytest.mark.parametrize("rate", ["25", "30000/1001", "24000/1001"])
def test_a_source_that_is_cut_sounds_as_if_it_were_not(
    rate: str, sample_rate: int, media: MediaFolder, render: Render
) -> None:
    source = noise(media, sample_rate)
    frames, begin = 17 / Fraction(rate), 4 / Fraction(rate)
    pieces = [clip(source, begin + at * frames, frames) for at in range(7)]
    whole = render(timeline(audio(clip(source, begin, 7 * frames)), rate=rate))

    cut = render(timeline(audio(*pieces), rate=rate))

    assert cut.samples.shape == whole.samples.shape
    assert whole.peak(0.1, 2) > 0.05
    assert np.abs(cut.samples - whole.samples)[:, : -RATE // 10].max() < 2e-6


@pytest.mark.parametrize("lost", [2, 3, 4, 7])
@pytest.mark.parametrize("start", [0, "3.2"])
def test_sound_after_a_hole_comes_when_it_should(
    start: object, lost: int, media: MediaFolder, render: Render
) -> None:
    """Packets of 21 ms are lost; what comes after them is not played early."""
    drop = f"noise=drop='between(n,60,{59 + lost})'"
    source = media.copied(bursts(media), f"hole-{lost}.mp4", "-bsf:a", drop)

    film = render(timeline(audio(clip(source, start, "4.5")), rate=50))

    expected = [at + 0.5 - float(str(start)) for at in range(8)]
    inside = [at for at in expected if 0 <= at < 4.4]
    found = [at for at in starts(film.samples[0]) if at > 0.01]
    assert found == pytest.approx(inside, abs=0.004)


@pytest.mark.parametrize("speed", ["0.37", "0.5", "0.75", "0.9", "1.5", "3"])
def test_a_tempo_keeps_its_places(
    speed: str, media: MediaFolder, render: Render
) -> None:
    source = bursts(media)

    film = render(timeline(audio(clip(source, 0, "4.5", speed=speed)), rate=50))

    expected = [(at + 0.525) / float(speed) for at in range(4)]
    found = [middle(film.samples[0], at) for at in expected]
    assert found == pytest.approx(expected, abs=0.02)
