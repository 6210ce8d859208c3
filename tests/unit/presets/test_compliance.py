"""What a platform takes is compared with what a file has."""

from __future__ import annotations

from fractions import Fraction

import pytest

from farm.presets.catalog import load_presets
from farm.presets.compliance import Compliance, measure_compliance
from farm.presets.preset import Limits

LIMITS = Limits(seconds=60, megabytes=10, width=1080, height=1920, kbps=2000, fps=30)


def _measure(
    *,
    seconds: int = 60,
    size_bytes: int = 10_000_000,
    size: tuple[int, int] = (1080, 1920),
    rate: Fraction = Fraction(30),
) -> list[Compliance]:
    return measure_compliance(
        LIMITS, seconds=Fraction(seconds), size_bytes=size_bytes, size=size, rate=rate
    )


def test_a_file_at_every_limit_is_within() -> None:
    found = _measure()
    assert len(found) == 6
    assert all(each.is_met for each in found)


@pytest.mark.parametrize(
    ("change", "limits", "said"),
    [
        ({"seconds": 61}, {"seconds"}, "it is 61 s long, more than the 60 s that p"),
        ({"size_bytes": 20_000_000}, {"megabytes", "kbps"}, "20.0 MB"),
        ({"size": (1920, 1080)}, {"width"}, "1920 pixels wide"),
        ({"rate": Fraction(60000, 1001)}, {"fps"}, "59.94 frames a second"),
    ],
)
def test_what_is_too_much_is_named(
    change: dict[str, object], limits: set[str], said: str
) -> None:
    over = [each for each in _measure(**change) if not each.is_met]  # type: ignore[arg-type]
    assert {each.limit for each in over} == limits
    assert said in over[0].explain("p")


def test_a_preset_without_limits_measures_nothing() -> None:
    preset = load_presets()["h264-1080p"]
    assert not measure_compliance(
        preset.limits,
        seconds=Fraction(1),
        size_bytes=1,
        size=(2, 2),
        rate=Fraction(25),
    )


@pytest.mark.parametrize(
    "name", ["youtube-1080p", "tiktok", "instagram-feed", "x-720p"]
)
def test_the_encoder_is_held_below_the_bitrate_of_the_platform(name: str) -> None:
    preset = load_presets()[name]
    most = int(preset.video.options["maxrate"].removesuffix("k"))
    assert preset.limits.kbps is not None
    assert most + (preset.audio.bitrate_kbps or 0) <= preset.limits.kbps
