"""Media references of OpenTimelineIO as media of the farm."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote

import opentimelineio as otio

from farm.timeline.doors.otio.notes import label

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.timeline.doors.otio.notes import Notes

_DRIVE = re.compile(r"/[A-Za-z]:[/\\]")
_HEX_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
#: Kinds of generators that are plain colours, in small letters without spaces.
_COLOR_KINDS = {"solidcolor", "solid", "color", "colour", "colormatte", "colorsolid"}
_BLACK_KINDS = {"black", "blackvideo", "slug", "blank"}
_NAMED_COLORS = {"black": "#000000", "white": "#ffffff"}
_CHANNELS = 3


def read_media(
    clip: otio.schema.Clip, notes: Notes, place: str, *, is_sound: bool
) -> dict[str, JsonValue] | None:
    """Return the media of a clip; `None` where there is nothing to show.

    What is missing is refused, what cannot be drawn is told.
    """
    reference, name = clip.media_reference, label("clip", clip.name)
    match reference:
        case otio.schema.ExternalReference() if reference.target_url:
            return {"type": "file", "path": read_url(reference.target_url)}
        case otio.schema.ImageSequenceReference():
            notes.refuse(
                place,
                f"{name} is a sequence of images ({reference.name_prefix}*"
                f"{reference.name_suffix}), which cannot be read: make a film of it",
            )
        case otio.schema.GeneratorReference():
            return _read_generator(reference, notes, place, name, is_sound=is_sound)
        case _:
            message = f"{name} has no media: link it to a file (ExternalReference)"
            notes.refuse(place, message)
    return None


def read_url(url: str) -> str:
    """Return the path that a URL means; anything but ``file:`` stays as it is."""
    if not url.lower().startswith("file:"):
        return url
    rest = url[len("file:") :]
    if rest.startswith("//"):
        host, _, path = rest[2:].partition("/")
        rest = f"/{path}" if host.lower() in {"", "localhost"} else f"//{host}/{path}"
    path = unquote(rest)
    return path[1:] if _DRIVE.match(path) else path


def _read_generator(
    reference: otio.schema.GeneratorReference,
    notes: Notes,
    place: str,
    name: str,
    *,
    is_sound: bool,
) -> dict[str, JsonValue] | None:
    kind = re.sub(r"[^a-z]", "", reference.generator_kind.lower())
    if is_sound or kind not in _COLOR_KINDS | _BLACK_KINDS:
        what = label("generator", reference.generator_kind)
        nothing = "silence" if is_sound else "nothing"
        notes.warn(place, f"{name}: {what} is not known; {nothing} is put in its place")
        return None
    color = "#000000"
    if kind in _COLOR_KINDS:
        found = _read_color(reference.parameters)
        if found is None:
            notes.warn(place, f"{name} says no colour as #rrggbb; black is taken")
        color = found or color
    return {"type": "color", "color": color}


def _read_color(parameters: Mapping[str, object]) -> str | None:
    for key in ("color", "colour", "fill_color", "background_color"):
        value = parameters[key] if key in parameters else None  # noqa: SIM401  # no dict
        if isinstance(value, str):
            if _HEX_COLOR.fullmatch(value):
                return value.lower()
            return _NAMED_COLORS.get(value.lower())
        if isinstance(value, Sequence) and len(value) >= _CHANNELS:
            return _from_channels(value)
    return None


def _from_channels(value: Sequence[object]) -> str | None:
    """Read red, green and blue from 0 to 1."""
    channels = [
        each
        for each in value[:_CHANNELS]
        if isinstance(each, int | float) and 0 <= each <= 1
    ]
    if len(channels) < _CHANNELS:
        return None
    return "#" + "".join(f"{round(255 * each):02x}" for each in channels)
