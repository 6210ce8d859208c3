"""Scenes of style templates as ASS documents: text and drawn shapes, frame by frame."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pysubs2

from farm.ffmpeg.outlines import (
    draw_path,
    find_outline,
    find_particles,
    find_tiles,
    morph,
    turn,
)
from farm.ffmpeg.text import FRAME_MS, ass_color, escape_text, font_name, new_document
from farm.ffmpeg.text_motion import split_letters
from farm.timeline.element_motion import State, find_state

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from farm.ffmpeg.outlines import Outline
    from farm.timeline.composition import Scene
    from farm.timeline.element import Element

TEMPLATE_LINES = 1080
_KEYS = {"left": 4, "center": 5, "right": 6}
_STYLE = "Default"


def build_scene(
    scene: Scene, *, width: int, height: int, shown: Sequence[int], rate: Fraction
) -> str:
    """Return the ASS document of some frames of a scene, each `FRAME_MS` long.

    Args:
        scene: what is drawn.
        width: of the timeline in pixels; likewise `height`.
        height: see `width`.
        shown: frames of the scene in their order.
        rate: frames of the timeline a second.
    """
    document = new_document(width, height)
    document.styles[_STYLE] = pysubs2.SSAStyle(
        fontname="Noto Sans", fontsize=64, outline=0, shadow=0,
        marginl=0, marginr=0, marginv=0,
    )  # fmt: skip
    if scene.background is not None:
        ground = draw_path([[(0, 0), (width, 0), (width, height), (0, height)]])
        color = ass_color(scene.background)
        text = f"{{\\an7\\pos(0,0)\\bord0\\1c{color}\\p4}}{ground}"
        document.append(_event(0, len(shown), 0, text))
    for number, element in enumerate(scene.elements):
        drawer = _Drawer(element, (width, height), height / TEMPLATE_LINES)
        life = _life(element, scene.frames, rate)
        drawn = [tuple(drawer.draw(at, *life, rate)) for at in shown]
        start = 0
        for at in range(1, len(drawn) + 1):
            if at < len(drawn) and drawn[at] == drawn[start]:
                continue
            for layer, margin, text in drawn[start]:
                event = _event(start, at, 1 + 2 * number + layer, text)
                event.marginl = event.marginr = margin
                document.append(event)
            start = at
    return document.to_string("ass")


def _life(element: Element, frames: int, rate: Fraction) -> tuple[int, int]:
    """Return the first frame in which an element is seen, and that after the last."""
    end = frames if element.end is None else round(element.end * rate)
    return round(element.start * rate), min(end, frames)


def _event(start: int, end: int, layer: int, text: str) -> pysubs2.SSAEvent:
    return pysubs2.SSAEvent(
        start=start * FRAME_MS,
        end=end * FRAME_MS,
        layer=layer,
        style=_STYLE,
        text=text,
    )


@dataclass(frozen=True, slots=True)
class _Drawer:
    element: Element
    size: tuple[int, int]
    unit: float

    def draw(
        self, frame: int, first: int, end: int, rate: Fraction
    ) -> Iterator[tuple[int, int, str]]:
        """Yield layer, margins and text of what is seen of the element in a frame."""
        if not first <= frame < end:
            return
        seconds = float((frame - first) / rate)
        state = find_state(self.element, seconds, float((end - frame) / rate))
        is_seen = state.alpha > 0 and state.scale > 0
        if not is_seen or state.left <= 0 or state.written <= 0:
            return
        wide = self.element.width * self.size[0] * state.scale
        margin = max(0, round((self.size[0] - wide) / 2))
        if self.element.shadow_opacity > 0:
            yield 0, margin, self._write(state, seconds, is_shadow=True)
        yield 1, margin, self._write(state, seconds, is_shadow=False)

    @property
    def _box(self) -> tuple[float, float, float, float]:
        each, (width, height) = self.element, self.size
        return (
            each.x * width, each.y * height, each.width * width, each.height * height
        )  # fmt: skip

    def _write(self, state: State, seconds: float, *, is_shadow: bool) -> str:
        each, unit = self.element, self.unit
        x, y, width, height = self._box
        dx, dy = state.dx * self.size[0], state.dy * self.size[1]
        color, stroke, blur = each.color, each.stroke_color, each.blur
        opacity = state.alpha
        if is_shadow:
            color = stroke = each.shadow_color
            blur, opacity = each.shadow_blur, opacity * each.shadow_opacity
            dx, dy = dx + each.shadow_x * unit, dy + each.shadow_y * unit
        is_line = each.kind == "line" or (each.kind == "shape" and each.shape == "line")
        border = 0 if is_line else each.stroke * unit * state.scale
        alpha = f"&H{round(255 * (1 - opacity)):02X}&"
        tags = f"\\1c{ass_color(color)}\\3c{ass_color(stroke)}\\bord{border:.2f}"
        tags += f"\\1a{alpha}\\3a{alpha}"
        tags += f"\\blur{blur * unit:.2f}" if blur else ""
        tags += self._clip(state, (x + dx, y + dy, width, height))
        if each.kind in {"text", "icon"}:
            return self._text(state, tags, dx, dy)
        center = (x + dx + width / 2, y + dy + height / 2)
        outlines = [
            turn(
                [(px + x + dx, py + y + dy) for px, py in outline],
                center,
                state.scale,
                state.angle,
            )
            for outline in self._outlines(state, seconds)
        ]
        left = math.floor(min(px for outline in outlines for px, _ in outline))
        top = math.floor(min(py for outline in outlines for _, py in outline))
        path = draw_path(
            [(px - left, py - top) for px, py in outline] for outline in outlines
        )
        # libass places a drawing by its own edges: this one begins at 0, 0
        return f"{{\\an7\\pos({left},{top}){tags}\\p4}}m 0 0 {path}"

    def _outlines(self, state: State, seconds: float) -> list[Outline]:
        each, (_, _, width, height) = self.element, self._box
        if each.kind == "particles":
            return find_particles(each, (width, height), self.unit, seconds)
        shape = "line" if each.kind == "line" else each.shape
        outline = find_outline(each, shape, (width, height), self.unit)
        if state.morph is not None:
            other = find_outline(each, state.morph, (width, height), self.unit)
            outline = morph(outline, other, state.morphed)
        return [outline]

    def _clip(self, state: State, box: tuple[float, float, float, float]) -> str:
        """Return the tag that hides what is not seen yet, or no more."""
        x, y, width, height = box
        if state.left < 1:
            wide = (x - width / 4, y - height / 4, width * 1.5, height * 1.5)
            return f"\\clip(4,{draw_path(find_tiles(wide, state.left))})"
        if state.written < 1 and self.element.kind not in {"text", "icon"}:
            edge = x + width * state.written
            low, high = y - height, y + 2 * height
            return f"\\clip({x - width:.2f},{low:.2f},{edge:.2f},{high:.2f})"
        return ""

    def _text(self, state: State, tags: str, dx: float, dy: float) -> str:
        each, scale = self.element, state.scale
        x, y, width, height = self._box
        middle = x + dx + width / 2, y + dy + height / 2
        along = {"left": -width / 2, "right": width / 2}.get(each.align, 0) * scale
        tags = (
            f"\\an{_KEYS[each.align]}\\pos({middle[0] + along:.2f},{middle[1]:.2f})"
            f"\\fn{font_name(each.font)}\\fs{each.size * self.unit:.2f}"
            f"\\fscx{100 * scale:.2f}\\fscy{100 * scale:.2f}"
            f"\\fsp{each.spacing * self.unit * scale:.2f}\\b{each.weight}"
            f"\\i{int(each.italic)}{tags}"
        )
        if state.angle:
            tags += f"\\org({middle[0]:.2f},{middle[1]:.2f})\\frz{-state.angle:.3f}"
        letters = split_letters(each.text)
        written = math.floor(state.written * len(letters) + 1e-9)
        text = escape_text("".join(letters[:written]))
        if written < len(letters):
            text += "{\\alpha&HFF&}" + escape_text("".join(letters[written:]))
        return f"{{{tags}}}{text}"
