"""Subtitles and titles of projects as title clips."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any, get_args

from farm.timeline.doors.sheet import Piece
from farm.timeline.doors.studio.resources import numbers_of
from farm.timeline.title import AnimationKind, Easing, Side

if TYPE_CHECKING:
    from farm.timeline.doors.fields import Fields
    from farm.timeline.doors.sheet import Level

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_SHORT = re.compile(r"#[0-9a-fA-F]{3}")
_WEIGHTS = {
    "thin": 100,
    "extralight": 200,
    "light": 300,
    "medium": 500,
    "semibold": 600,
    "bold": 700,
    "extrabold": 800,
    "black": 900,
}
_ALONG = {"top": "top", "middle": "", "center": "", "bottom": "bottom"}
_ACROSS = {"left": "left", "center": "", "right": "right"}
#: Kinds of animations without marks → those of a title.
_KINDS = {re.sub("[^a-z]", "", kind): kind for kind in get_args(AnimationKind)}
_EASINGS = {re.sub("[^a-z]", "", each): each for each in get_args(Easing)}
_SIDES = {"up": "top", "down": "bottom", **{each: each for each in get_args(Side)}}
_MOST_ANIMATIONS = 8
_LONGEST = 10_000
_USUAL_FONT = "Noto Sans"
#: Families that stand for whatever the machine has.
_ANY_FONT = {"arial", "helvetica", "sans-serif", "system-ui", "sans", ""}


def read_text(given: Fields, *, level: Level, size: tuple[int, int]) -> Piece | None:
    """Return a subtitle or a title; `None` for one that is off or says nothing."""
    if not given.flag("enabled", "isEnabled", default=True):
        return None
    text = given.text("text", "content").strip("\r\n")
    if not text.strip():
        given.warn("says nothing and is left out")
        return None
    start = given.seconds("start_time", "startTime", "start") or Fraction(0)
    length = given.number("duration")
    end = given.number("end_time", "endTime", "end")
    length = end - start if end is not None else length
    if length is None or length <= 0:
        given.refuse("needs an end after its start")
        return None
    style = given.object("style", "formatting")
    media, fields = _title(given, style, text, size)
    _animate(given, media, length)
    return Piece(
        place=given.place,
        kind="video",
        level=level,
        start=start,
        length=length,
        media=media,
        name=text[:60].splitlines()[0],
        fields=fields,
    )


def _title(
    given: Fields, style: Fields, text: str, size: tuple[int, int]
) -> tuple[dict[str, Any], dict[str, Any]]:
    def pick(*names: str) -> Fields:
        return style if style.raw(*names) is not None else given

    family = pick("font_family", "fontFamily").text("font_family", "fontFamily")
    weight = pick("font_weight", "fontWeight").text("font_weight", "fontWeight")
    outlined = given.flag("outline", default=True)
    width = style.plain("stroke_width", "strokeWidth", default=0, low=0, high=100)
    media: dict[str, Any] = {
        "type": "title",
        "text": text[:_LONGEST],
        "font": _USUAL_FONT if family.lower() in _ANY_FONT else family[:200],
        "size": pick("font_size", "fontSize").plain(
            "font_size", "fontSize", default=24, low=1, high=4000
        ),
        "color": read_color(pick("color").text("color")) or "#ffffff",
        "weight": read_weight(weight),
        "italic": given.text("font_style", "fontStyle").lower() == "italic",
        "outline": width if outlined else 0,
        "outline_color": read_color(style.text("stroke_color", "strokeColor"))
        or "#000000",
        "spacing": style.plain(
            "letter_spacing", "letterSpacing", default=0, low=-1000, high=1000
        ),
        "max_width": style.plain(
            "max_width", "maxWidth", default=100, low=0.1, high=100
        )
        / 100,
        "opacity": given.plain("opacity", default=1, low=0, high=1),
    }
    _shade(given, style, media)
    fields: dict[str, Any] = {}
    _place(given, media, fields, size)
    return media, fields


def _place(
    given: Fields, media: dict[str, Any], fields: dict[str, Any], size: tuple[int, int]
) -> None:
    position = given.object("position")
    alignment = given.text("alignment", "align")
    media["align"], media["margin"] = "bottom", 20
    if position.text("type").lower() == "absolute":
        x, y = position.number("x") or 0, position.number("y") or 0
        media["align"], media["margin"] = "top-left", 0
        width, height = size
        fields["transform"] = {
            "x": min(max(float(Fraction(1, 2) + x / width), -10), 10),
            "y": min(max(float(Fraction(1, 2) + y / height), -10), 10),
        }
        return
    words = set(re.findall(r"[a-z]+", alignment.lower()))
    along = position.text("align_y", "alignY").lower()
    across = position.text("align_x", "alignX").lower()
    along = along or next((w for w in ("top", "middle", "bottom") if w in words), "")
    across = across or next((w for w in ("left", "right") if w in words), "")
    if not along and "center" in words and not across:
        along = "middle"
    parts = [_ALONG.get(along or "bottom", "bottom"), _ACROSS.get(across, "")]
    media["align"] = "-".join(part for part in parts if part) or "center"


def read_weight(text: str) -> int:
    """Return a weight from its word or number."""
    if text.isdecimal() and 100 <= int(text[:4]) <= 900:  # noqa: PLR2004  # of letters
        return int(text[:4])
    return _WEIGHTS.get(text.lower(), 400)


def _shade(given: Fields, style: Fields, media: dict[str, Any]) -> None:
    """Add the shadow and the box behind the text."""
    shadow = read_color(style.text("shadow_color", "shadowColor"))
    if shadow and given.flag("shadow", default=True):
        media |= {"shadow_color": shadow, "shadow_opacity": 1}
        for side in ("x", "y"):
            names = (f"shadow_{side}", f"shadow{side.upper()}")
            media[names[0]] = style.plain(*names, default=2, low=-1000, high=1000)
        media["shadow_blur"] = style.plain(
            "shadow_blur", "shadowBlur", default=4, low=0, high=100
        )
    box = read_color(style.text("background_color", "backgroundColor"))
    if box:
        media["box_color"] = box
        media["box_opacity"] = style.plain(
            "background_opacity", "backgroundOpacity", default=0.8, low=0, high=1
        )
        media["box_padding"] = style.object("padding").plain(
            "top", default=8, low=0, high=1000
        )


def _animate(given: Fields, media: dict[str, Any], length: Fraction) -> None:
    animations = list(given.objects("animations"))
    for name, way in (("animationIn", "in"), ("animationOut", "out")):
        if given.raw(name):
            each = given.object(name)
            word = re.sub("[^a-z]", "", each.text("type").lower())
            word = f"{word}{way}" if f"{word}{way}" in _KINDS else word
            animations.append(
                type(each)({**each.values, "type": word}, each.place, each.notes)
            )
    found: list[dict[str, Any]] = []
    for each in animations:
        word = each.text("animation_type", "animationType", "type")
        kind = _KINDS.get(re.sub("[^a-z]", "", word.lower()))
        if kind is None or len(found) == _MOST_ANIMATIONS:
            each.warn(f"the animation {word[:40]!r} is left out")
            continue
        usual = numbers_of(each, "properties").get("duration", 1)
        seconds = each.number("duration", default=Fraction(usual), low=0)
        delay = each.number("delay", default=Fraction(0), low=0, high=3600)
        easing = re.sub("[^a-z]", "", each.text("easing").lower())
        side = each.text("direction").lower()
        if not seconds:
            continue
        found.append(
            {
                "kind": kind,
                "duration": min(seconds, length),
                "delay": delay or Fraction(0),
                "easing": _EASINGS.get(easing, "ease-in-out"),
                "side": _SIDES.get(side, "left"),
            }
        )
    if found:
        media["animations"] = found


def read_color(text: str) -> str | None:
    """Return a colour as the farm writes it; `None` for what is none."""
    if _COLOR.fullmatch(text[:7]) and len(text) in {7, 9}:
        return text[:7].lower()
    if _SHORT.fullmatch(text):
        return "#" + "".join(2 * each for each in text[1:]).lower()
    return None
