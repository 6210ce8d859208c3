"""What an analysis finds in sound of known content."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.ffmpeg.analysing import SILENCES, analyse

if TYPE_CHECKING:
    from tests.integration.ffmpeg.conftest import MakeFilm


def test_silences_are_found(make_film: MakeFilm) -> None:
    found = analyse(make_film(SILENCES), "silence").silence
    assert found is not None
    times = [float(time) for span in found for time in (span.start, span.end)]
    assert times == pytest.approx([1, 2.5, 5, 6], abs=0.001)


def test_short_and_faint_silences(make_film: MakeFilm) -> None:
    path = make_film(SILENCES)
    short = analyse(path, "silence", thresholds={"silence_seconds": 0.1}).silence
    assert short is not None
    assert [round(float(span.start), 2) for span in short] == [1, 4, 5]
    faint = make_film("sine=440:d=2,volume=-46dB[a]")  # -64 dB of full scale
    assert len(analyse(faint, "silence").silence or ()) == 1
    assert analyse(faint, "silence", thresholds={"silence_db": -70}).silence == ()


@pytest.mark.parametrize("level", [-23, -33, -12])
def test_loudness_of_a_known_tone(make_film: MakeFilm, level: int) -> None:
    """EBU Tech 3341: a stereo sine of 1 kHz at -23 dBFS is -23 LUFS."""
    tone = f"{10 ** (level / 20)}*sin(2000*PI*t)"
    path = make_film(
        f"aevalsrc='{tone}|{tone}':s=48000:d=5[a]", "-c:a", "pcm_s24le", "a.wav"
    )
    found = analyse(path, "loudness").loudness
    assert found is not None
    assert found.integrated == pytest.approx(level, abs=0.1)
    assert found.max_momentary == pytest.approx(level, abs=0.1)
    assert found.true_peak == pytest.approx(level, abs=0.2)
    assert found.sample_peak == pytest.approx(level, abs=0.1)
    assert found.range == pytest.approx(0, abs=0.1)


def test_true_peaks_lie_between_samples(make_film: MakeFilm) -> None:
    """A sine at a quarter of the rate, 45 degrees off: samples reach 0.707 of it."""
    tone = "min(1,t*5)*0.5*sin(PI*(n/2+0.25))"
    path = make_film(f"aevalsrc='{tone}':s=48000:d=2[a]", "-c:a", "pcm_s24le", "a.wav")
    found = analyse(path, "loudness").loudness
    assert found is not None
    assert found.sample_peak == pytest.approx(-9.0, abs=0.1)
    assert found.true_peak == pytest.approx(-6.0, abs=0.3)


def test_loudness_range(make_film: MakeFilm) -> None:
    """EBU Tech 3342: 20 s at -20 dBFS, then 20 s at -30, is a range of 10 LU."""
    tone = "if(lt(t,20),0.1,0.0316228)*sin(2000*PI*t)"
    path = make_film(
        f"aevalsrc='{tone}|{tone}':s=48000:d=40[a]", "-c:a", "flac", "a.flac"
    )
    found = analyse(path, "loudness").loudness
    assert found is not None
    assert found.range == pytest.approx(10, abs=1)


def test_silence_has_no_loudness(make_film: MakeFilm) -> None:
    found = analyse(make_film("anullsrc=r=48000:d=2[a]"), "loudness").loudness
    assert found is not None
    assert (found.integrated, found.true_peak, found.sample_peak) == (None, None, None)
