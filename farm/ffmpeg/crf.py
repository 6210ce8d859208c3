"""The constant quality (CRF) of encoders: which have one, and in what steps."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.presets.preset import Preset, VideoEncoding


@dataclass(frozen=True, slots=True, kw_only=True)
class CrfScale:
    """The values of an encoder's CRF that are used, the best quality first."""

    lowest: int
    """Better ones cost many bytes that nobody sees; x264 is lossless from 0 on."""
    highest: int
    start: int
    """Where a search begins: about VMAF 95 on films of 720 lines."""
    step: Fraction
    vmaf_per_crf: float
    """About so much quality goes with one more."""
    half_size: int
    """About so many more halve the size."""

    @property
    def last(self) -> int:
        """Return the number of the highest value; that of the lowest is 0."""
        return int((self.highest - self.lowest) / self.step)

    def value(self, number: int) -> Fraction:
        """Return a value by its number."""
        return self.lowest + number * self.step

    def number(self, value: float) -> int:
        """Return the number of the value that is nearest."""
        wanted = round((Fraction(value) - self.lowest) / self.step)
        return min(max(0, wanted), self.last)


_OF_X264 = CrfScale(
    lowest=4, highest=51, start=23, step=Fraction(1, 4), vmaf_per_crf=1.2, half_size=6
)
_SCALES: Mapping[str, CrfScale] = {
    "libx264": _OF_X264,
    "libx265": _OF_X264,
    "libvpx-vp9": CrfScale(
        lowest=4, highest=63, start=33, step=Fraction(1), vmaf_per_crf=0.5, half_size=10
    ),
    "libsvtav1": CrfScale(
        lowest=4, highest=63, start=32, step=Fraction(1), vmaf_per_crf=0.5, half_size=10
    ),
    "libaom-av1": CrfScale(
        lowest=4, highest=63, start=32, step=Fraction(1), vmaf_per_crf=0.5, half_size=10
    ),
}


def find_crf_scale(encoding: VideoEncoding) -> CrfScale | None:
    """Return the scale of an encoding; ``None`` where it is not by constant quality."""
    return _SCALES.get(encoding.encoder) if "crf" in encoding.options else None


def with_crf(preset: Preset, crf: Fraction) -> Preset:
    """Return a preset with another CRF."""
    options = {**preset.video.options, "crf": f"{float(crf):g}"}
    video = preset.video.model_copy(update={"options": options})
    return preset.model_copy(update={"video": video})
