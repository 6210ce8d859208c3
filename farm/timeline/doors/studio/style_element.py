"""Elements of style templates of projects, as elements of the farm's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args

from farm.timeline.doors.studio.text import read_color, read_weight
from farm.timeline.element import (
    PICTURES,
    ElementAnimationKind,
    ElementEasing,
    ElementKind,
    Shape,
)
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.timeline.doors.fields import Fields

_PERCENT = 100
_MOST_ANIMATIONS = 8


def _plain(word: str) -> str:
    return re.sub("[^a-z]", "", word.lower())


_KINDS: Mapping[str, str] = {_plain(kind): kind for kind in get_args(ElementKind)} | {
    "particle": "particles"
}
_SHAPES: Mapping[str, str] = {_plain(each): each for each in get_args(Shape)}
_MOVES: Mapping[str, str] = {
    _plain(each): each for each in get_args(ElementAnimationKind)
} | {"slidein": "slide", "scalein": "scale", "zoomin": "scale", "rotatein": "rotate"}
_EASINGS: Mapping[str, str] = {_plain(each): each for each in get_args(ElementEasing)}
_COURSES: Mapping[str, str] = {
    "normal": "normal",
    "reverse": "reverse",
    "alternate": "alternate",
    "alternatereverse": "alternate-reverse",
}
_SIDES: Mapping[str, str] = {
    "left": "left", "right": "right", "top": "top", "bottom": "bottom",
    "up": "bottom", "down": "top",
}  # fmt: skip
_FITS: Mapping[str, str] = {
    "cover": "fill", "contain": "fit", "fill": "stretch", "none": "none",
    "scaledown": "fit",
}  # fmt: skip
_ALIGNS = ("left", "center", "right")


def read_element(given: Fields) -> dict[str, Any] | None:
    """Return an element of a template; `None` for one that is not known."""
    word = given.text("element_type", "elementType", "type")
    kind = _KINDS.get(_plain(word))
    if kind is None:
        given.warn(f"an element of the type {show_value(word)} is left out")
        return None
    style, own = given.object("properties"), given.object("style")
    found: dict[str, Any] = {
        "kind": kind,
        "name": (given.text("id") or given.text("name"))[:200],
        **_box(given),
        **_times(given),
        "opacity": style.plain("opacity", default=1, low=0, high=1),
        "rotation": style.plain("rotation", default=0, low=-3600, high=3600),
        "scale": style.plain("scale", default=1, low=0.001, high=50),
        "blur": style.plain("blur", default=0, low=0, high=100),
    }
    content = style.text("text") or given.text("content")
    if kind in PICTURES:
        path = style.text("image_path", "imagePath", "src") or given.text("content")
        if not path:
            given.warn("names no file and is left out")
            return None
        found["path"] = path
        fit = style.text("object_fit", "objectFit", default="contain")
        found["fit"] = _FITS.get(_plain(fit), "fit")
    elif kind in {"text", "icon"}:
        found |= _text(style, own, content)
        if not content:
            given.warn("says nothing")
    else:
        found |= _drawn(style, own, kind)
    _shade(style, found)
    found["animations"] = _animations(given, kind)
    return found


def _box(given: Fields) -> dict[str, float]:
    """Return the box of an element, of which templates say corner or middle.

    One that would leave the picture from its corner on, but not from its middle, is
    placed by its middle.
    """
    place, size = given.object("position"), given.object("size")
    sides = []
    for side, name in (("x", "width"), ("y", "height")):
        start = place.plain(side, default=0, low=-900, high=900) / _PERCENT
        length = size.plain(name, default=_PERCENT, low=0, high=900) / _PERCENT
        sides.append((start, length or 1.0))
    is_outside = any(start + length > 1 for start, length in sides)
    if is_outside and all(
        start - length / 2 >= 0 and start + length / 2 <= 1 for start, length in sides
    ):
        sides = [(start - length / 2, length) for start, length in sides]
    (x, width), (y, height) = sides
    return {"x": x, "y": y, "width": width, "height": height}


def _times(given: Fields) -> dict[str, Any]:
    timing = given.object("timing")
    start = timing.seconds("in_time", "inTime", "start") or 0
    end = timing.number("out_time", "outTime", "end", low=0)
    length = timing.number("duration", low=0)
    if not end and length:
        end = start + length
    if end is not None and end <= start:
        if end > 0:
            timing.warn("ends before it starts: it stays to the end")
        end = None
    return {"start": start} | ({"end": end} if end is not None else {})


def _text(style: Fields, own: Fields, text: str) -> dict[str, Any]:
    def pick(*names: str) -> Fields:
        return style if style.raw(*names) is not None else own

    family = pick("font_family", "fontFamily").text("font_family", "fontFamily")
    align = style.text("text_align", "textAlign", default="center").lower()
    color = read_color(
        style.text("text_color", "textColor", "color") or own.text("color")
    )
    any_font = {"arial", "helvetica", "sans-serif", "inter", "system-ui", ""}
    return {
        "text": text,
        "font": "Noto Sans" if family.lower() in any_font else family[:200],
        "size": pick("font_size", "fontSize").plain(
            "font_size", "fontSize", default=64, low=1, high=4000
        ),
        "weight": read_weight(style.text("font_weight", "fontWeight")),
        "italic": style.text("font_style", "fontStyle").lower()
        in {"italic", "oblique"},
        "align": align if align in _ALIGNS else "center",
        "color": color or "#ffffff",
        "stroke": style.plain("stroke_width", "strokeWidth", default=0, low=0, high=99),
        "stroke_color": read_color(style.text("stroke_color", "strokeColor"))
        or "#000000",
    }


def _drawn(style: Fields, own: Fields, kind: str) -> dict[str, Any]:
    shape = style.text("shape_type", "shapeType", default="rectangle")
    color = read_color(
        style.text("fill_color", "fillColor", "backgroundColor", "color")
        or own.text("background_color", "backgroundColor", "color")
    )
    stroke = read_color(style.text("stroke_color", "strokeColor"))
    if kind == "line":
        color = color or stroke
    return {
        "shape": _SHAPES.get(_plain(shape), "rectangle"),
        "color": color or "#ffffff",
        "radius": style.plain(
            "border_radius", "borderRadius", default=0, low=0, high=999
        ),
        "stroke": style.plain("stroke_width", "strokeWidth", default=0, low=0, high=99),
        "stroke_color": stroke or "#000000",
    }  # fmt: skip


def _shade(style: Fields, found: dict[str, Any]) -> None:
    if not isinstance(style.raw("shadow"), dict):
        return
    shadow = style.object("shadow")
    found |= {
        "shadow_x": shadow.plain("offset_x", "offsetX", default=0, low=-999, high=999),
        "shadow_y": shadow.plain("offset_y", "offsetY", default=0, low=-999, high=999),
        "shadow_blur": shadow.plain("blur", default=0, low=0, high=100),
        "shadow_color": read_color(shadow.text("color")) or "#000000",
        "shadow_opacity": 1,
    }
    if shadow.raw("spread"):
        shadow.warn("is left out", "spread")


def _animations(given: Fields, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for each in given.objects("animations"):
        word = each.text("animation_type", "animationType", "type")
        move = _MOVES.get(_plain(word))
        properties = each.object("properties")
        path = _path(properties) if move == "motion-path" else []
        shape = _SHAPES.get(_plain(properties.text("shape", "to")))
        is_lost = (move == "motion-path" and not path) or (
            move == "morph" and (shape is None or kind != "shape")
        )
        if move is None or is_lost or len(found) == _MOST_ANIMATIONS:
            each.warn(f"the animation {show_value(word)} is left out")
            continue
        length = each.number("duration", low=0, high=3600)
        if length == 0:
            continue
        word = each.text("direction")
        found.append(
            {
                "kind": move,
                "duration": 1 if length is None else length,
                "delay": each.seconds("delay") or 0,
                "easing": _EASINGS.get(_plain(each.text("easing")), "ease-out"),
                "repeat": int(
                    1
                    if each.raw("repeat") is None
                    else each.number("repeat", low=0, high=10_000) or 0
                ),
                "course": _COURSES.get(_plain(word), "normal"),
                "side": _SIDES.get(_plain(word), "left"),
                **({"path": path} if path else {}),
                **({"shape": shape} if move == "morph" else {}),
            }
        )
    return found


def _path(properties: Fields) -> list[list[float]]:
    """Return the points of a motion path, from percent of the picture."""
    points = []
    for point in properties.objects("path", "points"):
        x = point.plain("x", default=0, low=-900, high=900)
        y = point.plain("y", default=0, low=-900, high=900)
        points.append([x / _PERCENT, y / _PERCENT])
    return points
