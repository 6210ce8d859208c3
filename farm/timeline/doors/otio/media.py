"""Media references of OpenTimelineIO as media of the farm."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import opentimelineio as otio

from farm.timeline.doors.notes import label
from farm.timeline.doors.otio.own import own_media, plain
from farm.timeline.doors.otio.rows import Stills
from farm.timeline.doors.otio.time import exact_rate, exact_time
from farm.timeline.doors.url import read_url

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.timeline.doors.notes import Notes

_HEX_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
#: Kinds of generators that are plain colours, in small letters without spaces.
_COLOR_KINDS = {"solidcolor", "solid", "color", "colour", "colormatte", "colorsolid"}
_BLACK_KINDS = {"black", "blackvideo", "slug", "blank"}
BARS = {
    "smpte": "SMPTEBars",
    "smpte_hd": "SMPTEHDBars",
    "ebu": "EBUBars",
    "full": "FullBars",
}
"""Kinds of generators that are bars, by the kinds of bars."""
_BARS_KINDS = {name.lower(): kind for kind, name in BARS.items()}
_NAMED_COLORS = {"black": "#000000", "white": "#ffffff"}
_CHANNELS = 3
_MOST_DIGITS = 20
_MOST_IMAGES = 10**9


def read_media(
    clip: otio.schema.Clip, notes: Notes, place: str, *, is_sound: bool
) -> dict[str, JsonValue] | None:
    """Return the media of a clip; `None` where there is nothing to show.

    What is missing is refused, what cannot be drawn is told.
    """
    reference, name = clip.media_reference, label("clip", clip.name)
    match reference:
        case otio.schema.ExternalReference() if reference.target_url:
            path = read_url(reference.target_url)
            return {"type": "file", "path": path, **own_media(clip)}
        case otio.schema.ImageSequenceReference():
            if is_sound:
                notes.refuse(place, f"{name} is a sequence of images on an audio track")
                return None
            return {"type": "file", "path": reference.name_prefix or "images"}
        case otio.schema.GeneratorReference():
            if is_title_left_out(clip):
                notes.warn(place, f"{name} is a title, of which the file has no text")
            return _read_generator(reference, notes, place, name, is_sound=is_sound)
        case _:
            if clip.enabled and (named := _name_of(clip)):
                return {"type": "file", "path": named, **own_media(clip)}
            message = f"{name} has no media: link it to a file (ExternalReference)"
            notes.refuse(place, message)
    return None


def read_stills(clip: otio.schema.Clip, notes: Notes, place: str) -> Stills | None:
    """Return the numbered images of a clip, if its media are such."""
    reference = clip.media_reference
    if not isinstance(reference, otio.schema.ImageSequenceReference):
        return None
    rate = exact_rate(reference.rate)
    available = reference.available_range
    if rate is None or reference.frame_step < 1:
        message = "a sequence of images needs a rate and a step of 1 or more"
        notes.refuse(place, message)
        return None
    count = _MOST_IMAGES
    if available is not None:
        length = exact_time(available.duration, notes, place) or Fraction(0)
        count = max(int(length * rate) // reference.frame_step, 1)
    folder = read_url(reference.target_url_base or "")
    if folder and not folder.endswith("/"):
        folder += "/"
    return Stills(
        before=folder + reference.name_prefix,
        after=reference.name_suffix,
        first=reference.start_frame,
        step=reference.frame_step,
        digits=min(max(reference.frame_zero_padding, 0), _MOST_DIGITS),
        rate=rate / reference.frame_step,
        count=count,
    )


def _name_of(clip: otio.schema.Clip) -> str:
    """Return by what name the file of a clip can be looked for."""
    held = plain(clip.metadata)
    edl = held.get("cmx_3600") if isinstance(held, dict) else None
    source = edl.get("source_file") if isinstance(edl, dict) else None
    reference = clip.media_reference
    named = [source, getattr(reference, "name", ""), clip.name]
    return next((each for each in named if isinstance(each, str) and each), "")


def is_title_left_out(clip: otio.schema.Clip) -> bool:
    """Whether it is what Premiere writes into FCP 7 XML for a title."""
    held = plain(clip.metadata)
    own = held.get("fcp_xml") if isinstance(held, dict) else None
    alpha = own.get("alphatype") if isinstance(own, dict) else None
    kind = getattr(clip.media_reference, "generator_kind", "")
    return kind.lower() == "slug" and alpha in {"straight", "premultiplied"}


def _read_generator(
    reference: otio.schema.GeneratorReference,
    notes: Notes,
    place: str,
    name: str,
    *,
    is_sound: bool,
) -> dict[str, JsonValue] | None:
    kind = re.sub(r"[^a-z]", "", reference.generator_kind.lower())
    if kind == "title" and not is_sound:
        return {**plain(reference.parameters), "type": "title"}
    if kind in _BARS_KINDS and not is_sound:
        return {"type": "bars", "kind": _BARS_KINDS[kind]}
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
