"""Effects of the catalogue on a stream of frames.

What changes from frame to frame is sent to the running filters: each filter that
changes has a `sendcmd` before it, with the options that differ from the frame before.
The values are reckoned here, from the frame's number in its clip, so that a piece
sends what the whole clip would.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import ffmpeg

from farm.effects.catalog import EFFECTS, all_parameters, is_neutral
from farm.effects.model import Scene
from farm.ffmpeg.canvas import SCALE_FLAGS
from farm.ffmpeg.graph import join_pictures, number_frames, split_stream, take_frames
from farm.ffmpeg.steps import Runner, find_commands, has_still
from farm.timeline.keyframe import value_at
from farm.timeline.steady import STABILISE
from farm.timeline.time import to_frames

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from farm.effects.model import Effect, Steps, Value
    from farm.ffmpeg.canvas import Canvas
    from farm.ffmpeg.graph import Stream
    from farm.timeline.clip import EffectUse
    from farm.timeline.composition import Look
    from farm.timeline.steady import Motion

#: Options of mergeplanes: colours of the first frame, transparency of the second.
_ALPHA_OF_SECOND = {
    "map0s": 0, "map0p": 0,
    "map1s": 0, "map1p": 1,
    "map2s": 0, "map2p": 2,
    "map3s": 1, "map3p": 3,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which frames of a clip are laid."""

    frames: int
    age: int = 0
    """Number of the first in its clip; below 0 in the transition into it."""
    seed: int = 0
    """Number of the first in its source, for what is random."""
    motions: tuple[Motion, ...] = ()
    """Of the camera, for each frame of the clip that is steadied."""
    motions_first: int = 0
    """Which of them is that of the first frame."""


ONE_FRAME = Span(frames=1)


def moves(look: Look) -> bool:
    """Whether a look changes with time."""
    return look.animation is not None or any(
        _is_timed(use) or EFFECTS[use.name].moves
        for use in look.effects
        if not is_neutral(use)
    )


def _is_timed(use: EffectUse) -> bool:
    return bool(use.keyframes) or use.start is not None or use.end is not None


def makes_holes(look: Look) -> bool:
    """Whether an effect makes parts of the picture transparent."""
    return any(
        EFFECTS[use.name].makes_holes for use in look.effects if not is_neutral(use)
    )


