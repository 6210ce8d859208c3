"""The chain of filters from a source to frames of the timeline."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, assert_never

from farm.effects.catalog import find_reach
from farm.ffmpeg import gpu
from farm.ffmpeg.canvas import SCALE_FLAGS, Canvas, Picture
from farm.ffmpeg.cell import cell_canvas, seat
from farm.ffmpeg.colors import scale_film
from farm.ffmpeg.drawing import draw, draw_moving, hold, repeat_frame
from farm.ffmpeg.effects import ONE_FRAME, Span, makes_holes, moves
from farm.ffmpeg.frame_box import Box, fit_box, shown_size
from farm.ffmpeg.graph import (
    Stream,
    number_frames,
    take_frames,
)
from farm.ffmpeg.lay import finish_picture
from farm.ffmpeg.layered import draw_scene, draw_script
from farm.ffmpeg.motion import rest
from farm.ffmpeg.sample import cut_off, open_film, play_film, sample, source_time
from farm.timeline.clip import BarsMedia, ColorMedia, Crop
from farm.timeline.composition import FilmSource, MovingTitle, Scene, Script
from farm.timeline.title import TitleMedia

if TYPE_CHECKING:
    from collections.abc import Callable

    from farm.timeline.composition import Look, Source
    from farm.timeline.slice import ShotSlice


def covers_frame(shot: ShotSlice, canvas: Canvas) -> bool:
    """Tell from the description alone whether a shot hides all that lies below."""
    look, source = shot.look, shot.source
    if (
        look.opacity < 1
        or look.cell is not None
        or look.transform.rotation % 360
        or look.animation is not None
        or isinstance(source, TitleMedia | MovingTitle | Scene | Script)
        or makes_holes(look)
    ):
        return False
    if isinstance(source, FilmSource) and source.video.has_alpha:
        return False
    return box_of(source, look, canvas).covers(canvas.width, canvas.height)


def is_shown_whole(source: FilmSource, look: Look, canvas: Canvas) -> bool:
    """Whether a film is seen as it is stored: pixel for pixel, nothing done to it."""
    video = source.video
    size = video.width, video.height
    plain = Box(
        scaled_width=size[0],
        scaled_height=size[1],
        width=size[0],
        height=size[1],
        x=0,
        y=0,
    )
    return (
        size == (canvas.width, canvas.height)
        and look.cell is None
        and video.rotation == 0
        and video.sample_aspect == 1
        and not (video.flipped or video.has_alpha or video.is_hdr)
        and not look.effects
        and look.animation is None
        and look.opacity == 1
        and not look.transform.rotation % 360
        and look.crop == Crop()
        and box_of(source, look, canvas) == plain
    )


def build_shot(
    shot: ShotSlice,
    first: int,
    last: int,
    *,
    canvas: Canvas,
    files: dict[str, str],
    threads: int,
) -> Picture:
    """Return frames `first` to `last` of the slice, as this shot shows them.

    Text files that the graph reads are added to `files`.
    """
    cell = shot.look.cell
    frame = cell_canvas(cell, canvas)
    picture = _build_shot(shot, first, last, canvas=frame, files=files, threads=threads)
    return seat(picture, cell, canvas, last - first, files)


def _build_shot(
    shot: ShotSlice,
    first: int,
    last: int,
    *,
    canvas: Canvas,
    files: dict[str, str],
    threads: int,
) -> Picture:
    """Lay a shot into the whole frame, or into that of its cell."""
    source = shot.source
    match source:
        case FilmSource() if source.video.is_image:
            still = open_film(source, {}, threads=threads)
            lay = partial(
                lay_film, source=source, look=shot.look, canvas=canvas, files=files
            )
            return _lay_still(still, lay, shot, first, last, canvas, files)
        case FilmSource():
            return _build_film(source, shot, first, last, canvas, files, threads)
        case ColorMedia() | BarsMedia() | TitleMedia():
            still = draw(source, canvas, files)
            lay = partial(_lay_drawing, source=source, look=shot.look, canvas=canvas)
            return _lay_still(still, lay, shot, first, last, canvas, files)
        case MovingTitle() | Scene():
            lead, tail = _handles(shot, first, last)
            span = _span(shot, first - lead, last + tail, canvas)
            at = source_time(shot, first - lead, canvas) * canvas.rate
            count = span.frames
            drawn = (
                draw_scene(source, canvas, files, first=at, frames=count)
                if isinstance(source, Scene)
                else draw_moving(source, canvas, files, first=at, frames=count)
            )
            picture = _lay_drawing(
                drawn, source, shot.look, canvas, span=span, files=files
            )
            return _take(picture, lead, last - first, span.frames, canvas)
        case Script():
            at = source_time(shot, first, canvas)
            drawn = draw_script(source, canvas, files, first=at, frames=last - first)
            picture = _lay_drawing(drawn, source, shot.look, canvas)
            return _take(picture, 0, last - first, last - first, canvas)
        case _:
            assert_never(source)


def _lay_still(  # all that a picture is made of
    still: Stream,
    lay: Callable[..., Picture],
    shot: ShotSlice,
    first: int,
    last: int,
    canvas: Canvas,
    files: dict[str, str],
) -> Picture:
    """Lay one frame and hold it; one whose look changes is held first."""
    if not moves(shot.look):
        return hold(lay(still), last - first, canvas)
    lead, tail = _handles(shot, first, last)
    span = _span(shot, first - lead, last + tail, canvas)
    held = repeat_frame(still, span.frames, canvas)
    picture = lay(held, span=span, files=files)
    return _take(picture, lead, last - first, span.frames, canvas)


def _build_film(  # all that a picture is made of
    source: FilmSource,
    shot: ShotSlice,
    first: int,
    last: int,
    canvas: Canvas,
    files: dict[str, str],
    threads: int,
) -> Picture:
    if shot.speed <= 0 or shot.ramp:  # frames that are kept would fill the GPU
        canvas = replace(canvas, gpu=None)
    if shot.speed == 0:
        one = sample(source, shot.source_start, Fraction(1), 1, canvas, threads)
        lay = partial(
            lay_film, source=source, look=shot.look, canvas=canvas, files=files
        )
        return _lay_still(one, lay, shot, first, last, canvas, files)
    lead, tail = _handles(shot, first, last)
    span = _span(shot, first - lead, last + tail, canvas)
    film = play_film(source, shot, first - lead, span.frames, canvas, threads)
    picture = lay_film(film, source, shot.look, canvas, span=span, files=files)
    return _take(picture, lead, last - first, span.frames, canvas)


def _take(
    picture: Picture, lead: int, frames: int, laid: int, canvas: Canvas
) -> Picture:
    """Leave out the frames that were laid for the effects alone."""
    numbered = number_frames(picture.stream, canvas.rate)
    if laid > frames:
        numbered = take_frames(numbered, lead, lead + frames, canvas.rate)
    return replace(picture, stream=numbered)


def _span(shot: ShotSlice, first: int, last: int, canvas: Canvas) -> Span:
    time = source_time(shot, first, canvas)
    age = shot.age + first - shot.start
    is_even = shot.speed != 0 and not shot.ramp
    seed = math.floor(time / shot.speed * canvas.rate) if is_even else age
    span = Span(frames=last - first, age=age, seed=seed)
    if shot.steady is None:
        return span
    if not shot.steady.motions:
        raise ValueError(f"{shot.label}: the motions of its camera were not found")
    passed = shot.steady.passed + first - shot.start
    return replace(span, motions=shot.steady.motions, motions_first=passed)


def _handles(shot: ShotSlice, first: int, last: int) -> tuple[int, int]:
    """Return the frames before and after some of a shot that its effects look at."""
    reach = find_reach(shot.look.effects)
    lead = min(reach.before, shot.lead + first - shot.start)
    return lead, min(reach.after, shot.tail + shot.end - last)


def box_of(source: Source, look: Look, canvas: Canvas) -> Box:
    """Return where a source lies in the frame."""
    if isinstance(source, FilmSource):
        size = shown_size(source, look.crop)
    else:
        size = Fraction(canvas.width), Fraction(canvas.height)
        look = replace(look, fit="stretch")
    return fit_box(
        size, look, frame=(canvas.width, canvas.height), pixel_scale=canvas.pixel_scale
    )


def lay_film(  # all that a picture is made of
    stream: Stream,
    source: FilmSource,
    look: Look,
    canvas: Canvas,
    *,
    files: dict[str, str],
    span: Span = ONE_FRAME,
) -> Picture:
    """Scale frames of a film into the frame, in its colours, with all of its look.

    Text files that the graph reads are added to `files`.
    """
    video, crop, box = source.video, look.crop, box_of(source, rest(look), canvas)
    if gpu.decodes(canvas.gpu, video):
        if crop == Crop():
            stream = gpu.scale(stream, video, box)
        if canvas.on_gpu:
            stream = gpu.convert(stream, canvas).filter("setsar", 1)
            return finish_picture(stream, box, look, canvas, has_alpha=False)
        stream = gpu.download(stream, video)
    stream = cut_off(stream, crop)
    size = box.scaled_width, box.scaled_height
    stream = scale_film(stream, video, size, canvas, files)
    return finish_picture(
        stream.filter("setsar", 1),
        box,
        look,
        canvas,
        has_alpha=video.has_alpha,
        span=span,
        files=files,
    )


def _lay_drawing(  # all that a picture is made of
    stream: Stream,
    source: ColorMedia | BarsMedia | TitleMedia | MovingTitle | Scene | Script,
    look: Look,
    canvas: Canvas,
    *,
    span: Span = ONE_FRAME,
    files: dict[str, str] | None = None,
) -> Picture:
    box = box_of(source, rest(look), canvas)
    if (box.scaled_width, box.scaled_height) != (canvas.width, canvas.height):
        stream = stream.filter(
            "scale", box.scaled_width, box.scaled_height, flags=SCALE_FLAGS
        ).filter("setsar", 1)
    return finish_picture(
        stream,
        box,
        look,
        canvas,
        has_alpha=not isinstance(source, ColorMedia | BarsMedia),
        span=span,
        files=files,
    )
