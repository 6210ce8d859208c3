"""From the colours of a film, or of what is drawn, to those of the canvas.

```
film, same colours    scale
film, others          scale ─ zscale
drawn (sRGB)                  zscale
what is too bright          ─ zscale ─ lut3d ─ zscale
```
What is kept is the light that a display gives off: SDR by BT.1886 with its white at 203
cd/m² (BT.2408), PQ as it says, HLG on a display of 1000 cd/m² with the OOTF of BT.2100.
See docs/decisions/0028-colours-and-light.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.ffmpeg.canvas import SCALE_FLAGS, Canvas
from farm.ffmpeg.tone import HLG_PEAK, WHITE, table_name, write_table

if TYPE_CHECKING:
    from farm.ffmpeg.graph import Stream
    from farm.presets.preset import Range
    from farm.timeline.media import VideoFacts

#: A film of fewer lines that does not tell its matrix is taken as BT.601.
HD_LINES = 720
_RGB_FORMATS = ("rgb", "bgr", "gbr", "argb", "abgr", "pal", "x2", "0")
_RANGES: dict[str | None, Range] = {"smpte2084": "pq", "arib-std-b67": "hlg"}
#: Peak of a PQ film that does not tell it, cd/m²; and the least and most it may tell.
_USUAL_PEAK, _LEAST_PEAK, _MOST_PEAK = 1000, 400, 10_000
#: Peaks are rounded up to this, so that films alike share a table.
_PEAK_STEP = 50
#: The brightest that a canvas shows, in cd/m².
_LIMITS: dict[Range, int] = {"sdr": WHITE, "hlg": HLG_PEAK, "pq": _MOST_PEAK}
_TRANSFERS = {"sdr": "bt709", "pq": "smpte2084", "hlg": "arib-std-b67"}
#: Primaries that are converted; all have the white D65.
_PRIMARIES = {"bt709", "bt2020", "bt470bg", "smpte170m", "smpte240m", "smpte432"}
#: Matrices as zscale calls them; others are taken as usual.
_MATRICES = {
    "bt601": "smpte170m",
    "bt2020": "bt2020nc",
    **{
        name: name
        for name in ("bt709", "fcc", "bt470bg", "smpte170m", "smpte240m", "ycgco")
    },
    **{name: name for name in ("bt2020nc", "bt2020c")},
}
_RGB_IN = {"matrixin": "gbr", "rangein": "full"}
_RGB_OUT = {"matrix": "gbr", "range": "full"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coloring:
    """The colours that something is in, apart from its matrix."""

    range: Range
    primaries: str
    peak: int
    """Its brightest, in cd/m²."""


DRAWN = Coloring(range="sdr", primaries="bt709", peak=WHITE)


def coloring_of(video: VideoFacts) -> Coloring:
    """Return the colours of a film; what it does not tell is taken as usual."""
    dynamic = _RANGES.get(video.color_transfer, "sdr")
    usual = "bt709" if dynamic == "sdr" else "bt2020"
    told = video.color_primaries or usual
    return Coloring(
        range=dynamic,
        primaries=told if told in _PRIMARIES else usual,
        peak=_peak_of(video, dynamic),
    )


def _peak_of(video: VideoFacts, dynamic: Range) -> int:
    if dynamic != "pq":
        return WHITE if dynamic == "sdr" else HLG_PEAK
    light = video.light
    told = light and (light.max_content_light or light.max_luminance)
    peak = min(max(float(told or _USUAL_PEAK), _LEAST_PEAK), _MOST_PEAK)
    return -(-round(peak) // _PEAK_STEP) * _PEAK_STEP


def guess_matrix(video: VideoFacts) -> str | None:
    """Return the matrix of a film that does not tell it; `None`: it tells, or has none.

    HDR and wide gamut come with that of BT.2020; of the rest, small pictures are of
    standard definition.
    """
    is_rgb = (video.pix_fmt or "").startswith(_RGB_FORMATS)
    if is_rgb or video.color_space not in {None, "unknown", "unspecified"}:
        return None
    if video.is_hdr or video.color_primaries == "bt2020":
        return "bt2020"
    return "bt709" if video.height >= HD_LINES else "bt601"


def knows_colors(video: VideoFacts) -> bool:
    """Whether a film is in the colours of SDR: BT.709, 16 to 235."""
    return (
        (guess_matrix(video) or video.color_space) == "bt709"
        and video.color_range != "pc"
        and coloring_of(video) == DRAWN
        and not (video.pix_fmt or "").startswith("yuvj")
    )


def scale_film(  # all that it depends on
    stream: Stream,
    video: VideoFacts,
    size: tuple[int, int],
    canvas: Canvas,
    files: dict[str, str],
) -> Stream:
    """Scale frames of a film, and bring them to the colours of the canvas."""
    reads = {"in_color_matrix": guess} if (guess := guess_matrix(video)) else {}
    given = coloring_of(video)
    pix_fmt = canvas.alpha_pix_fmt if video.has_alpha else canvas.pix_fmt
    if given.range != "sdr":  # what it tells of its light is told anew, or not at all
        stream = stream.filter("sidedata", mode="delete")
    if (given.range, given.primaries) == (canvas.range, canvas.primaries):
        return stream.filter(
            "scale", *size, flags=SCALE_FLAGS, **reads, **_written(canvas)
        ).filter("format", pix_fmt)
    sized = stream.filter("scale", *size, flags=SCALE_FLAGS)
    return _convert(sized, given, _reads(video), canvas, pix_fmt, files)


def _reads(video: VideoFacts) -> dict[str, str]:
    """Return options of zscale that say how a film is stored."""
    pix_fmt = video.pix_fmt or ""
    if pix_fmt.startswith(_RGB_FORMATS):
        return _RGB_IN
    told = guess_matrix(video) or video.color_space or ""
    usual = "bt2020nc" if video.is_hdr else "bt709"
    is_full = video.color_range == "pc" or pix_fmt.startswith("yuvj")
    return {
        "matrixin": _MATRICES.get(told, usual),
        "rangein": "full" if is_full else "limited",
    }


def color_drawn(
    stream: Stream, canvas: Canvas, pix_fmt: str, files: dict[str, str]
) -> Stream:
    """Bring what is drawn in sRGB, of 8 bits, to the colours of the canvas."""
    if canvas.range == "sdr":
        return to_yuv(stream, canvas, pix_fmt)
    planar = stream.filter("format", "gbrap")
    return _convert(planar, DRAWN, _RGB_IN, canvas, pix_fmt, files)


def to_yuv(stream: Stream, canvas: Canvas, pix_fmt: str) -> Stream:
    """Bring R'G'B' in the colours of the canvas to its matrix and a format."""
    return stream.filter("scale", flags=SCALE_FLAGS, **_written(canvas)).filter(
        "format", pix_fmt
    )


