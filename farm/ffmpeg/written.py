"""What libass draws, on nothing.

```
        ┌ on black ── its colour, times opacity ┐
ground ─┤                                       ├ colour and opacity
        └ on white ── what shows through ───────┘
```
The option ``alpha`` of FFmpeg's filter ``ass`` cannot: where letters lie over a
translucent shadow it mixes them with the colour of the ground.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ffmpeg

from farm.ffmpeg.colors import color_drawn
from farm.ffmpeg.graph import split_stream

if TYPE_CHECKING:
    from farm.ffmpeg.canvas import Canvas
    from farm.ffmpeg.graph import Stream

#: Options of mergeplanes: colours of the first picture, the green of the second.
_GREEN_OF_SECOND = {
    "map0s": 0, "map0p": 0,
    "map1s": 0, "map1p": 1,
    "map2s": 0, "map2p": 2,
    "map3s": 1, "map3p": 0,
}  # fmt: skip
#: Of 255: less than this is too little to tell its colour.
_FAINT = 16


def write(
    ground: Stream, text: str, around: str, canvas: Canvas, files: dict[str, str]
) -> Stream:
    """Draw a document of ASS on nothing.

    Args:
        ground: black frames, as large as the canvas, with the times of the document.
        text: the document.
        around: colour of what is not seen, as "#rrggbb": that of the outermost edge.
        canvas: whose colours are drawn.
        files: to which the text is added.
    """
    name = f"title-{len(files)}.ass"
    files[name] = text
    black, plain = split_stream(ground, 2)
    white = plain.filter("lutrgb", **dict.fromkeys("rgb", "maxval"))
    over_black, over_white = (_in_rgb(side, name) for side in (black, white))
    colors = split_stream(over_black, 2)
    through = _blend(over_white, colors[1], "difference")
    seen, clear, faint = split_stream(through, 3)
    opacity = _map(seen, g="maxval-val")
    firm = _map(
        faint, **dict.fromkeys("rgb", f"if(lt(maxval-val,{_FAINT}),0,maxval-val)")
    )
    # what is divided by 0 is white: the darker one is the colour around it
    straight = _blend(colors[0], firm, "divide")
    filled = _blend(straight, _map(clear, **_where_faint(around)), "darken")
    # from planes, swscale would round an opacity of 0 to 1
    drawn = _with_alpha(filled, opacity).filter("format", "rgba")
    return color_drawn(drawn, canvas, canvas.alpha_pix_fmt, files).filter("setsar", 1)


def _in_rgb(ground: Stream, name: str) -> Stream:
    written = ground.filter("format", "rgb24").filter("ass", name, fontsdir="fonts")
    return written.filter("format", "rgb24").filter("format", "gbrp")


def _map(colors: Stream, **options: str) -> Stream:
    return colors.filter("lutrgb", **options).filter("format", "gbrp")


def _blend(one: Stream, other: Stream, mode: str) -> Stream:
    """Blend colours; without the format, FFmpeg might go through YUV."""
    return ffmpeg.filter([one, other], "blend", all_mode=mode).filter("format", "gbrp")


def _with_alpha(colors: Stream, opacity: Stream) -> Stream:
    """Return colours with the green of another picture as their opacity."""
    sides = [colors, opacity]
    return ffmpeg.filter(sides, "mergeplanes", format="gbrap", **_GREEN_OF_SECOND)


def _where_faint(color: str) -> dict[str, str]:
    """Return the options that draw a colour where hardly anything is seen, else white.

    Chroma is coded for several pixels at once: what is not seen must have the colour
    of the edge beside it.
    """
    return {
        name: f"if(gt(val,maxval-{_FAINT}),{int(color[at : at + 2], 16)},maxval)"
        for name, at in zip("rgb", (1, 3, 5), strict=True)
    }
