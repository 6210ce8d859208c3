"""How an element of a template looks at a moment of its life."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from farm.timeline.easing import bounce_back, ease

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from farm.timeline.element import Element, ElementAnimation

_AT_THE_END = {"fade-out", "dissolve"}
#: What `amount` is where nothing is said.
_USUAL = {
    "slide": 1.0, "scale": 0.0, "rotate": 360.0, "bounce": 0.3, "shake": 0.01,
    "pulse": 0.15, "flicker": 0.8, "parallax": 0.05,
}  # fmt: skip
_FLICKERS = 15
"""A second."""
_TIE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """An element at one moment."""

    alpha: float = 1
    """Times its opacity."""
    dx: float = 0
    """Parts of the picture's width from its place."""
    dy: float = 0
    scale: float = 1
    angle: float = 0
    """Degrees, clockwise."""
    written: float = 1
    """Part of it that is seen, from its left edge or its first letter."""
    left: float = 1
    """Part of it that has not dissolved."""
    morphed: float = 0
    morph: str | None = None
    """The shape that it becomes."""


@dataclass(frozen=True, slots=True)
class _Moment:
    animation: ElementAnimation
    part: float
    """How far it has come, eased."""
    is_on: bool
    """Whether it has begun and not ended."""
    seconds: float
    """Since the start of the element."""

    @property
    def amount(self) -> float:
        given = self.animation.amount
        return _USUAL.get(self.animation.kind, 0.0) if given is None else given


def find_state(element: Element, since: float, until: float) -> State:
    """Return how an element looks.

    Args:
        element: with its animations.
        since: seconds since its start.
        until: seconds to its end.
    """
    state = State(scale=element.scale, angle=element.rotation)
    for each in element.animations:
        start = float(each.delay)
        if each.kind in _AT_THE_END:
            start = since + until - start - float(each.duration)
        state = _MOVES[each.kind](state, _moment(each, since - start, since))
    return replace(
        state,
        alpha=round(min(1.0, max(0.0, state.alpha)) * element.opacity, 4),
        scale=round(max(0.0, state.scale), 4),
        **{
            name: round(getattr(state, name), 5)
            for name in ("dx", "dy", "angle", "written", "left", "morphed")
        },
    )


def _moment(each: ElementAnimation, passed: float, since: float) -> _Moment:
    runs = (passed + _TIE) / float(each.duration)
    is_over = bool(each.repeat) and runs >= each.repeat
    turn = max(0, each.repeat - 1 if is_over else math.floor(runs))
    part = 1.0 if is_over else min(1.0, max(0.0, runs - turn))
    backwards = {
        "normal": False,
        "reverse": True,
        "alternate": turn % 2 == 1,
        "alternate-reverse": turn % 2 == 0,
    }[each.course]
    if backwards:
        part = 1 - part
    if each.kind != "bounce":
        part = ease(each.easing, part)
    return _Moment(each, part, runs >= 0 and not is_over, since)


def _fade(state: State, factor: float) -> State:
    return replace(state, alpha=state.alpha * min(1.0, max(0.0, factor)))


def _slide(state: State, at: _Moment) -> State:
    way = at.amount * (1 - at.part)
    x, y = {"left": (-1, 0), "right": (1, 0), "top": (0, -1), "bottom": (0, 1)}[
        at.animation.side
    ]
    return replace(state, dx=state.dx + x * way, dy=state.dy + y * way)


def _scale(state: State, at: _Moment) -> State:
    return replace(state, scale=state.scale * (at.amount + (1 - at.amount) * at.part))


def _rotate(state: State, at: _Moment) -> State:
    return replace(state, angle=state.angle + at.amount * at.part)


def _bounce(state: State, at: _Moment) -> State:
    fallen = bounce_back(at.part) if at.part < 1 else 1.0
    return replace(state, dy=state.dy - at.amount * (1 - fallen))


def _shake(state: State, at: _Moment) -> State:
    if not at.is_on:
        return state
    noise = _noise(at.seconds * 30)
    return replace(
        state,
        dx=state.dx + at.amount * (noise % 1000 / 499.5 - 1),
        dy=state.dy + at.amount * (noise // 1000 % 1000 / 499.5 - 1),
    )


def _pulse(state: State, at: _Moment) -> State:
    if not at.is_on:
        return state
    there_and_back = 1 - abs(2 * min(1.0, max(0.0, at.part)) - 1)
    return replace(state, scale=state.scale * (1 + at.amount * there_and_back))


def _flicker(state: State, at: _Moment) -> State:
    if not at.is_on:
        return state
    return _fade(state, 1 - at.amount * (_noise(at.seconds * _FLICKERS) % 1000) / 999)


def _noise(moment: float) -> int:
    return zlib.crc32(b"%d" % math.floor(moment + _TIE))


def _follow(state: State, at: _Moment) -> State:
    x, y = _along(((0.0, 0.0), *at.animation.path), at.part)
    return replace(state, dx=state.dx + x, dy=state.dy + y)


def _along(points: Sequence[tuple[float, float]], part: float) -> tuple[float, float]:
    """Return the point after a part of the way through points."""
    ways = [math.dist(*pair) for pair in pairwise(points)]
    wanted = part * sum(ways)
    for (start, end), way in zip(pairwise(points), ways, strict=True):
        if wanted <= way and way > 0:
            share = wanted / way
            return (
                start[0] + (end[0] - start[0]) * share,
                start[1] + (end[1] - start[1]) * share,
            )
        wanted -= way
    return points[-1]


def _drift(state: State, at: _Moment) -> State:
    return replace(state, dx=state.dx + at.amount * (0.5 - at.part))


_MOVES: dict[str, Callable[[State, _Moment], State]] = {
    "fade-in": lambda state, at: _fade(state, at.part),
    "fade-out": lambda state, at: _fade(state, 1 - at.part),
    "slide": _slide,
    "scale": _scale,
    "rotate": _rotate,
    "bounce": _bounce,
    "shake": _shake,
    "pulse": _pulse,
    "flicker": _flicker,
    "typewriter": lambda state, at: replace(
        state, written=state.written * min(1.0, max(0.0, at.part))
    ),
    "motion-path": _follow,
    "morph": lambda state, at: replace(
        state, morphed=at.part, morph=at.animation.shape
    ),
    "parallax": _drift,
    "dissolve": lambda state, at: replace(
        state, left=state.left * (1 - min(1.0, max(0.0, at.part)))
    ),
}
