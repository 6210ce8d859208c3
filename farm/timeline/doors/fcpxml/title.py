"""Titles of FCPXML: what they say, and in which letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from farm.timeline.doors.fcpxml.values import color_of, numbers_of
from farm.timeline.doors.xml import child, children

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.timeline.doors.notes import Notes
    from farm.timeline.doors.xml import Node

_LONGEST = 10_000


def words_of(node: Node) -> str:
    """Return what a title or caption says."""
    parts = [
        "".join(style.itertext())
        for text in children(node, "text")
        for style in children(text, "text-style")
    ]
    return "".join(parts).strip("\n")[:_LONGEST].replace("\x00", "")


def read_title(node: Node, notes: Notes) -> Mapping[str, Any] | None:
    """Return a title; `None`, told, for one that says nothing."""
    words = words_of(node)
    if not words.strip():
        notes.warn(node.place, "the title says nothing")
        return None
    given: Mapping[str, str] = {}
    for definition in children(node, "text-style-def"):
        style = child(definition, "text-style")
        if style is not None and not given:
            given = style.attrib
    size = (numbers_of(given.get("fontSize")) or [63.0])[0]
    stroke = (numbers_of(given.get("strokeWidth")) or [0.0])[0]
    media: dict[str, Any] = {
        "type": "title",
        "text": words,
        "font": (given.get("font") or "Noto Sans")[:200],
        "size": min(max(size, 1.0), 4000.0),
        "color": color_of(given.get("fontColor")) or "#ffffff",
        "weight": 700 if _is_bold(given) else 400,
        "italic": given.get("italic") == "1",
        "outline": min(abs(stroke), 100.0),
        "outline_color": color_of(given.get("strokeColor")) or "#000000",
    }
    return media


def _is_bold(style: Mapping[str, str]) -> bool:
    return style.get("bold") == "1" or "Bold" in (style.get("fontFace") or "")