def _written(canvas: Canvas) -> dict[str, str]:
    return {"out_color_matrix": canvas.matrix, "out_range": "tv"}


def _convert(  # all that it depends on
    stream: Stream,
    given: Coloring,
    reads: dict[str, str],
    canvas: Canvas,
    pix_fmt: str,
    files: dict[str, str],
) -> Stream:
    """Bring frames to the colours of the canvas.

    What is cut off are colours outside the primaries; what is too bright is rolled off
    before, while its brightest is 1.
    """
    had, wanted = (given.range, given.primaries), (canvas.range, canvas.primaries)
    limit = _LIMITS[canvas.range]
    writes = {"matrix": _MATRICES[canvas.matrix], "range": "limited"}
    if given.peak <= limit:
        made = _zscale(stream, had, wanted, WHITE, **reads, **writes)
        return made.filter("format", pix_fmt)
    light: tuple[Range, str] = ("sdr", canvas.primaries)
    bright = _zscale(stream, had, light, given.peak, **reads, **_RGB_OUT)
    deep = "gbrap16le" if pix_fmt == canvas.alpha_pix_fmt else "gbrp16le"
    name = table_name(given.peak, limit)
    files[name] = write_table(given.peak, limit)
    rolled = bright.filter("format", deep).filter(
        "lut3d", file=name, interp="tetrahedral"
    )
    made = _zscale(rolled, light, wanted, limit, **_RGB_IN, **writes)
    return made.filter("format", pix_fmt)


def _zscale(
    stream: Stream,
    given: tuple[Range, str],
    wanted: tuple[Range, str],
    white: int,
    **stored: str,
) -> Stream:
    """Convert; the signal 1 of SDR is so many cd/m².

    Approximate gammas are three times as fast, but would leave the OOTF of HLG to each
    colour alone.
    """
    is_exact = "hlg" in {given[0], wanted[0]}
    return stream.filter(
        "zscale",
        filter="bicubic",
        agamma=int(not is_exact),
        transferin=_TRANSFERS[given[0]],
        primariesin=given[1],
        transfer=_TRANSFERS[wanted[0]],
        primaries=wanted[1],
        npl=white,
        **stored,
    )
