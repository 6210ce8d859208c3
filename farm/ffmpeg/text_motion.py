"""How animated text looks at a frame: where it is, how large, and how much is seen."""

from __future__ import annotations

import math
import unicodedata
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from farm.timeline.easing import bounce_back, ease

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from fractions import Fraction

    from farm.timeline.title import TextAnimation, TextLook

_JOINER = "\u200d"
_TIE = 1e-9
_SHAKE_PIXELS = 5 / 64
"""Of a line's height."""
_PULSE = 0.2
_WAVE = 0.5
_WAVE_LETTERS = 8
_SCATTER = 0.25
"""Part of a dissolve in which one letter goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """Text at one moment."""

    alpha: float = 1
    """Times its opacity."""
    dx: float = 0
    """Pixels of the timeline from its place."""
    dy: float = 0
    scale: float = 1
    shown: tuple[float, ...] | None = None
    """How much is seen of each letter; ``None``: all of all."""
    stretched: tuple[float, ...] | None = None
    """How high each letter is."""


def split_letters(text: str) -> list[str]:
    """Split text where a reader would: marks stay with their letter, emoji whole."""
    letters: list[str] = []
    for char in text.replace("\r\n", "\n").replace("\r", "\n"):
        joins = (
            unicodedata.category(char) in {"Mn", "Me", "Mc", "Cf"}
            or "\U0001f3fb" <= char <= "\U0001f3ff"
            or (letters and letters[-1].endswith(_JOINER))
        )
        if joins and letters and letters[-1] != "\n":
            letters[-1] += char
        else:
            letters.append(char)
    return letters


def find_motion(
    look: TextLook,
    *,
    frame: int,
    frames: int,
    rate: Fraction,
    size: tuple[int, int],
    letters: int,
) -> Motion:
    """Return how text looks at one of its frames.

    Args:
        look: with its animations.
        frame: from 0.
        frames: that it is shown in all.
        rate: frames a second.
        size: width and height of the picture in pixels.
        letters: how many it has.
    """
    motion = Motion()
    since, until = float(frame / rate), float((frames - frame) / rate)
    for each in look.animations:
        motion = _MOVES[each.kind](
            motion, _Moment(each, since, until, size, letters, look.size, frame)
        )
    rounded = {
        name: round(getattr(motion, name), 3) for name in ("alpha", "dx", "dy", "scale")
    }
    return replace(motion, **rounded)


@dataclass(frozen=True, slots=True)
class _Moment:
    animation: TextAnimation
    since: float
    until: float
    size: tuple[int, int]
    letters: int
    line: float
    frame: int

    @property
    def entered(self) -> float:
        """How far a movement at the start has come, 0 to 1."""
        return self._part(self.since)

    @property
    def left(self) -> float:
        """How far a movement at the end is from its end, 1 to 0."""
        return self._part(self.until)

    @property
    def running(self) -> float:
        """How many times its duration has passed since it began; below 0: not yet."""
        delay, length = float(self.animation.delay), float(self.animation.duration)
        return (self.since - delay) / length

    def _part(self, seconds: float) -> float:
        delay, length = float(self.animation.delay), float(self.animation.duration)
        return min(1.0, max(0.0, (seconds - delay) / length))

    def ease(self, part: float) -> float:
        return ease(self.animation.easing, part)


def _fade(motion: Motion, eased: float) -> Motion:
    return replace(motion, alpha=motion.alpha * min(1.0, max(0.0, eased)))


def _slide(motion: Motion, moment: _Moment, eased: float) -> Motion:
    width, height = moment.size
    side = moment.animation.side
    if side == "center":
        return _fade(motion, eased)
    away = {"left": (-width, 0), "right": (width, 0)}.get(
        side, (0, -height if side == "top" else height)
    )
    return replace(
        motion,
        dx=motion.dx + away[0] * (1 - eased),
        dy=motion.dy + away[1] * (1 - eased),
    )


def _grow(motion: Motion, factor: float) -> Motion:
    return replace(motion, scale=motion.scale * max(0.0, factor))


def _show(motion: Motion, shown: Iterator[float]) -> Motion:
    before = motion.shown
    letters = tuple(shown)
    if before is not None:
        letters = tuple(a * b for a, b in zip(before, letters, strict=True))
    return replace(motion, shown=letters)


def _typewriter(motion: Motion, moment: _Moment) -> Motion:
    if moment.entered >= 1:
        return motion
    typed = math.floor(moment.entered * moment.letters + _TIE)
    return _show(motion, (float(at < typed) for at in range(moment.letters)))


def _dissolve(motion: Motion, moment: _Moment) -> Motion:
    left = moment.left
    if left >= 1:
        return motion
    count = moment.letters
    order = sorted(range(count), key=lambda at: (zlib.crc32(b"%d" % at), at))
    turn = {letter: place for place, letter in enumerate(order)}
    starts = [(1 - _SCATTER) * turn[at] / max(1, count - 1) for at in range(count)]
    return _show(
        motion, (min(1.0, max(0.0, (left - start) / _SCATTER)) for start in starts)
    )


def _wave(motion: Motion, moment: _Moment) -> Motion:
    if moment.running < 0:
        return motion
    heights = (
        1
        + _WAVE
        * max(0.0, math.sin(2 * math.pi * (moment.running - at / _WAVE_LETTERS)))
        for at in range(moment.letters)
    )
    return replace(motion, stretched=tuple(round(each, 3) for each in heights))


def _bounce(motion: Motion, moment: _Moment) -> Motion:
    fallen = bounce_back(moment.entered) if moment.entered < 1 else 1.0
    return replace(motion, dy=motion.dy - 2 * moment.line * (1 - fallen))


def _shake(motion: Motion, moment: _Moment) -> Motion:
    if not 0 <= moment.running < 1:
        return motion
    noise = zlib.crc32(b"%d" % moment.frame)
    reach = _SHAKE_PIXELS * moment.line
    return replace(
        motion,
        dx=motion.dx + reach * (noise % 1000 / 499.5 - 1),
        dy=motion.dy + reach * (noise // 1000 % 1000 / 499.5 - 1),
    )


def _blink(motion: Motion, moment: _Moment) -> Motion:
    is_off = moment.running >= 0 and (moment.running + _TIE) % 1 >= 0.5  # noqa: PLR2004  # half of it
    return replace(motion, alpha=0.0) if is_off else motion


def _pulse(motion: Motion, moment: _Moment) -> Motion:
    if not 0 <= moment.running < 1:
        return motion
    there_and_back = 1 - abs(2 * moment.running - 1)
    return _grow(motion, 1 + _PULSE * moment.ease(there_and_back))


_MOVES: dict[str, Callable[[Motion, _Moment], Motion]] = {
    "fade-in": lambda motion, at: _fade(motion, at.ease(at.entered)),
    "fade-out": lambda motion, at: _fade(motion, at.ease(at.left)),
    "slide-in": lambda motion, at: _slide(motion, at, at.ease(at.entered)),
    "slide-out": lambda motion, at: _slide(motion, at, at.ease(at.left)),
    "scale-in": lambda motion, at: _grow(motion, at.ease(at.entered)),
    "scale-out": lambda motion, at: _grow(motion, at.ease(at.left)),
    "typewriter": _typewriter,
    "wave": _wave,
    "bounce": _bounce,
    "shake": _shake,
    "blink": _blink,
    "dissolve": _dissolve,
    "scale": _pulse,
}


def runs(motions: Sequence[Motion]) -> Iterator[tuple[int, int, Motion]]:
    """Yield start, end and motion of frames in a row that look the same."""
    start = 0
    for at in range(1, len(motions) + 1):
        if at == len(motions) or motions[at] != motions[start]:
            yield start, at, motions[start]
            start = at
