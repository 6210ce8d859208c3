"""Subtitles and titles of projects as title clips."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from farm.timeline.doors.lay import Piece
from farm.timeline.doors.studio.resources import numbers_of

if TYPE_CHECKING:
    from farm.timeline.doors.fields import Fields
    from farm.timeline.doors.lay import Level

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_SHORT = re.compile(r"#[0-9a-fA-F]{3}")
_BOLD = {"bold", "extrabold", "black", "semibold", "600", "700", "800", "900"}
_ALONG = {"top": "top", "middle": "", "center": "", "bottom": "bottom"}
_ACROSS = {"left": "left", "center": "", "right": "right"}
_FADES = {"fadein": "video_fade_in", "fadeout": "video_fade_out"}
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
    _animate(given, fields, length)
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
        "color": _color(pick("color").text("color")) or "#ffffff",
        "bold": weight.lower() in _BOLD,
        "italic": given.text("font_style", "fontStyle").lower() == "italic",
        "outline": width if outlined else 0,
        "outline_color": _color(style.text("stroke_color", "strokeColor")) or "#000000",
    }
    fields: dict[str, Any] = {
        "opacity": given.plain("opacity", default=1, low=0, high=1)
    }
    untold = [
        word
        for word, is_there in (
            ("shadow", style.raw("shadow_color", "shadowColor")),
            ("box", style.raw("background_color", "backgroundColor")),
            ("letter spacing", style.number("letter_spacing", "letterSpacing")),
        )
        if is_there
    ]
    if untold:
        given.warn(f"its {', '.join(untold)} is left out")
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


def _animate(given: Fields, fields: dict[str, Any], length: Fraction) -> None:
    animations = list(given.objects("animations"))
    for name, kind in (("animationIn", "fadein"), ("animationOut", "fadeout")):
        if given.raw(name):
            each = given.object(name)
            if re.sub("[^a-z]", "", each.text("type").lower()) == "fade":
                each = type(each)({**each.values, "type": kind}, each.place, each.notes)
            animations.append(each)
    for each in animations:
        kind = each.text("animation_type", "animationType", "type")
        field = _FADES.get(re.sub("[^a-z]", "", kind.lower()))
        if field is None:
            each.warn(f"the animation {kind[:40]!r} is left out")
            continue
        usual = numbers_of(each, "properties").get("duration", 1)
        seconds = each.number("duration", default=Fraction(usual), low=0)
        fields[field] = min(seconds or Fraction(0), length)


def _color(text: str) -> str | None:
    if _COLOR.fullmatch(text[:7]) and len(text) in {7, 9}:
        return text[:7].lower()
    if _SHORT.fullmatch(text):
        return "#" + "".join(2 * each for each in text[1:]).lower()
    return None
