"""Loud and quiet: compressor, gate, expander, limiter, ducking, normalising."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.effects.model import File, Number, filter_of, number, text
from farm.effects.sound.model import Ducked, SoundEffect, Steps

if TYPE_CHECKING:
    from farm.effects.model import Given

_THRESHOLD = Number(unit="dB", default=-20, low=-60, high=0)
_ATTACK = Number(unit="ms", default=10, low=0.1, high=2000)
_RELEASE = Number(unit="ms", default=150, low=1, high=9000)
#: FFmpeg's agate and acompressor take levels from this on.
_QUIETEST = 0.000976563


def _level(decibels: float) -> float:
    return max(_QUIETEST, 10 ** (decibels / 20))


def _compressor(given: Given, _rate: int) -> Steps:
    return (
        filter_of(
            "acompressor",
            threshold=_level(number(given, "threshold")),
            ratio=number(given, "ratio"),
            attack=number(given, "attack"),
            release=number(given, "release"),
            knee=1,
            makeup=10 ** (number(given, "makeup") / 20),
            detection="peak",
        ),
    )


def _gate(given: Given, _rate: int) -> Steps:
    return (
        filter_of(
            "agate",
            threshold=_level(number(given, "threshold")),
            ratio=number(given, "ratio"),
            range=_level(number(given, "floor")),
            attack=number(given, "attack"),
            release=number(given, "release"),
            knee=1,
            detection="peak",
        ),
    )


def _limiter(given: Given, _rate: int) -> Steps:
    return (
        filter_of(
            "alimiter",
            limit=10 ** (number(given, "ceiling") / 20),
            attack=number(given, "attack"),
            release=number(given, "release"),
            level=0,
            latency=1,
        ),
    )


def _ducking(given: Given, _rate: int) -> Steps:
    return (
        Ducked(
            by=text(given, "by"),
            filter=filter_of(
                "sidechaincompress",
                threshold=_level(number(given, "threshold")),
                ratio=number(given, "ratio"),
                attack=number(given, "attack"),
                release=number(given, "release"),
                knee=1,
                detection="peak",
            ),
        ),
    )


def _normalise(given: Given, rate: int) -> Steps:
    return (
        filter_of(
            "loudnorm",
            I=number(given, "loudness"),
            TP=number(given, "peak"),
            LRA=number(given, "range"),
        ),
        filter_of("aresample", sample_rate=rate),
    )


EFFECTS = {
    "compressor": SoundEffect(
        what="Makes what is louder than a threshold quieter, by a ratio.",
        parameters={
            "threshold": _THRESHOLD,
            "ratio": Number(unit="to 1", default=4, low=1, high=20),
            "attack": _ATTACK,
            "release": _RELEASE,
            "makeup": Number(unit="dB", default=0, low=0, high=36),
        },
        neutral={"ratio": 1, "makeup": 0},
        build=_compressor,
    ),
    "gate": SoundEffect(
        what="Silences what is quieter than a threshold.",
        parameters={
            "threshold": Number(unit="dB", default=-40, low=-60, high=0),
            "ratio": Number(unit="to 1", default=20, low=1, high=9000),
            "floor": Number(unit="dB", default=-60, low=-60, high=0),
            "attack": Number(unit="ms", default=5, low=0.1, high=2000),
            "release": _RELEASE,
        },
        neutral={"floor": 0},
        build=_gate,
    ),
    "expander": SoundEffect(
        what="Makes what is quieter than a threshold quieter still, by a ratio.",
        parameters={
            "threshold": Number(unit="dB", default=-30, low=-60, high=0),
            "ratio": Number(unit="to 1", default=2, low=1, high=20),
            "floor": Number(unit="dB", default=-40, low=-60, high=0),
            "attack": _ATTACK,
            "release": _RELEASE,
        },
        neutral={"ratio": 1},
        build=_gate,
    ),
    "limiter": SoundEffect(
        what="Lets no peak over a ceiling.",
        parameters={
            "ceiling": Number(unit="dB", default=-1, low=-24, high=0),
            "attack": Number(unit="ms", default=5, low=0.1, high=80),
            "release": Number(unit="ms", default=50, low=1, high=8000),
        },
        build=_limiter,
    ),
    "ducking": SoundEffect(
        what="Makes a track quieter while another, such as speech, is heard.",
        parameters={
            "by": File(suffixes=()),
            "threshold": Number(unit="dB", default=-30, low=-60, high=0),
            "ratio": Number(unit="to 1", default=8, low=1, high=20),
            "attack": Number(unit="ms", default=20, low=0.1, high=2000),
            "release": Number(unit="ms", default=400, low=1, high=9000),
        },
        neutral={"ratio": 1},
        build=_ducking,
        of_tracks_only=True,
        needs=("by",),
    ),
    "normalise": SoundEffect(
        what="Brings the loudness to a target as it goes (EBU R 128); `--loudness` of "
        "a render does so exactly, for the whole.",
        parameters={
            "loudness": Number(unit="LUFS", default=-16, low=-70, high=-5),
            "peak": Number(unit="dBTP", default=-1.5, low=-9, high=0),
            "range": Number(unit="LU", default=11, low=1, high=50),
        },
        build=_normalise,
    ),
}
"""By name."""
