"""From a slice of a timeline to the graph that composes its frames."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import ffmpeg

from farm.ffmpeg.blend import blend_hidden, blend_translucent
from farm.ffmpeg.canvas import COLOR_TAGS
from farm.ffmpeg.drawing import plain_canvas
from farm.ffmpeg.film import build_shot
from farm.ffmpeg.graph import join_pictures, number_frames, split_stream, take_frames
from farm.ffmpeg.on_gpu import stays_on_gpu
from farm.ffmpeg.visible import BARE, find_base, find_elements, find_overlays

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from farm.ffmpeg.canvas import Canvas, Picture
    from farm.ffmpeg.graph import Stream
    from farm.ffmpeg.visible import Element
    from farm.presets.preset import Range
    from farm.timeline.slice import PictureSlice


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A composed stream, and the text files that it reads."""

    stream: Stream
    files: dict[str, str]


def build_picture(picture: PictureSlice, canvas: Canvas, *, threads: int) -> Graph:
    """Build the graph of a slice; its stream has exactly the slice's frames."""
    return _Composer(picture, canvas, threads).compose()


def tag_colors(stream: Stream, dynamic: Range = "sdr") -> Stream:
    """Say of composed frames which colours they are in."""
    return stream.filter("setparams", range="tv", **COLOR_TAGS[dynamic])


@dataclass(slots=True, kw_only=True)
class _Run:
    """Frames of one shot without a hole: its source is opened once for all of them."""

    start: int
    end: int
    uses: int = 1
    picture: Picture | None = None
    copies: Sequence[Stream] = ()


class _Composer:
    def __init__(self, picture: PictureSlice, canvas: Canvas, threads: int) -> None:
        self.slice = picture
        self.canvas = canvas
        self.threads = threads
        self.files: dict[str, str] = {}

    def compose(self) -> Graph:
        elements = find_elements(self.slice, self.canvas)
        base = find_base(elements, self.slice.frames)
        overlays = find_overlays(elements, base)
        is_alone = not overlays
        if stays_on_gpu(self.slice, base, self.canvas, is_alone=is_alone):
            self.canvas = replace(self.canvas, on_gpu=True)
        stream = join_pictures(list(self._base_streams(base)), self.canvas.rate)
        for element in overlays:
            stream = self._lay_over(stream, element)
        rate = self.canvas.rate
        stream = stream.filter(
            "fps", fps=f"{rate.numerator}/{rate.denominator}"
        ).filter("trim", end_frame=self.slice.frames)
        if not self.canvas.on_gpu:
            stream = stream.filter("format", self._composed_format)
        return Graph(stream=tag_colors(stream, self.canvas.range), files=self.files)

    @property
    def _composed_format(self) -> str:
        """The pixel format that the encoder gets; NVENC takes no other of ten bits."""
        gpu, pix_fmt = self.canvas.gpu, self.canvas.pix_fmt
        on_gpu = gpu is not None and gpu.encode and pix_fmt == "yuv420p10le"
        return "p010le" if on_gpu else pix_fmt

    def _base_streams(self, base: Sequence[Element]) -> Iterator[Stream]:
        """Yield the parts of the base.

        They are played one after the other, so that parts that follow each other can
        share a source; anywhere else its frames would pile up until they are wanted.
        """
        runs = _find_runs(base)
        for part, of_shots in zip(base, runs, strict=True):
            if part.layer == BARE:
                frames = part.end - part.start
                yield plain_canvas(
                    self.slice.background, frames, self.canvas, self.files
                )
                continue
            pictures = [
                self._take(part, shot, run)
                for shot, run in zip(part.shots, of_shots, strict=True)
            ]
            if part.change is None:
                yield pictures[0].stream
            else:
                yield blend_hidden(pictures, part.change, part.start, self.canvas)

    def _take(self, part: Element, shot: int | None, run: _Run) -> Picture:
        """Return some frames out of a run."""
        if run.picture is None:
            run.picture = self._open(part.layer, shot, run.start, run.end)
            run.copies = split_stream(run.picture.stream, run.uses)
        stream, *run.copies = run.copies
        if (part.start, part.end) != (run.start, run.end):
            stream = take_frames(
                stream, part.start - run.start, part.end - run.start, self.canvas.rate
            )
        return replace(run.picture, stream=stream)

    def _open(self, layer: int, shot: int | None, start: int, end: int) -> Picture:
        assert shot is not None  # noqa: S101  # nothing covers no frame
        return build_shot(
            self.slice.layers[layer].shots[shot],
            start,
            end,
            canvas=self.canvas,
            files=self.files,
            threads=self.threads,
        )

    def _lay_over(self, below: Stream, element: Element) -> Stream:
        pictures = [
            None
            if shot is None
            else self._open(element.layer, shot, element.start, element.end)
            for shot in element.shots
        ]
        if element.change is None:
            assert pictures[0] is not None  # noqa: S101  # a shot is never missing
            picture = pictures[0]
        else:
            picture = blend_translucent(
                pictures, element.change, element.start, element.end, self.canvas
            )
        if picture.x >= self.canvas.width:  # wholly outside the frame
            return below
        placed = number_frames(picture.stream, self.canvas.rate, first=element.start)
        return ffmpeg.filter(
            [below, placed],
            "overlay",
            x=picture.x,
            y=picture.y,
            eof_action="pass",
            repeatlast=0,
            format=self.canvas.overlay_format,
        )


def _find_runs(base: Sequence[Element]) -> list[list[_Run]]:
    """Return the run of each shot of each part of the base."""
    found: list[list[_Run]] = []
    last: dict[tuple[int, int | None], _Run] = {}
    for part in base:
        of_part = []
        for shot in part.shots:
            run = last.get((part.layer, shot))
            if run is not None and run.end == part.start:
                run.end, run.uses = part.end, run.uses + 1
            else:
                run = last[part.layer, shot] = _Run(start=part.start, end=part.end)
            of_part.append(run)
        found.append(of_part)
    return found
