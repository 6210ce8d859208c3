"""The frame that is composed, and a picture that lies in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    from farm.ffmpeg.gpu import GpuUse
    from farm.ffmpeg.graph import Stream
    from farm.presets.preset import Range

#: Options of setparams by dynamic range.
COLOR_TAGS: dict[str, dict[str, str]] = {
    name: {"color_primaries": primaries, "color_trc": transfer, "colorspace": matrix}
    for name, primaries, transfer, matrix in (
        ("sdr", "bt709", "bt709", "bt709"),
        ("pq", "bt2020", "smpte2084", "bt2020nc"),
        ("hlg", "bt2020", "arib-std-b67", "bt2020nc"),
    )
}
#: How the filter scale interpolates; exact rounding, chroma at full resolution.
SCALE_FLAGS = "bicubic+accurate_rnd+full_chroma_int"


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """The frame that is composed: size, rate and pixel format of the output."""

    width: int
    height: int
    timeline_width: int
    timeline_height: int
    rate: Fraction
    pix_fmt: str
    alpha_pix_fmt: str
    overlay_format: str
    """Value of the filter overlay's option ``format``."""
    blend_pix_fmt: str
    """4:4:4 format that xfade works in."""
    blend_alpha_pix_fmt: str
    pixel_scale: Fraction
    """Pixels of the output a pixel of the timeline."""
    range: Range = "sdr"
    """Dynamic range: that of BT.709, PQ or HLG."""
    gpu: GpuUse | None = None
    """What a GPU does of it; ``None``: all is done by the CPU."""
    on_gpu: bool = False
    """Whether frames stay on the GPU until they are encoded."""

    @property
    def matrix(self) -> str:
        """Matrix of Y'CbCr, as the filter scale calls it."""
        return "bt709" if self.range == "sdr" else "bt2020"

    @property
    def primaries(self) -> str:
        """Primaries, by FFmpeg's name."""
        return "bt709" if self.range == "sdr" else "bt2020"

    @property
    def tags(self) -> dict[str, str]:
        """Options of the filter setparams that say which colours it is in."""
        return {"range": "tv", **COLOR_TAGS[self.range]}

    @property
    def white(self) -> float:
        """Signal of SDR white, of 1 (ITU-R BT.2408: 203 cd/m²)."""
        return {"sdr": 1.0, "pq": 0.5806, "hlg": 0.75}[self.range]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Frames of one shot: a stream and where it lies in the frame."""

    stream: Stream
    width: int
    height: int
    x: int
    y: int
    is_opaque: bool

    def covers(self, canvas: Canvas) -> bool:
        """Whether nothing below it can be seen."""
        return self.is_opaque and (
            (self.x, self.y, self.width, self.height)
            == (0, 0, canvas.width, canvas.height)
        )
