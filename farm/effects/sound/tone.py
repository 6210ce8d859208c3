"""Tones: equalisers, filters, pitch, noise, distortion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.effects.model import Number, filter_of, number
from farm.effects.sound.model import Late, SoundEffect, Steps

if TYPE_CHECKING:
    from farm.effects.model import Given

_GAIN = Number(unit="dB", default=0, low=-24, high=24)
_SLOPE = Number(unit="poles", default=2, low=1, high=2)
#: What afftdn holds back: half of its window of 50 ms.
_DENOISING_SECONDS = 0.025


def _frequency(default: float) -> Number:
    return Number(unit="Hz", default=default, low=10, high=20_000)


def _equaliser(given: Given, _rate: int) -> Steps:
    bands = (
        ("bass", {"frequency": number(given, "low"), "gain": number(given, "bass")}),
        (
            "equalizer",
            {
                "frequency": number(given, "middle"),
                "gain": number(given, "mid"),
                "width_type": "q",
                "width": 1,
            },
        ),
        (
            "treble",
            {"frequency": number(given, "high"), "gain": number(given, "treble")},
        ),
    )
    return tuple(
        filter_of(name, **options) for name, options in bands if options["gain"]
    )


def _peak(given: Given, _rate: int) -> Steps:
    return (
        filter_of(
            "equalizer",
            frequency=number(given, "frequency"),
            gain=number(given, "gain"),
            width_type="q",
            width=number(given, "q"),
        ),
    )


def _pass(name: str) -> SoundEffect:
    default = 120.0 if name == "highpass" else 6000.0
    kept = "above" if name == "highpass" else "below"
    return SoundEffect(
        what=f"Keeps what is {kept} a frequency; 12 dB an octave with two poles.",
        parameters={"frequency": _frequency(default), "poles": _SLOPE},
        build=lambda given, _: (
            filter_of(
                name,
                frequency=number(given, "frequency"),
                poles=round(number(given, "poles")),
            ),
        ),
    )


def _bandpass(given: Given, _rate: int) -> Steps:
    return (
        filter_of(
            "bandpass",
            frequency=number(given, "frequency"),
            width_type="q",
            width=number(given, "q"),
        ),
    )


def _pitch(given: Given, _rate: int) -> Steps:
    factor = 2 ** (number(given, "semitones") / 12)
    return (filter_of("rubberband", pitch=factor),)


def _denoise(given: Given, _rate: int) -> Steps:
    cleaner = filter_of(
        "afftdn",
        noise_reduction=number(given, "amount"),
        noise_floor=number(given, "floor"),
    )
    return (Late(filter=cleaner, seconds=_DENOISING_SECONDS),)


def _distortion(given: Given, _rate: int) -> Steps:
    drive = number(given, "drive")
    return (
        filter_of("volume", volume=f"{drive:g}dB", precision="float"),
        filter_of("asoftclip", type="tanh"),
        filter_of("volume", volume=f"{number(given, 'level'):g}dB", precision="float"),
    )


EFFECTS = {
    "equaliser": SoundEffect(
        what="Bass and treble as shelves, and a band between them.",
        parameters={
            "bass": _GAIN,
            "mid": _GAIN,
            "treble": _GAIN,
            "low": _frequency(100),
            "middle": _frequency(1000),
            "high": _frequency(10_000),
        },
        neutral={"bass": 0, "mid": 0, "treble": 0},
        build=_equaliser,
    ),
    "peak": SoundEffect(
        what="Makes a band around a frequency louder or quieter.",
        parameters={
            "frequency": _frequency(1000),
            "gain": _GAIN,
            "q": Number(unit="Q", default=1, low=0.1, high=30),
        },
        neutral={"gain": 0},
        build=_peak,
    ),
    "highpass": _pass("highpass"),
    "lowpass": _pass("lowpass"),
    "bandpass": SoundEffect(
        what="Keeps a band around a frequency.",
        parameters={
            "frequency": _frequency(1000),
            "q": Number(unit="Q", default=1, low=0.1, high=30),
        },
        build=_bandpass,
    ),
    "pitch": SoundEffect(
        what="Higher or lower, as long as before.",
        parameters={"semitones": Number(unit="semitones", default=0, low=-24, high=24)},
        neutral={"semitones": 0},
        build=_pitch,
    ),
    "denoise": SoundEffect(
        what="Takes away steady noise, such as hiss.",
        parameters={
            "amount": Number(unit="dB", default=12, low=0.01, high=97),
            "floor": Number(unit="dB", default=-50, low=-80, high=-20),
        },
        build=_denoise,
    ),
    "distortion": SoundEffect(
        what="Drives the sound into a soft clipper.",
        parameters={
            "drive": Number(unit="dB", default=18, low=0, high=48),
            "level": Number(unit="dB", default=-6, low=-48, high=0),
        },
        build=_distortion,
    ),
}
"""By name."""
