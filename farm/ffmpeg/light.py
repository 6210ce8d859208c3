"""What pictures of high dynamic range tell of their light (HDR10), read and written."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from av.sidedata.sidedata import Type as SideData

from farm.timeline.media import Light

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

#: AVMasteringDisplayMetadata: x and y of red, green, blue and white, the least and the
#: greatest luminance as fractions, then whether each half is there.
_MASTERING = struct.Struct("=20i2i")
#: AVContentLightMetadata: MaxCLL and MaxFALL.
_LIGHT = struct.Struct("=2I")
#: Units of SMPTE ST 2086: of a chromaticity, and of cd/m².
_CHROMATICITY, _LUMINANCE = 50_000, 10_000


def read_side_data(frame: VideoFrame, codec: str) -> dict[SideData, bytes]:
    """Return what lies beside a frame; nothing where PyAV 18.1 does not know a part.

    That is so of stills with EXIF data. Of PNG nothing is asked: PyAV frees the name of
    a colour profile twice.
    """
    if codec == "png":
        return {}
    try:
        return {data.type: bytes(data) for data in frame.side_data}  # type: ignore[attr-defined,arg-type]  # PyAV types it as a mapping; it yields the data
    except ValueError:
        return {}


def read_light(said: dict[SideData, bytes]) -> Light | None:
    """Return what lies beside a frame of its light; ``None``: nothing."""
    light = said.get(SideData.CONTENT_LIGHT_LEVEL)
    brightest, mean = _LIGHT.unpack_from(light) if light else (None, None)
    found = Light(
        **_mastering(said.get(SideData.MASTERING_DISPLAY_METADATA)),
        max_content_light=brightest or None,
        max_frame_light=mean or None,
    )
    return None if found == Light() else found


def _mastering(data: bytes | None) -> Any:  # noqa: ANN401  # fields of Light
    if data is None or len(data) < _MASTERING.size:
        return {}
    *numbers, has_primaries, has_luminance = _MASTERING.unpack_from(data)
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    values = [top / bottom if bottom else 0.0 for top, bottom in pairs]
    points = tuple(zip(values[:8:2], values[1:8:2], strict=True))
    return {
        "primaries": points if has_primaries else None,
        "min_luminance": values[8] if has_luminance else None,
        "max_luminance": values[9] if has_luminance else None,
    }


def write_display(light: Light) -> str | None:
    """Return the display as x265 and FFmpeg's programs read it; ``None``: not told."""
    if light.primaries is None or not light.tells_display:
        return None
    red, green, blue, white = (
        ",".join(str(round(part * _CHROMATICITY)) for part in point)
        for point in light.primaries
    )
    most, least = (
        round((value or 0) * _LUMINANCE)
        for value in (light.max_luminance, light.min_luminance)
    )
    return f"G({green})B({blue})R({red})WP({white})L({most},{least})"


def write_level(light: Light) -> str | None:
    """Return MaxCLL and MaxFALL, 0 for one that is not told; ``None``: neither is."""
    if light.max_content_light is None and light.max_frame_light is None:
        return None
    return f"{light.max_content_light or 0},{light.max_frame_light or 0}"


def encoder_words(encoder: str, light: Light | None) -> str:
    """Return what is added to the parameters of x265 or SVT-AV1, after a colon."""
    if light is None:
        return ""
    display, level = write_display(light), write_level(light)
    match encoder:
        case "libx265":
            words = [
                "hdr10=1" if display or level else "",
                f"master-display={display}" if display else "",
                f"max-cll={level}" if level else "",
            ]
        case "libsvtav1":
            words = [
                f"mastering-display={_svt_display(light)}" if display else "",
                f"content-light={level}" if level else "",
            ]
        case _:
            return ""
    return "".join(f":{word}" for word in words if word)


def _svt_display(light: Light) -> str:
    red, green, blue, white = (
        ",".join(f"{part:.6f}" for part in point) for point in light.primaries or ()
    )
    most, least = light.max_luminance, light.min_luminance
    return f"G({green})B({blue})R({red})WP({white})L({most:.4f},{least:.4f})"


def input_words(light: Light | None) -> list[str]:
    """Return options of an input by which its copy tells the same in its container."""
    if light is None:
        return []
    display, level = write_display(light), write_level(light)
    return [
        *(["-mastering_display", display] if display else []),
        *(["-content_light", level] if level else []),
    ]
