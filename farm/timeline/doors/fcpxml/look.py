"""What FCPXML says of a clip beside its time: place, opacity, volume, effects, text."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from farm.timeline.doors.fcpxml.values import color_of, numbers_of, time_of
from farm.timeline.doors.xml import child, children
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.timeline.doors.catalogue import Catalogue
    from farm.timeline.doors.fcpxml.resources import Resources
    from farm.timeline.doors.notes import Notes
    from farm.timeline.doors.xml import Node

_SOUND = frozenset({"volume", "pan", "muted", "fade_in", "fade_out", "keep_pitch"})
_HEIGHT = 100
"""Places count in parts of the picture's height: 100 is all of it."""
_LOUDEST = 16.0
_FITS = {"fit": "fit", "fill": "fill", "none": "none"}
_SLOWEST, _FASTEST = Fraction(1, 1000), 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Fields of a clip."""

    fields: dict[str, Any] = field(default_factory=dict)
    sound: frozenset[str] = _SOUND


def read_look(
    node: Node, resources: Resources, notes: Notes, catalogue: Catalogue
) -> Look:
    """Return what is said of a clip; tell what is not shown."""
    fields: dict[str, Any] = {}
    conform = child(node, "adjust-conform")
    if conform is not None:
        fields["fit"] = _FITS.get(conform.get("type") or "fit", "fit")
    transform = child(node, "adjust-transform")
    if transform is not None and transform.get("enabled") != "0":
        fields |= _transform(transform, notes)
    blend = child(node, "adjust-blend")
    if blend is not None:
        amount = numbers_of(blend.get("amount")) or [1.0]
        fields["opacity"] = min(max(amount[0], 0.0), 1.0)
        if blend.get("mode") not in {None, "", "normal", "0"}:
            notes.warn(blend.place, "its blend mode is left out")
    volume = child(node, "adjust-volume")
    if volume is not None:
        fields |= _volume(volume, notes)
    crop = child(node, "adjust-crop")
    if crop is not None and crop.get("enabled") != "0":
        notes.warn(crop.place, "its crop counts in parts of the film and is left out")
    if effects := _effects(node, resources, notes, catalogue):
        fields["effects"] = effects
    return Look(fields=fields)


def _effects(
    node: Node, resources: Resources, notes: Notes, catalogue: Catalogue
) -> list[dict[str, Any]]:
    effects: list[dict[str, Any]] = []
    for given in children(node, "filter-video", "filter-audio"):
        if given.get("enabled") == "0":
            continue
        name = resources.effect_name(given.get("ref")) or given.get("name") or ""
        is_sound = given.tag == "filter-audio"
        use = None if is_sound else catalogue.find(name, {})
        if use is None:
            what = f"{show_value(name)} on the sound" if is_sound else show_value(name)
            message = f"the effect {what} is not known and left out"
            notes.warn(given.place, message)
        else:
            effects.append(use.model_dump(mode="json"))
    return effects


def read_speed(node: Node, notes: Notes) -> Fraction:
    """Return how many times as fast a clip plays: the slope of its time map."""
    mapped = child(node, "timeMap")
    if mapped is None:
        return Fraction(1)
    points = [
        (time_of(each, "time", notes), time_of(each, "value", notes))
        for each in children(mapped, "timept")
    ]
    known = [(t, v) for t, v in points if t is not None and v is not None]
    slopes = [
        (later[1] - early[1]) / (later[0] - early[0])
        for early, later in itertools.pairwise(known)
        if later[0] > early[0]
    ]
    if not slopes:
        return Fraction(1)
    speed = slopes[0]
    if any(abs(slope - speed) > Fraction(1, 1000) for slope in slopes):
        total = (known[-1][1] - known[0][1]) / (known[-1][0] - known[0][0])
        speed = total
        notes.warn(mapped.place, "its speed changes; the mean speed is kept throughout")
    if speed < 0:
        notes.warn(mapped.place, "plays backwards, but is shown forwards")
        speed = -speed
    if not _SLOWEST <= speed <= _FASTEST:
        notes.warn(mapped.place, f"plays at {float(speed):g} times its speed")
        speed = min(max(speed, _SLOWEST), Fraction(_FASTEST))
    return speed.limit_denominator(10_000)


def _transform(node: Node, notes: Notes) -> dict[str, Any]:
    if child(node, "param") is not None:
        notes.warn(node.place, "its place changes over time; where it is first is kept")
    x, y = ([*numbers_of(node.get("position")), 0.0, 0.0])[:2]
    wide, high = ([*numbers_of(node.get("scale")), 1.0, 1.0])[:2]
    turn = (numbers_of(node.get("rotation")) or [0.0])[0]
    if abs(wide - high) > 1 / _HEIGHT:
        notes.warn(
            node.place, "keeps its shape: it is scaled alike in width and height"
        )
    return {
        "transform": {
            # sideways, too, it counts in heights; a picture of 16:9 is taken
            "x": min(max(0.5 + x / _HEIGHT * 9 / 16, -10.0), 10.0),
            "y": min(max(0.5 - y / _HEIGHT, -10.0), 10.0),
            "scale": min(max(min(abs(wide), abs(high)), 0.001), 50.0),
            "rotation": min(max(-turn, -3600.0), 3600.0),
        }
    }


def _volume(node: Node, notes: Notes) -> dict[str, Any]:
    if child(node, "param") is not None:
        notes.warn(node.place, "its volume changes over time; one value is kept")
    amount = numbers_of(node.get("amount")) or [0.0]
    level = 0.0 if amount[0] <= -96 else 10 ** (min(amount[0], 24) / 20)  # noqa: PLR2004  # dB
    return {"volume": min(level, _LOUDEST)}


def read_title(node: Node, notes: Notes) -> Mapping[str, Any] | None:
    """Return a title; `None`, told, for one that says nothing."""
    parts = [
        "".join(style.itertext())
        for text in children(node, "text")
        for style in (children(text, "text-style"))
    ]
    words = "".join(parts).strip("\n")
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
        "text": words[:10_000].replace("\x00", ""),
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
