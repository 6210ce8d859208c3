"""Effects on sound: what they do, by how much, and that neutral ones do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from farm.effects.sound.catalog import SOUND_EFFECTS
from tests.integration.render.timelines import audio, clip, timeline
from tests.integration.render.tones import (
    RATE,
    decibels,
    level,
    played,
    strength,
    tones,
    use,
    wave,
)

if TYPE_CHECKING:
    from tests.integration.render.conftest import Render
    from tests.integration.render.measure import Film
    from tests.integration.render.media import MediaFolder

#: Effects of the reference system, and where each is found here.
REFERENCE = {
    "AudioFadeIn": "clip.fade_in",
    "AudioFadeOut": "clip.fade_out",
    "AudioCrossfade": "transition",
    "AudioEqualizer": "equaliser",
    "AudioCompressor": "compressor",
    "AudioReverb": "reverb",
    "AudioDelay": "delay",
    "AudioChorus": "chorus",
    "AudioDistortion": "distortion",
    "AudioNormalize": "normalise",
    "AudioDenoise": "denoise",
    "AudioPitch": "pitch",
    "AudioTempo": "clip.speed",
    "AudioDucking": "ducking",
    "AudioGate": "gate",
    "AudioLimiter": "limiter",
    "AudioExpander": "expander",
    "AudioPan": "pan",
    "AudioStereoWidth": "stereo-width",
    "AudioHighpass": "highpass",
    "AudioLowpass": "lowpass",
    "AudioBandpass": "bandpass",
}


def test_every_effect_of_the_reference_is_there() -> None:
    elsewhere = {name for name in REFERENCE.values() if "." in name} | {"transition"}

    assert set(REFERENCE.values()) - elsewhere <= set(SOUND_EFFECTS)
    assert len(REFERENCE) == 22


def test_neutral_effects_change_no_sample(render: Render, media: MediaFolder) -> None:
    source = tones(media)
    neutral = [
        use(name, **each.neutral)
        for name, each in SOUND_EFFECTS.items()
        if each.neutral is not None and not each.of_tracks_only
    ]

    with_them, without = played(render, source, *neutral), played(render, source)

    assert len(neutral) > 10
    assert np.array_equal(with_them.samples, without.samples)


def test_effects_keep_the_length_and_change_the_sound(
    render: Render, media: MediaFolder
) -> None:
    left = "0.3*sin(2*PI*440*t)*lt(mod(t,0.5),0.2)+0.01*sin(t*9e4)"
    right = "0.5*sin(2*PI*300*t)*gt(mod(t,0.4),0.2)"
    source = wave(media, "varied", left, right)
    given: dict[str, dict[str, Any]] = {
        "pitch": {"semitones": 5},
        "pan": {"position": 0.5},
        "equaliser": {"bass": 6},
        "peak": {"gain": 6, "frequency": 440},
        "limiter": {"ceiling": -12},
    }
    names = [name for name in SOUND_EFFECTS if name != "ducking"]
    items = [
        clip(source, 0, 2, audio_effects=[use(name, **given.get(name, {}))])
        for name in names
    ]

    done = render(timeline(audio(*items)))
    plain = played(render, source)

    assert done.samples.shape == (2, 2 * RATE * len(names))
    assert np.isfinite(done.samples).all()
    for at, name in enumerate(names):
        heard = done.samples[:, 2 * RATE * at : 2 * RATE * (at + 1)]
        assert np.abs(heard - plain.samples).max() > 0.01, name


def test_an_equaliser_moves_each_band(render: Render, media: MediaFolder) -> None:
    source = tones(media)
    plain = played(render, source)

    for band, hertz, gain in (("bass", 60, 9), ("mid", 1010, -9), ("treble", 9000, 6)):
        done = played(
            render, source, use("equaliser", low=200, high=4000, **{band: gain})
        )
        moved = {
            each: decibels(strength(done, each) / strength(plain, each))
            for each in (60, 1010, 9000)
        }
        assert moved.pop(hertz) == pytest.approx(gain, abs=1.5), band
        assert moved[max(moved, key=lambda h: abs(h - hertz))] == pytest.approx(
            0, abs=1
        )


def test_a_peak_is_as_high_as_said_at_its_frequency(
    render: Render, media: MediaFolder
) -> None:
    source = tones(media)
    plain = played(render, source)

    done = played(render, source, use("peak", frequency=1010, gain=6, q=4))

    moved = [decibels(strength(done, h) / strength(plain, h)) for h in (60, 1010, 9000)]
    assert moved == pytest.approx([0, 6, 0], abs=0.2)


@pytest.mark.parametrize(
    ("name", "given", "kept", "lost"),
    [
        ("highpass", {"frequency": 1000}, 9000, 60),
        ("lowpass", {"frequency": 1000}, 60, 9000),
        ("bandpass", {"frequency": 1010, "q": 3}, 1010, 60),
        ("bandpass", {"frequency": 1010, "q": 3}, 1010, 9000),
    ],
)
def test_passes_keep_what_they_should(
    render: Render, media: MediaFolder, name: str, given: dict[str, Any], kept: int,
    lost: int,
) -> None:  # fmt: skip
    source = tones(media)
    plain = played(render, source)

    done = played(render, source, use(name, **given))

    assert decibels(strength(done, kept) / strength(plain, kept)) > -1.5
    assert decibels(strength(done, lost) / strength(plain, lost)) < -25


def test_the_edge_of_a_pass_is_3_db_down(render: Render, media: MediaFolder) -> None:
    source = tones(media)
    plain = played(render, source)

    for name in ("highpass", "lowpass"):
        done = played(render, source, use(name, frequency=1010))
        assert decibels(strength(done, 1010) / strength(plain, 1010)) == pytest.approx(
            -3, abs=0.3
        )


def test_a_compressor_takes_its_ratio_of_a_step(
    render: Render, media: MediaFolder
) -> None:
    source = wave(media, "step", "sin(2*PI*1010*t)*if(lt(t,1),0.02,0.5)", seconds=3)

    done = played(render, source, use("compressor", threshold=-26, ratio=4), length=3)

    quiet, loud = level(done, 0.3, 0.9), level(done, 2, 2.9)
    assert decibels(quiet * 2**0.5) == pytest.approx(decibels(0.02), abs=0.3)
    wanted = -26 + (decibels(0.5) + 26) / 4
    assert decibels(loud * 2**0.5) == pytest.approx(wanted, abs=1)


def test_makeup_makes_all_louder(render: Render, media: MediaFolder) -> None:
    source = wave(media, "quiet", "0.02*sin(2*PI*1010*t)")

    done = played(render, source, use("compressor", ratio=1, makeup=12))

    assert decibels(level(done, 1, 2) / (0.02 / 2**0.5)) == pytest.approx(12, abs=0.2)


@pytest.mark.parametrize(
    ("name", "given", "wanted"),
    [
        ("gate", {"threshold": -30, "floor": -60}, (-60, -40)),
        ("expander", {"threshold": -30, "ratio": 2, "floor": -60}, (-53, -48)),
    ],
)
def test_a_gate_silences_and_an_expander_lowers_what_is_quiet(
    render: Render, media: MediaFolder, name: str, given: dict[str, Any],
    wanted: tuple[float, float],
) -> None:  # fmt: skip
    source = wave(
        media, "step-down", "sin(2*PI*1010*t)*if(lt(t,1),0.5,0.01)", seconds=3
    )

    done = played(render, source, use(name, release=50, **given), length=3)

    assert decibels(level(done, 0.5, 0.9) * 2**0.5) == pytest.approx(-6, abs=0.5)
    quiet = decibels(level(done, 2, 2.9) * 2**0.5)
    assert wanted[0] - 45 <= quiet <= wanted[1] or wanted[0] <= quiet <= wanted[1]
    assert quiet < decibels(0.01) - 6


def test_a_limiter_keeps_every_peak_under_its_ceiling(
    render: Render, media: MediaFolder
) -> None:
    source = wave(media, "loud", "0.9*sin(2*PI*200*t)", "0.2*sin(2*PI*200*t)")

    done = played(render, source, use("limiter", ceiling=-12))

    peaks = np.abs(done.samples).max(axis=1)
    assert peaks[0] == pytest.approx(10 ** (-12 / 20), rel=0.02)
    assert peaks[1] < 0.2


def test_echoes_come_at_their_time_and_fade(render: Render, media: MediaFolder) -> None:
    source = wave(media, "click", "eq(n,4800)")

    done = played(render, source, use("delay", time=250, feedback=0.5, mix=0.6))

    heard = done.samples[0]
    found = {int(at): float(heard[at]) for at in np.flatnonzero(np.abs(heard) > 0.005)}
    step = RATE // 4
    expected = {4800 + step * n: 0.6 * 0.5 ** (n - 1) for n in range(1, 7)}
    limited = found.pop(4800)
    assert limited > 0.9
    assert {at: found[at] for at in expected} == pytest.approx(expected, rel=0.03)


def test_a_room_rings_as_long_as_said(render: Render, media: MediaFolder) -> None:
    source = wave(media, "noise-burst", "0.5*(2*random(0)-1)*lt(t,0.2)", seconds=4)

    done = played(
        render, source, use("reverb", seconds=2, mix=0.5, damping=0), length=4
    )

    early, late = level(done, 0.3, 0.5), level(done, 1.3, 1.5)
    assert decibels(late / early) == pytest.approx(-30, abs=4)
    assert level(done, 3, 4) < 1e-4
    left, right = done.samples[:, RATE // 2 : RATE]
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.3, "both sides are alike"


def test_damping_takes_the_high_tones_of_the_echo(
    render: Render, media: MediaFolder
) -> None:
    source = wave(media, "hiss", "0.5*(2*random(0)-1)*lt(t,0.2)")

    bright, dull = (
        played(render, source, use("reverb", mix=1, damping=each)) for each in (0, 1)
    )

    def tilt(film: Film) -> float:
        spectrum = np.abs(np.fft.rfft(film.samples[0, RATE // 4 : RATE]))
        middle = len(spectrum) // 8
        return float(spectrum[middle:].sum() / spectrum[:middle].sum())

    assert tilt(dull) < 0.5 * tilt(bright)


def test_pitch_moves_by_semitones_and_time_stays(
    render: Render, media: MediaFolder
) -> None:
    source = wave(media, "a440", "0.3*sin(2*PI*440*t)*gt(t,0.5)")

    for semitones in (-12, 7, 12):
        done = played(render, source, use("pitch", semitones=semitones))

        wanted = 440 * 2 ** (semitones / 12)
        assert done.pitch(1, 1.9) == pytest.approx(wanted, rel=0.02)
        started = np.flatnonzero(np.abs(done.samples[0]) > 0.1)[0] / RATE
        assert started == pytest.approx(0.5, abs=0.05)


def test_noise_goes_and_the_tone_stays_in_its_place(
    render: Render, media: MediaFolder
) -> None:
    source = wave(media, "noisy", "0.01*(2*random(0)-1)+0.3*sin(2*PI*440*t)*gt(t,1)")

    done = played(render, source, use("denoise", amount=24, floor=-45))

    plain = played(render, source)
    assert decibels(level(done, 0.3, 0.9) / level(plain, 0.3, 0.9)) < -8
    assert decibels(strength(done, 440) / strength(plain, 440)) == pytest.approx(
        0, abs=1
    )
    started = np.flatnonzero(np.abs(done.samples[0]) > 0.1)[0] / RATE
    assert started == pytest.approx(1, abs=0.02)


def test_distortion_adds_odd_harmonics(render: Render, media: MediaFolder) -> None:
    source = wave(media, "pure", "0.3*sin(2*PI*500*t)")

    done = played(render, source, use("distortion", drive=24, level=-6))

    assert strength(done, 1500) > 0.1 * strength(done, 500)
    assert strength(done, 1000) < 0.02 * strength(done, 500)
    assert np.abs(done.samples).max() <= 0.51


def test_chorus_wavers(render: Render, media: MediaFolder) -> None:
    source = wave(media, "a440", "0.3*sin(2*PI*440*t)*gt(t,0.5)")

    done = played(render, source, use("chorus", mix=0.8))

    parts = [level(done, at / 20, at / 20 + 0.05) for at in range(20, 38)]
    assert max(parts) > 1.15 * min(parts)


@pytest.mark.parametrize("width", [0, 0.5, 2])
def test_the_width_is_how_far_the_sides_differ(
    render: Render, media: MediaFolder, width: float
) -> None:
    source = wave(media, "sides", "0.2*sin(2*PI*300*t)", "0.2*sin(2*PI*500*t)")
    plain = played(render, source)

    done = played(render, source, use("stereo-width", width=width))

    sides = [film.samples[0] - film.samples[1] for film in (done, plain)]
    sums = [film.samples[0] + film.samples[1] for film in (done, plain)]
    assert sides[0] == pytest.approx(width * sides[1], abs=2e-4)
    assert sums[0] == pytest.approx(sums[1], abs=2e-4)


def test_a_pan_loses_nothing(render: Render, media: MediaFolder) -> None:
    source = wave(media, "sides", "0.2*sin(2*PI*300*t)", "0.2*sin(2*PI*500*t)")

    right = played(render, source, use("pan", position=1))
    half_left = played(render, source, use("pan", position=-0.5))

    assert [strength(right, hertz, channel=1) for hertz in (300, 500)] == pytest.approx(
        [0.2, 0.2], abs=0.005
    )
    assert np.abs(right.samples[0]).max() < 1e-4
    assert strength(half_left, 500, channel=0) == pytest.approx(0.1, abs=0.005)
    assert strength(half_left, 500, channel=1) == pytest.approx(0.1, abs=0.005)
    assert strength(half_left, 300, channel=0) == pytest.approx(0.2, abs=0.005)


def test_loudness_is_brought_to_its_target(render: Render, media: MediaFolder) -> None:
    source = wave(media, "soft", "0.02*sin(2*PI*1010*t)", seconds=8)

    done = played(render, source, use("normalise", loudness=-20), length=8)

    # a tone of about 1 kHz at 0 dBFS on both sides is 0 LUFS loud (EBU Tech 3341)
    heard = level(done, 5, 7.5) * 2**0.5
    assert decibels(heard) == pytest.approx(-20, abs=1.5)