@dataclass(slots=True, kw_only=True)
class Effects:
    """Applies the effects of one picture."""

    canvas: Canvas
    files: dict[str, str]
    """Gets the text files that the graph reads."""
    span: Span
    width: int
    height: int
    has_alpha: bool
    whole: tuple[int, int] = (0, 0)
    """Width and height of all of the film, of which the picture may be the middle."""

    def apply(self, stream: Stream, uses: Sequence[EffectUse]) -> Stream:
        """Return the frames with all effects applied, one after the other.

        The camera is steadied before all else: its motions are those of the film.
        """
        used = [use for use in uses if not is_neutral(use)]
        used.sort(key=lambda use: use.name != STABILISE)
        if any(self._needs_numbers(use) for use in used):
            stream = number_frames(stream, self.canvas.rate)
        for use in used:
            stream = self._apply_for_a_while(stream, use)
        return stream

    def _needs_numbers(self, use: EffectUse) -> bool:
        is_moving = _is_timed(use) or EFFECTS[use.name].moves
        return is_moving or has_still(self._built(use)[0])

    def _apply_for_a_while(self, stream: Stream, use: EffectUse) -> Stream:
        first, last = self._shown(use)
        if first >= last:
            return stream
        if (first, last) == (0, self.span.frames):
            return self._apply_one(stream, use)
        edges = [(0, first), (first, last), (last, self.span.frames)]
        parts = [part for part in edges if part[0] < part[1]]
        copies = split_stream(stream, len(parts))
        whole = copies[parts.index((first, last))]
        if EFFECTS[use.name].makes_holes and not self.has_alpha:
            copies = [
                copy.filter("format", self.canvas.alpha_pix_fmt) for copy in copies
            ]
        shown = self._apply_one(whole, use)
        streams = [
            take_frames(
                shown if part == (first, last) else copy, *part, self.canvas.rate
            )
            for part, copy in zip(parts, copies, strict=True)
        ]
        return join_pictures(streams, self.canvas.rate)

    def _shown(self, use: EffectUse) -> tuple[int, int]:
        """Return the frames of the span, half-open, in which an effect is on."""
        first, last, rate = 0, self.span.frames, self.canvas.rate
        if use.start is not None:
            first = max(first, to_frames(use.start, rate) - self.span.age)
        if use.end is not None:
            last = min(last, to_frames(use.end, rate) - self.span.age)
        return first, last

    def _apply_one(self, stream: Stream, use: EffectUse) -> Stream:
        effect = EFFECTS[use.name]
        if effect.makes_holes:
            stream = stream.filter("format", self.canvas.alpha_pix_fmt)
            self.has_alpha = True
        if not self.has_alpha or effect.shapes:
            return self._in_space(stream, use, with_alpha=self.has_alpha)
        colors, alpha = split_stream(stream, 2)
        changed = self._in_space(
            colors.filter("format", self.canvas.pix_fmt), use, with_alpha=False
        )
        pix_fmt = self.canvas.alpha_pix_fmt
        sides = [side.filter("format", pix_fmt) for side in (changed, alpha)]
        return ffmpeg.filter(sides, "mergeplanes", format=pix_fmt, **_ALPHA_OF_SECOND)

    def _in_space(self, stream: Stream, use: EffectUse, *, with_alpha: bool) -> Stream:
        """Run the steps of an effect in the colours that they want."""
        own = self.canvas.alpha_pix_fmt if with_alpha else self.canvas.pix_fmt
        work = self._work_format(EFFECTS[use.name], with_alpha=with_alpha)
        builds = self._built(use, pix_fmt=work)
        tag = f"e{len(self.files)}_"
        runner = Runner(
            commands=find_commands(builds, self.canvas.rate, tag),
            tag=tag,
            files=self.files,
            rate=self.canvas.rate,
            pix_fmt=work,
        )
        if work == own:
            return runner.run(stream, builds[0])
        stream = stream.filter(
            "scale",
            flags=SCALE_FLAGS,
            in_color_matrix=self.canvas.matrix,
            in_range="tv",
        ).filter("format", work)
        stream = runner.run(stream, builds[0])
        return stream.filter(
            "scale",
            flags=SCALE_FLAGS,
            out_color_matrix=self.canvas.matrix,
            out_range="tv",
        ).filter("format", own)

    def _work_format(self, effect: Effect, *, with_alpha: bool) -> str:
        match effect.space:
            case "yuv":
                canvas = self.canvas
                return canvas.alpha_pix_fmt if with_alpha else canvas.pix_fmt
            case "rgb":
                found = self.canvas.blend_alpha_pix_fmt
            case "rgb16":
                found = "gbrap16le"
        return found if with_alpha else found.replace("gbrap", "gbrp")

    def _built(self, use: EffectUse, *, pix_fmt: str = "") -> list[Steps]:
        """Return the steps of an effect: one for all frames, or one for each."""
        effect = EFFECTS[use.name]
        scene = Scene(
            width=self.width,
            height=self.height,
            pixel_scale=float(self.canvas.pixel_scale),
            pix_fmt=pix_fmt,
            frame=self.span.seed,
            whole=self.whole,
            motions=self.span.motions,
            motions_at=(
                self.span.motions_first,
                self.span.motions_first + self.span.frames,
            ),
        )
        if not effect.moves and not use.keyframes:
            return [effect.build(all_parameters(use), scene)]
        if not pix_fmt:  # only its form is asked for
            return [effect.build(all_parameters(use), scene)]
        return [
            effect.build(
                self._values(use, number),
                replace(scene, frame=self.span.seed + number),
            )
            for number in range(self.span.frames)
        ]

    def _values(self, use: EffectUse, number: int) -> Mapping[str, Value]:
        time = (self.span.age + number) / self.canvas.rate
        now = {name: value_at(keys, time) for name, keys in use.keyframes.items()}
        return {**all_parameters(use), **now}
