"""What clips of a project refer to: media, effects, filters, transitions, layouts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from farm.timeline.doors.catalogue import plain_name, transition_kind
from farm.timeline.doors.fields import Fields
from farm.timeline.time import parse_time, show_value

if TYPE_CHECKING:
    from fractions import Fraction

    from farm.timeline.clip import EffectUse
    from farm.timeline.doors.catalogue import Catalogue

_HOMES = ("resources", "mediaPool", "mediaLibrary", "library")
_MEDIA_LISTS = ("items", "media", "mediaFiles", "files")
#: From the strength of a filter without parameters, 0 to 1, to what is changed by it.
_STRENGTHS: Mapping[str, tuple[str, float, float]] = {
    "brightness": ("amount", 1, 1),
    "contrast": ("amount", 1, 1),
    "saturation": ("amount", 1, 1),
    "exposure": ("amount", 0, 1),
    "hue": ("degrees", 0, 180),
    "blur": ("sigma", 0, 10),
    "sharpen": ("amount", 0, 2),
}
#: A correction of colour that changes nothing, by its name.
_NEUTRAL = {"contrast": 1, "saturation": 1, "gamma": 1}
_FACTORS = {"brightness": 1, "contrast": 0, "saturation": 0, "gamma": 0}


class Resources:
    """Everything of a project that has an id."""

    def __init__(self, document: Fields, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.media: dict[str, Fields] = {}
        self.effects: dict[str, Fields] = {}
        self.filters: dict[str, Fields] = {}
        self.transitions: dict[str, Fields] = {}
        self.templates: dict[str, Fields] = {}
        self.generators: dict[str, Fields] = {}
        self.styles: dict[str, Fields] = {}
        self.shown_styles: set[str] = set()
        self.add(document)

    def add(self, holder: Fields) -> None:
        """Take over what an object and its resources hold."""
        homes = [holder, *(holder.object(name) for name in _HOMES)]
        for home in homes:
            for name in _MEDIA_LISTS:
                if isinstance(home.raw(name), list | dict) and home is not holder:
                    self.media |= _by_id(home, name)
            self.effects |= _by_id(home, "effects")
            self.filters |= _by_id(home, "filters")
            self.transitions |= _by_id(home, "transitions")
            self.templates |= _by_id(home, "templates")
            self.generators |= _by_id(home, "generators")
            for name in ("style_templates", "styleTemplates"):
                self.styles |= _by_id(home, name)

    def effect(self, given: Fields) -> tuple[str, Fields]:
        """Return the type of an effect or filter, and its own entry or itself."""
        known = self.effects | self.filters
        for name in ("effectId", "filterId", "effect_id", "filter_id", "id"):
            entry = known.get(given.text(name)) if given.raw(name) else None
            if entry is not None:
                return _type_of(entry), entry
        return _type_of(given), given

    def use(
        self, kind: str, parameters: Mapping[str, float], fields: Fields
    ) -> EffectUse | None:
        """Return the use of an effect; tell of one that the catalogue lacks."""
        found = self.catalogue.find(kind, parameters)
        if found is None:
            fields.warn(f"the effect {show_value(kind)} is not known and left out")
        return found

    def transition(self, given: Fields) -> str:
        """Return the kind of a transition; an unknown one is a dissolve."""
        named = given.text("transitionId", "transition_id", "id")
        entry = self.transitions.get(named, given)
        name = entry.text("transition_type", "transitionType", "name") or named
        if entry.raw("type") not in (None, "in", "out", "cross"):
            name = name or entry.text("type")
        kind = transition_kind(name) or transition_kind(named)
        if kind is None:
            given.warn(
                f"the transition {show_value(name)} is not known; a dissolve is shown"
            )
        return kind or "dissolve"


def _by_id(home: Fields, name: str) -> dict[str, Fields]:
    value = home.raw(name)
    if not isinstance(value, list | dict):
        return {}
    found = {}
    keys = list(value) if isinstance(value, dict) else [None] * len(value)
    entries = list(value.values()) if isinstance(value, dict) else value
    for at, (key, entry) in enumerate(zip(keys, entries, strict=True)):
        if not isinstance(entry, Mapping):
            continue
        identity = entry.get("id", key)
        place = f"{home.at(name)}[{at}]"
        if isinstance(identity, str):
            found[identity] = Fields(entry, place, home.notes)
    return found


def _type_of(entry: Fields) -> str:
    name = entry.text("effect_type", "filter_type", "effectType", "filterType")
    return name or entry.text("type", "name", "id", "effectId", "filterId")


def numbers_of(fields: Fields, *names: str) -> dict[str, float]:
    """Return the numbers among parameters, tagged (``{"Float": 0.8}``) or plain."""
    found: dict[str, float] = {}
    for name in names:
        given = fields.raw(name)
        if not isinstance(given, Mapping):
            continue
        for key, value in given.items():
            number = _number(value)
            if number is not None:
                found[str(key)] = number
    return found


def _number(value: Any) -> float | None:  # noqa: ANN401  # of JSON
    if isinstance(value, Mapping):
        tagged = [value.get(tag) for tag in ("Float", "Int", "value", "default")]
        value = next((each for each in tagged if each is not None), None)
    if isinstance(value, bool | str) or value is None:
        return None
    try:
        return float(parse_time(value))
    except ValueError:
        return None


def strength_of(kind: str, intensity: Fraction) -> dict[str, float]:
    """Return the parameters that a filter's strength stands for."""
    name, start, step = _STRENGTHS.get(plain_name(kind), ("amount", 0, 1))
    return {name: float(start + step * float(intensity)), "intensity": float(intensity)}


def corrections_of(fields: Fields) -> list[tuple[str, dict[str, float]]]:
    """Return the effects that a correction of colours stands for."""
    found = []
    for name in fields.values:
        number = _number(fields.values[name])
        plain = plain_name(name)
        if number is None or number == _NEUTRAL.get(plain, 0):
            continue
        amount = number + _FACTORS.get(plain, 0)
        found.append((plain, {"amount": amount, "degrees": number}))
    return found
