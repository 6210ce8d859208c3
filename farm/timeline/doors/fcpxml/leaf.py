"""Clips of FCPXML that hold no others: files, generators, titles and captions."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from farm.timeline.doors.fcpxml.title import read_title, words_of
from farm.timeline.doors.fcpxml.values import color_of
from farm.timeline.doors.remap import remap, span_of
from farm.timeline.doors.sheet import Piece, Sheet
from farm.timeline.doors.xml import children
from farm.timeline.subtitles import Subtitles
from farm.timeline.time import show_time, show_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.timeline.doors.fcpxml.resources import Asset, Resources
    from farm.timeline.doors.notes import Notes
    from farm.timeline.doors.remap import Points
    from farm.timeline.doors.xml import Node

#: Programs round to frames of their own: so much earlier than its file a clip may be.
_EARLY = Fraction(1, 10)
#: What is read of a file on both sides of what is seen, since speeds are rounded.
_MORE = Fraction(1)


def label_of(node: Node) -> str:
    """Return what to call a clip in a message."""
    name = node.get("name")
    return f"{node.tag} {show_value(name)}" if name else f"the {node.tag}"


def read_file(
    node: Node,
    asset: Asset,
    points: Points,
    start: Fraction,
    length: Fraction,
    notes: Notes,
) -> Sheet:
    """Return what a clip shows of a file, by its map of time."""
    is_sound = node.tag == "audio" or (asset.has_audio and not asset.has_video)
    is_muted = not (is_sound or asset.has_audio) or node.tag == "video"
    if node.get("srcEnable") == "audio":
        is_sound = True
    elif node.get("srcEnable") == "video":
        is_muted = True
    piece = Piece(
        place=node.place,
        kind="audio" if is_sound else "video",
        level=(),
        start=Fraction(0),
        length=length,
        media={"type": "file", "path": asset.path},
        name=node.get("name") or "",
        fields={} if is_sound else {"muted": is_muted},
    )
    if asset.duration == 0:  # a still
        return Sheet(pieces=[piece])
    low, high = span_of(points, start, length)
    if low - asset.start < -_EARLY:
        early = show_time(asset.start - low)
        notes.warn(node.place, f"{label_of(node)} starts {early} before its file")
    first = low - _MORE
    whole = replace(
        piece, start=first, length=high - low + 2 * _MORE, source=first - asset.start
    )
    return remap(
        Sheet(pieces=[whole]), points, start, length, notes=notes, place=node.place
    )


def read_generator(
    node: Node, length: Fraction, resources: Resources, notes: Notes
) -> Sheet:
    """Return a plain colour; anything else, told, leaves its place free."""
    name = resources.effect_name(node.get("ref"))
    color = {"black": "#000000", "white": "#ffffff"}.get(name.lower())
    for each in children(node, "param"):
        if (each.get("name") or "").lower() == "color":
            color = color_of(each.get("value")) or color
    if color is None:
        message = (
            f"the generator {show_value(name)} is not known and leaves its place free"
        )
        notes.warn(node.place, message)
        return Sheet(pieces=[_drawn(node, length, _BLACK, {"opacity": 0.0})])
    return Sheet(pieces=[_drawn(node, length, {"type": "color", "color": color}, {})])


def read_title_clip(node: Node, length: Fraction, notes: Notes) -> Sheet:
    """Return a title; what says nothing, told, leaves its place free."""
    media = read_title(node, notes)
    fields = {"opacity": 0.0} if media is None else {}
    return Sheet(pieces=[_drawn(node, length, media or _BLACK, fields)])


def read_caption(node: Node, length: Fraction) -> Sheet:
    """Return a caption, which becomes a cue of the subtitles in its language."""
    words = words_of(node)
    if not words.strip() or length <= 0:
        return Sheet()
    fields = {"language": _language(node.get("role") or "")}
    piece = _drawn(node, length, {"type": "title", "text": words}, fields)
    return Sheet(pieces=[replace(piece, kind="caption")])


_BLACK = {"type": "color", "color": "#000000"}


def _drawn(
    node: Node,
    length: Fraction,
    media: Mapping[str, Any],
    fields: dict[str, Any],
) -> Piece:
    return Piece(
        place=node.place,
        kind="video",
        level=(),
        start=Fraction(0),
        length=length,
        media=media,
        name=node.get("name") or "",
        fields=fields,
    )


def _language(role: str) -> str:
    """Return the language of a role such as ``SRT?captionFormat=SRT.en``."""
    name = role.rpartition(".")[2][:20] if "captionFormat=" in role else ""
    try:
        return Subtitles(path="file", language=name).language
    except ValidationError:
        return "und"
