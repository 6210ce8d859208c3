"""Pictures that move: place, size, turn and opacity by keyframes.

Sizes and places are whole pixels in FFmpeg. So that slow motion does not stutter, the
picture is laid on a ground of twice the size of the frame, which is made small then.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import ffmpeg

from farm.ffmpeg.canvas import SCALE_FLAGS, Canvas, Picture
from farm.ffmpeg.drawing import clear_canvas
from farm.ffmpeg.graph import number_frames
from farm.ffmpeg.steps import command_line
from farm.timeline.keyframe import value_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from farm.ffmpeg.effects import Span
    from farm.ffmpeg.graph import Stream
    from farm.timeline.clip import Transform
    from farm.timeline.composition import Look
    from farm.timeline.keyframe import Keyframe

_FINER = 2
#: A picture that grows is scaled up from this size at most.
_LARGEST_SCALE = 4.0
_MOVED = ("x", "y", "scale", "rotation")


def moves_place(look: Look) -> bool:
    """Whether place, size or turn change."""
    motion = look.animation
    return motion is not None and any(getattr(motion, name) for name in _MOVED)


def rest(look: Look) -> Look:
    """Return a look as it is laid before it moves: at its largest, in the middle."""
    motion = look.animation
    if motion is None:
        return look
    if motion.opacity:
        look = replace(look, opacity=1)
    if not moves_place(look):
        return look
    scale = look.transform.scale
    if motion.scale:
        scale = min(max(key.value for key in motion.scale), _LARGEST_SCALE)
    still = {"x": 0.5, "y": 0.5, "rotation": 0.0, "scale": max(scale, 0.01)}
    return replace(look, transform=look.transform.model_copy(update=still))


def fade(
    stream: Stream, look: Look, canvas: Canvas, span: Span, files: dict[str, str]
) -> Stream:
    """Make frames translucent by keyframes."""
    assert look.animation is not None  # noqa: S101  # the caller looked
    keys = look.animation.opacity
    assert keys is not None  # noqa: S101  # the caller looked
    options = [
        {"a": f"val*{min(1.0, max(0.0, value)):.6f}"}
        for value in _values(keys, span, canvas)
    ]
    numbered = number_frames(stream, canvas.rate).filter("format", canvas.alpha_pix_fmt)
    return _driven(numbered, "lutyuv", options, canvas, files)


def move(
    picture: Picture,
    transform: Transform,
    look: Look,
    canvas: Canvas,
    span: Span,
    files: dict[str, str],
) -> Picture:
    """Lay a picture on a transparent frame, at its place, size and turn in each.

    Args:
        picture: as `rest` lays it.
        transform: with the constants of what does not move.
        look: with the keyframes.
        canvas: the frame.
        span: which frames of the clip these are.
        files: gets the text files that the graph reads.
    """
    values = {
        name: _values(getattr(look.animation, name), span, canvas)
        if getattr(look.animation, name)
        else [getattr(transform, name)] * span.frames
        for name in _MOVED
    }
    work = "yuva444p10le" if "10" in canvas.pix_fmt else "yuva444p"
    stream = number_frames(picture.stream, canvas.rate).filter("format", work)
    width, height = picture.width, picture.height
    if any(angle % 360 for angle in values["rotation"]):
        angles = [{"a": f"{math.radians(angle):.9f}"} for angle in values["rotation"]]
        width = height = 2 * math.ceil(math.hypot(width, height) / 2)
        around = {"ow": width, "oh": height, "c": "black@0"}
        stream = _driven(stream, "rotate", angles, canvas, files, **around)
    base = rest(look).transform.scale
    sizes = [
        tuple(
            max(1, round(side * _FINER * max(scale, 0) / base))
            for side in (width, height)
        )
        for scale in values["scale"]
    ]
    stream = _driven(
        stream,
        "scale",
        [{"w": str(wide), "h": str(tall)} for wide, tall in sizes],
        canvas,
        files,
        flags=SCALE_FLAGS,
    ).filter("setsar", 1)
    places = [
        {
            "x": str(round(canvas.width * _FINER * x - wide / 2)),
            "y": str(round(canvas.height * _FINER * y - tall / 2)),
        }
        for x, y, (wide, tall) in zip(values["x"], values["y"], sizes, strict=True)
    ]
    large = replace(canvas, width=canvas.width * _FINER, height=canvas.height * _FINER)
    ground = clear_canvas(span.frames, large, work)
    laid = _driven(
        stream,
        "overlay",
        places,
        canvas,
        files,
        below=ground,
        format="yuv444p10" if "10" in work else "yuv444",
    )
    small = (
        laid.filter("scale", canvas.width, canvas.height, flags=SCALE_FLAGS)
        .filter("format", canvas.alpha_pix_fmt)
        .filter("setsar", 1)
    )
    return Picture(
        stream=small,
        width=canvas.width,
        height=canvas.height,
        x=0,
        y=0,
        is_opaque=False,
    )


def _values(keys: Sequence[Keyframe], span: Span, canvas: Canvas) -> list[float]:
    return [
        value_at(keys, (span.age + number) / canvas.rate)
        for number in range(span.frames)
    ]


def _driven(  # a filter, and what drives it
    stream: Stream,
    name: str,
    options: Sequence[Mapping[str, str]],
    canvas: Canvas,
    files: dict[str, str],
    *,
    below: Stream | None = None,
    **constant: object,
) -> Stream:
    """Run a filter whose options differ from frame to frame."""
    tag = f"{name}@m{len(files)}"
    lines = []
    for number in range(1, len(options)):
        changed = {
            key: value
            for key, value in options[number].items()
            if options[number - 1][key] != value
        }
        if changed:
            lines.append(command_line(number, canvas.rate, tag, changed))
    if lines:
        file = f"commands-{len(files)}.txt"
        files[file] = "\n".join(lines) + "\n"
        stream = stream.filter("sendcmd", filename=file)
        name = tag
    streams = [stream] if below is None else [below, stream]
    return ffmpeg.filter(streams, name, **options[0], **constant)
