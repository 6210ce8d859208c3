"""Pictures of many colours that libass draws on nothing: scenes, documents of ASS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.ffmpeg.drawing import (
    black_frame,
    black_frames,
    nearest_frames,
    repeat_frame,
)
from farm.ffmpeg.graph import number_frames
from farm.ffmpeg.scene import build_scene
from farm.ffmpeg.written import write
from farm.timeline.placing.scripts import SLACK_MS

if TYPE_CHECKING:
    from fractions import Fraction

    from farm.ffmpeg.canvas import Canvas
    from farm.ffmpeg.graph import Stream
    from farm.timeline.composition import Scene, Script

#: Frames before a piece of ASS that are named one by one; of more, all are drawn.
_MOST_BEFORE = 300
#: Of many colours none is the outermost.
_AROUND = "#000000"


def draw_scene(
    source: Scene,
    canvas: Canvas,
    files: dict[str, str],
    *,
    first: Fraction,
    frames: int,
) -> Stream:
    """Return frames of what is drawn of a template.

    Args:
        source: what is drawn.
        canvas: that they are as large as.
        files: to which the text is added.
        first: frame of the scene; one before or after it looks as the nearest.
        frames: how many.
    """
    text = build_scene(
        source,
        width=canvas.timeline_width,
        height=canvas.timeline_height,
        shown=nearest_frames(first, frames, of=source.frames),
        rate=canvas.rate,
    )
    drawn = write(black_frames(frames, canvas), text, _AROUND, canvas, files)
    return number_frames(drawn, canvas.rate)


def draw_script(
    source: Script,
    canvas: Canvas,
    files: dict[str, str],
    *,
    first: Fraction,
    frames: int,
) -> Stream:
    """Return frames of lines of ASS.

    Args:
        source: the lines.
        canvas: that they are as large as.
        files: to which the text is added.
        first: time of the document at the first frame, in seconds.
        frames: how many.
    """
    skipped = round((first - source.start) * canvas.rate)
    before = [frame for frame in source.history if frame < skipped]
    if len(before) > _MOST_BEFORE:
        before = list(range(before[0], skipped))
        terms = [f"gte(n,{before[0]})"]
    else:
        terms = [f"gte(n,{skipped})", *(f"eq(n,{frame})" for frame in before)]
    rate, start = canvas.rate, source.start
    time = (
        f"{start.numerator}/{start.denominator}+N*{rate.denominator}/{rate.numerator}"
    )

    clock = (
        repeat_frame(black_frame(canvas), skipped + frames, canvas)
        .filter("settb", expr="1/1000000")
        .filter("setpts", f"trunc(({time})*1000000+{SLACK_MS * 1000 - 1})")
    )
    if skipped:
        clock = clock.filter("select", "+".join(terms))
    drawn = write(clock, source.text, _AROUND, canvas, files)
    if before:
        drawn = drawn.filter("trim", start_frame=len(before))
    return number_frames(drawn, canvas.rate)
