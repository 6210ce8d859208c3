"""What FCPXML says of a clip beside its time: place, crop, opacity, volume, effects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from farm.timeline.doors.fcpxml.crop import read_crop
from farm.timeline.doors.fcpxml.keys import fades_of, keys_of, widest, written
from farm.timeline.doors.fcpxml.values import numbers_of
from farm.timeline.doors.xml import child, children
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from fractions import Fraction

    from farm.timeline.doors.catalogue import Catalogue
    from farm.timeline.doors.fcpxml.keys import Key
    from farm.timeline.doors.fcpxml.resources import Asset, Resources
    from farm.timeline.doors.lay import Screen
    from farm.timeline.doors.notes import Notes
    from farm.timeline.doors.xml import Node

_SOUND = frozenset({"volume", "pan", "muted", "fade_in", "fade_out", "keep_pitch"})
_HEIGHT = 100
"""Places count in parts of the picture's height: 100 is all of it."""
_LOUDEST = 16.0
_SILENT_DB, _MOST_DB = -96.0, 24.0
_FITS = {"fit": "fit", "fill": "fill", "none": "none"}
_LOW, _HIGH = 0.001, 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What looks are read by."""

    resources: Resources
    notes: Notes
    catalogue: Catalogue
    screen: Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is seen of a clip, by its own clock."""

    start: Fraction
    length: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Fields of a clip."""

    fields: dict[str, Any] = field(default_factory=dict)
    animation: dict[str, Any] = field(default_factory=dict)
    """Keyframes, from the start of what is seen."""
    sound: frozenset[str] = _SOUND


def read_look(node: Node, looks: Looks, seen: Seen, asset: Asset | None) -> Look:
    """Return what is said of a clip; tell what is not shown."""
    look, notes = Look(), looks.notes
    fields = look.fields
    conform = child(node, "adjust-conform")
    if conform is not None:
        fields["fit"] = _FITS.get(conform.get("type") or "fit", "fit")
    transform = child(node, "adjust-transform")
    if transform is not None and transform.get("enabled") != "0":
        _transform(transform, look, looks, seen)
    blend = child(node, "adjust-blend")
    if blend is not None:
        _blend(blend, look, seen, notes)
    volume = child(node, "adjust-volume")
    if volume is not None:
        _volume(volume, look, seen, notes)
    crop = child(node, "adjust-crop")
    if crop is not None and crop.get("enabled") != "0":
        _crop(crop, look, looks, seen, asset)
    if effects := _effects(node, looks):
        fields["effects"] = effects
    return look


def _effects(node: Node, looks: Looks) -> list[dict[str, Any]]:
    effects: list[dict[str, Any]] = []
    for given in children(node, "filter-video", "filter-audio"):
        if given.get("enabled") == "0":
            continue
        name = looks.resources.effect_name(given.get("ref")) or given.get("name") or ""
        is_sound = given.tag == "filter-audio"
        use = None if is_sound else looks.catalogue.find(name, {})
        if use is None:
            what = f"{show_value(name)} on the sound" if is_sound else show_value(name)
            message = f"the effect {what} is not known and left out"
            looks.notes.warn(given.place, message)
        else:
            effects.append(use.model_dump(mode="json"))
    return effects


def _transform(node: Node, look: Look, looks: Looks, seen: Seen) -> None:
    notes, aspect = looks.notes, looks.screen.height / looks.screen.width
    keys = keys_of(node, "position", seen.start, notes)
    x, y = ([*numbers_of(node.get("position")), 0.0, 0.0])[:2]
    wide, high = ([*numbers_of(node.get("scale")), 1.0, 1.0])[:2]
    turn = (numbers_of(node.get("rotation")) or [0.0])[0]
    sizes = keys_of(node, "scale", seen.start, notes)
    if any(abs(w - h) > 1 / _HEIGHT for w, h in [(wide, high), *map(widest, sizes)]):
        notes.warn(
            node.place, "keeps its shape: it is scaled alike in width and height"
        )

    def across(value: float) -> float:
        return min(max(0.5 + value / _HEIGHT * aspect, -10.0), 10.0)

    def down(value: float) -> float:
        return min(max(0.5 - value / _HEIGHT, -10.0), 10.0)

    def size(wide: float, high: float) -> float:
        return min(max(min(abs(wide), abs(high)), _LOW), _HIGH)

    def angle(value: float) -> float:
        return min(max(-value, -3600.0), 3600.0)

    look.fields["transform"] = {
        "x": across(x), "y": down(y), "scale": size(wide, high),
        "rotation": angle(turn),
    }  # fmt: skip
    turns = keys_of(node, "rotation", seen.start, notes)
    _animate(look, seen, "x", [key.of(across(widest(key)[0])) for key in keys])
    _animate(look, seen, "y", [key.of(down(widest(key)[1])) for key in keys])
    _animate(look, seen, "scale", [key.of(size(*widest(key))) for key in sizes])
    _animate(look, seen, "rotation", [key.of(angle(key.values[0])) for key in turns])


def _crop(
    node: Node, look: Look, looks: Looks, seen: Seen, asset: Asset | None
) -> None:
    film = (asset.size if asset else None) or looks.screen.size
    found, moves = read_crop(
        node, look.fields, film, looks.screen.size, seen.length, looks.notes
    )
    if look.animation and moves:
        looks.notes.warn(node.place, "it moves already: the way over it is left out")
        moves = {}
    if look.animation and "transform" in found:
        looks.notes.warn(node.place, "what is left of it is brought to the full size")
        found.pop("transform")
    look.fields.update(found)
    look.animation.update(moves)


def _blend(node: Node, look: Look, seen: Seen, notes: Notes) -> None:
    amount = numbers_of(node.get("amount")) or [1.0]
    look.fields["opacity"] = min(max(amount[0], 0.0), 1.0)
    if node.get("mode") not in {None, "", "normal", "0"}:
        notes.warn(node.place, "its blend mode is left out")
    keys = keys_of(node, "amount", seen.start, notes)
    _animate(
        look,
        seen,
        "opacity",
        [key.of(min(max(key.values[0], 0.0), 1.0)) for key in keys],
    )
    look.fields.update(fades_of(node, "amount", "video_", notes))


def _volume(node: Node, look: Look, seen: Seen, notes: Notes) -> None:
    amount = numbers_of(node.get("amount")) or [0.0]
    look.fields["volume"] = _level(amount[0])
    keys = keys_of(node, "amount", seen.start, notes)
    _animate(look, seen, "volume", [key.of(_level(key.values[0])) for key in keys])
    look.fields.update(fades_of(node, "amount", "", notes))


def _level(decibels: float) -> float:
    level = 10 ** (min(decibels, _MOST_DB) / 20)
    return 0.0 if decibels <= _SILENT_DB else min(level, _LOUDEST)


def _animate(look: Look, seen: Seen, name: str, keys: list[Key]) -> None:
    """Let a field change over time, where it does."""
    if not keys:
        return
    constant = keys[0].values[0]
    if all(key.values[0] == constant for key in keys):
        if name in {"opacity", "volume"}:
            look.fields[name] = constant
        else:
            look.fields["transform"][name] = constant
        return
    look.animation.update({name: written(keys, seen.length)})
