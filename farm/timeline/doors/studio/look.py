"""How a clip of a project looks and sounds, as fields of a clip of the farm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from farm.timeline.doors.catalogue import plain_name
from farm.timeline.doors.studio.resources import corrections_of, numbers_of, strength_of
from farm.timeline.layouts import LAYOUTS
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from farm.timeline.doors.fields import Fields
    from farm.timeline.doors.sheet import Piece
    from farm.timeline.doors.studio.resources import Resources

#: How a picture is brought into its cell, by the words of each form.
_FITS = {
    "fill": "fill",
    "cover": "fill",
    "fit": "fit",
    "contain": "fit",
    "stretch": "stretch",
    "none": "none",
}
_PERCENT = 100
_FULL = {"x": 0.5, "y": 0.5, "scale": 1.0, "rotation": 0.0}


def with_look(piece: Piece, clip: Fields, resources: Resources) -> Piece:
    """Return what a clip shows with its name, and as it looks and sounds."""
    fields = _look(clip, resources, length=piece.length)
    if piece.kind == "audio":
        fields.pop("cell", None)
    is_film = piece.media["type"] == "file"
    if not is_film:
        fields.pop("crop", None)
    return replace(
        piece,
        name=clip.text("name") or clip.text("id"),
        enabled=clip.flag("enabled", "isEnabled", default=True),
        backwards=is_film and clip.flag("isReversed", default=False),
        fields=fields,
    )


def read_speed(clip: Fields) -> Fraction:
    """Return how fast a clip is played: 0.001 to 100."""
    speed = clip.number("speed", default=Fraction(1), low=0.001, high=100)
    return speed or Fraction(1)


def _look(clip: Fields, resources: Resources, *, length: Fraction) -> dict[str, Any]:
    """Return the fields for opacity, place, crop, cell, effects and sound."""
    fields: dict[str, Any] = {
        "opacity": clip.plain("opacity", default=1, low=0, high=1),
        "volume": clip.plain("volume", default=1, low=0, high=16),
        "pan": clip.plain("pan", default=0, low=-1, high=1),
        "keep_pitch": clip.flag("maintainPitch", "maintain_pitch", default=True),
        "muted": clip.flag("isMuted", "muted", default=False),
    }
    fields |= _transform(clip)
    fields |= _crop(clip)
    fields |= _cell(clip, resources)
    effects: list[dict[str, Any]] = []
    for name, parameters in corrections_of(
        clip.object("color_correction", "colorCorrection")
    ):
        use = resources.use(name, parameters, clip.object("color_correction"))
        effects += [use.model_dump(mode="json")] if use else []
    for given in _applied(clip, resources):
        effects += _effect(given, resources, fields, length)
    if effects:
        fields["effects"] = effects
    if clip.raw("colorGrading"):
        clip.warn("its colour grading is left out", "colorGrading")
    return fields


def _transform(clip: Fields) -> dict[str, Any]:
    given = clip.object("transform")
    place = clip.object("position")
    found = dict(_FULL)
    if given.values:
        found["x"] += given.plain("position_x", "positionX", default=0, low=-9, high=9)
        found["y"] += given.plain("position_y", "positionY", default=0, low=-9, high=9)
        wide = given.plain("scale_x", "scaleX", default=1, low=0.001, high=50)
        high = given.plain("scale_y", "scaleY", default=1, low=0.001, high=50)
        found["scale"] = min(wide, high)
        found["rotation"] = given.plain("rotation", default=0, low=-3600, high=3600)
        _tell_uneven(given, wide, high)
        for name in ("anchor_x", "anchor_y"):
            if given.plain(name, default=0.5, low=-9, high=9) != _FULL["x"]:
                given.warn("turns around its centre, not around its anchor", name)
    elif place.values:
        wide = place.plain("width", default=1, low=0.001, high=10)
        high = place.plain("height", default=1, low=0.001, high=10)
        found["x"] = place.plain("x", default=0, low=-9, high=9) + wide / 2
        found["y"] = place.plain("y", default=0, low=-9, high=9) + high / 2
        wide *= place.plain("scaleX", default=1, low=0.001, high=50)
        high *= place.plain("scaleY", default=1, low=0.001, high=50)
        found["scale"] = min(wide, high)
        found["rotation"] = place.plain("rotation", default=0, low=-3600, high=3600)
        _tell_uneven(place, wide, high)
    return {} if found == _FULL else {"transform": found}


def _tell_uneven(fields: Fields, wide: float, high: float) -> None:
    if abs(wide - high) > 1 / _PERCENT:
        fields.warn("keeps its shape: it is scaled alike in width and height")


def _crop(clip: Fields) -> dict[str, Any]:
    given = clip.object("crop")
    found = {
        side: int(given.number(side, default=Fraction(0), low=0, high=16384) or 0)
        for side in ("left", "top", "right", "bottom")
    }
    return {"crop": found} if any(found.values()) else {}


def _cell(clip: Fields, resources: Resources) -> dict[str, Any]:
    named = clip.text("template_id", "templateId")
    if not named:
        return {}
    number = clip.number(
        *("template_position", "templatePosition", "template_cell", "templateCell"),
        default=Fraction(0),
        low=0,
        high=1000,
    )
    index = int(number or 0)
    template = resources.templates.get(named)
    cells = [] if template is None else list(template.objects("cells"))
    if index < len(cells):
        return _box(cells[index])
    if named in LAYOUTS:
        return {"fit": "fill", "cell": {"layout": named, "index": index}}
    clip.warn(f"the layout {show_value(named)} has no cell {index}: all is covered")
    return {}


def _box(cell: Fields) -> dict[str, Any]:
    numbers = {
        side: cell.plain(side, default=default, low=0, high=_PERCENT) / _PERCENT
        for side, default in (("x", 0), ("y", 0), ("width", 100), ("height", 100))
    }
    numbers["width"] = min(numbers["width"], 1 - numbers["x"])
    numbers["height"] = min(numbers["height"], 1 - numbers["y"])
    fit = _FITS.get(cell.text("fit_mode", "fitMode", "fit", default="fit").lower())
    if fit is None:
        cell.warn("fits in an unknown way: it is shown whole")
    across = cell.text("align_x", "alignX", default="center").lower()
    along = cell.text("align_y", "alignY", default="center").lower()
    box: dict[str, Any] = {
        **numbers,
        "align_x": across if across in {"left", "right"} else "center",
        "align_y": along if along in {"top", "bottom"} else "center",
    }
    found: dict[str, Any] = {"fit": fit or "fit", "cell": box}
    scale = cell.plain("scale", default=1, low=0.001, high=50)
    if scale != 1:
        found["transform"] = {**_FULL, "scale": scale}
    return found


def _applied(clip: Fields, resources: Resources) -> list[Fields]:
    """Return the filters and effects of a clip, each its own entry."""
    found: list[Fields] = []
    for name, known in (("filters", resources.filters), ("effects", resources.effects)):
        value = clip.raw(name)
        if not isinstance(value, list | tuple):
            if value:
                clip.refuse(f"should be a list, is {show_value(value)}", name)
            continue
        for at, each in enumerate(value):
            if isinstance(each, str):
                entry = known.get(each)
                if entry is None:
                    clip.warn(f"there is no {show_value(each)}", f"{name}[{at}]")
                else:
                    found.append(entry)
            elif isinstance(each, Mapping):
                found.append(_at(clip, name, at, each))
    return sorted(found, key=lambda each: each.number("order") or 0)


def _at(clip: Fields, name: str, at: int, each: Mapping[str, Any]) -> Fields:
    return type(clip)(each, f"{clip.at(name)}[{at}]", clip.notes)


def _effect(
    given: Fields, resources: Resources, fields: dict[str, Any], length: Fraction
) -> list[dict[str, Any]]:
    """Return the effect of the catalogue, or change the fields that stand for it."""
    kind, entry = resources.effect(given)
    is_on = given.flag("enabled", "isEnabled", default=True)
    if not (is_on and entry.flag("enabled", "isEnabled", default=True)):
        return []
    parameters = numbers_of(entry, "parameters", "params") | numbers_of(
        given, "customParams", "parameters", "params"
    )
    if _sounds(plain_name(kind), parameters, fields, length):
        return []
    intensity = given.number("intensity") or entry.number("intensity")
    if not parameters and (intensity is not None or entry.raw("filter_type")):
        parameters = strength_of(kind, Fraction(1) if intensity is None else intensity)
    use = resources.use(kind, parameters, given)
    if use is None:
        return []
    written = use.model_dump(mode="json")
    for name, field in (("start", "start_time"), ("end", "end_time")):
        time = given.number(field, low=0) or entry.number(field, low=0)
        if not time:
            continue
        if name in type(use).model_fields:
            written[name] = str(time)
        else:
            given.warn("is shown over the whole clip", field)
    return [written]


def _sounds(
    kind: str, parameters: Mapping[str, float], fields: dict[str, Any], length: Fraction
) -> bool:
    """Take over fades and balance, which are fields of a clip; tell if it was one."""

    def seconds(*names: str) -> Fraction:
        value = next((parameters[name] for name in names if name in parameters), 1)
        return min(max(Fraction(value).limit_denominator(10**6), Fraction(0)), length)

    if kind == "audio_fade_in":
        fields["fade_in"] = seconds("duration", "fade_in")
    elif kind == "audio_fade_out":
        fields["fade_out"] = seconds("duration", "fade_out")
    elif kind == "audio_fade":
        fields["fade_in"] = seconds("fade_in") if "fade_in" in parameters else 0
        fields["fade_out"] = seconds("fade_out") if "fade_out" in parameters else 0
    elif kind == "audio_pan":
        value = next(iter(parameters.values()), 0.0)
        fields["pan"] = min(max(value, -1.0), 1.0)
    else:
        return False
    return True
