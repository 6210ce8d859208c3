"""Read how like its reference a picture was found."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING

from farm.ffmpeg.analyse import PSNR, SSIM, VMAF
from farm.ffmpeg.printed import mean_of
from farm.timeline.analysis import Quality, Score

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path


_PSNR_MSE = re.compile(r"mse_avg:(?P<mse>\S+)")
_SSIM_ALL = re.compile(r"All:(?P<all>\S+)")
_LOW_PART = 0.05


def read_quality(
    folder: Path, *, model: str, size: tuple[int, int], rate: Fraction, bits: int
) -> Quality:
    """Return how like its reference a picture is."""
    told = json.loads((folder / VMAF).read_text(encoding="utf-8"))
    vmaf = [float(frame["metrics"]["vmaf"]) for frame in told["frames"]]
    ssim = _column(folder / SSIM, _SSIM_ALL)
    errors = _column(folder / PSNR, _PSNR_MSE)
    full = 255 if bits <= 8 else 1023  # noqa: PLR2004  # as they are compared

    def decibel(error: float) -> float:
        return 10 * math.log10(full**2 / error) if error > 0 else math.inf

    mean_error = mean_of(errors)
    psnr = [decibel(error) for error in errors]
    return Quality(
        frames=len(vmaf),
        width=size[0],
        height=size[1],
        model=model,
        vmaf=_score(vmaf, rate, mean=mean_of(vmaf)),
        vmaf_harmonic_mean=round(
            float(told["pooled_metrics"]["vmaf"]["harmonic_mean"]), 3
        ),
        ssim=_score(ssim, rate, mean=mean_of(ssim)),
        psnr=_score(psnr, rate, mean=decibel(mean_error)),
    )


def _score(values: list[float], rate: Fraction, *, mean: float) -> Score:
    ordered = sorted(values)
    worst = values.index(ordered[0])
    return Score(
        mean=_known(mean),
        lowest=_known(ordered[0]),
        low=_known(ordered[math.floor(len(ordered) * _LOW_PART)]),
        worst=worst / rate,
    )


def _known(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None


def _column(path: Path, pattern: re.Pattern[str]) -> list[float]:
    found = pattern.findall(path.read_text(encoding="utf-8"))
    return [float(each) for each in found]
