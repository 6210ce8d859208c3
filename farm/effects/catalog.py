"""Every effect by its name, and what is right and wrong about the use of one."""

from __future__ import annotations

import itertools
import math
import re
from typing import TYPE_CHECKING

from farm.effects.families import (
    blur,
    colour,
    distort,
    key,
    light,
    log,
    looks,
    lut,
    stylise,
)
from farm.effects.model import (
    NO_REACH,
    Choice,
    Colour,
    Curve,
    Effect,
    File,
    Number,
    Parameter,
    Reach,
    Switch,
    Value,
)
from farm.errors import InvalidOption
from farm.timeline.clip import EffectUse
from farm.timeline.near import did_you_mean, near_or_all
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["EFFECTS", "NO_REACH", "Reach", "find_effect_problem", "find_reach"]

#: The families of effects, in the order in which they are listed.
FAMILIES: dict[str, Mapping[str, Effect]] = {
    "light": light.EFFECTS,
    "colour": colour.EFFECTS,
    "log": log.EFFECTS,
    "lut": lut.EFFECTS,
    "looks": looks.EFFECTS,
    "blur": blur.EFFECTS,
    "stylise": stylise.EFFECTS,
    "distort": distort.EFFECTS,
    "key": key.EFFECTS,
}
EFFECTS: dict[str, Effect] = {
    name: effect for family in FAMILIES.values() for name, effect in family.items()
}
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_POINTS = re.compile(r"(\s*(0|1|0?\.\d+|1\.0+)/(0|1|0?\.\d+|1\.0+)\s*)+")
_WORDS = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}


def read_effect_use(text: str) -> EffectUse:
    """Read ``NAME``, ``NAME=VALUE`` or ``NAME=PARAMETER=VALUE:PARAMETER=VALUE``.

    Raises:
        InvalidOption: when a value is no number, or there is no parameter for it.
    """
    name, _, rest = text.partition("=")
    effect = EFFECTS.get(name)
    names = list(effect.parameters) if effect else []
    given: dict[str, Value] = {}
    for at, part in enumerate(rest.split(":") if rest else ()):
        parameter, is_named, value = part.rpartition("=")
        if not is_named and at >= len(names):
            if effect is None:
                break  # the name is wrong: that is what will be said
            raise InvalidOption(f"{name} takes {len(names)} values, not {rest!r}")
        key = parameter if is_named else names[at]
        kind = effect.parameters.get(key) if effect else None
        given[key] = _read_value(value, kind, text)
    try:
        return EffectUse(name=name, parameters=given)
    except ValueError as error:
        raise InvalidOption(f"{text!r} cannot be used: give plain numbers") from error


def _read_value(value: str, parameter: Parameter | None, text: str) -> Value:
    if isinstance(parameter, Switch):
        return _WORDS.get(value.lower(), value)
    if parameter is not None and not isinstance(parameter, Number):
        return value
    try:
        return float(value)
    except ValueError as error:
        raise InvalidOption(f"{value!r} is no number, in {text!r}") from error


def find_reach(uses: Iterable[EffectUse]) -> Reach:
    """Return the reach of effects that are applied one after the other."""
    reaches = [
        EFFECTS[use.name].reach(all_parameters(use))
        for use in uses
        if not is_neutral(use)
    ]
    return Reach(
        before=sum(reach.before for reach in reaches),
        after=sum(reach.after for reach in reaches),
    )


def is_neutral(use: EffectUse) -> bool:
    """Whether a use that was checked before changes nothing."""
    neutral = EFFECTS[use.name].neutral
    if not use.enabled:
        return True
    if neutral is None:
        return False
    given = all_parameters(use)
    return all(
        {key.value for key in use.keyframes[name]} == {value}
        if name in use.keyframes
        else given[name] == value
        for name, value in neutral.items()
    )


def all_parameters(use: EffectUse) -> dict[str, Value]:
    """Return what is given, and the usual values of the rest.

    Of a value that changes over time, the one from which the effect reaches furthest.
    """
    usual = {name: each.default for name, each in EFFECTS[use.name].parameters.items()}
    most = {
        name: max(key.value for key in keys) for name, keys in use.keyframes.items()
    }
    return {**usual, **use.parameters, **most}


def find_effect_problem(use: EffectUse) -> str | None:
    """Say what is wrong with the use of an effect, or `None`."""
    effect = EFFECTS.get(use.name)
    if effect is None:
        hint = near_or_all(use.name, sorted(EFFECTS))
        return f"unknown effect {show_value(use.name)}; {hint}"
    if use.start is not None and use.end is not None and use.end <= use.start:
        return f"effect {use.name!r} should end after its start"
    for name, parameter in effect.parameters.items():
        if isinstance(parameter, File) and not use.parameters.get(name):
            return f"effect {use.name!r} needs its parameter {name!r}, a file"
    for name in (*use.parameters, *use.keyframes):
        if name not in effect.parameters:
            hint = did_you_mean(name, effect.parameters)
            return (
                f"effect {use.name!r} has no parameter {show_value(name)}; it has: "
                f"{', '.join(sorted(effect.parameters)) or 'none'}{hint}"
            )
    for name, value in use.parameters.items():
        problem = _value_problem(effect.parameters[name], value)
        if problem:
            return f"{name} of effect {use.name!r} {problem}"
    return _keyframes_problem(use, effect)


def _keyframes_problem(use: EffectUse, effect: Effect) -> str | None:
    for name, keys in use.keyframes.items():
        parameter = effect.parameters[name]
        if not isinstance(parameter, Number) or parameter.is_fixed:
            return (
                f"{name} of effect {use.name!r} cannot change over time: give it one "
                "value"
            )
        if name in use.parameters:
            return f"{name} of effect {use.name!r} has a value and keyframes: give one"
        for each in keys:
            problem = _value_problem(parameter, each.value)
            if problem:
                return f"a keyframe of {name} of effect {use.name!r} {problem}"
    return None


def _value_problem(parameter: Parameter, value: Value) -> str | None:  # noqa: PLR0911
    match parameter:
        case Number():
            if isinstance(value, bool) or not isinstance(value, int | float):
                return f"should be a number, is {show_value(value)}"
            if not parameter.low <= value <= parameter.high or math.isnan(value):
                return f"should be {show_range(parameter)}, is {value:g}"
        case Switch() if not isinstance(value, bool):
            return f"should be true or false, is {show_value(value)}"
        case Choice() if value not in parameter.among:
            hint = did_you_mean(str(value), parameter.among)
            among = ", ".join(parameter.among)
            return f"should be one of {among}, is {show_value(value)}{hint}"
        case Colour() if not _COLOR.fullmatch(str(value)):
            return f"should be a colour as #rrggbb, is {show_value(value)}"
        case Curve() if not _is_curve(str(value)):
            return (
                "should be points from 0/0 to 1/1 in order, such as "
                f'"0/0 0.5/0.6 1/1", is {show_value(value)}'
            )
        case File() if not str(value).lower().endswith(parameter.suffixes):
            return (
                f"should name a file *{', *'.join(parameter.suffixes)}, "
                f"is {show_value(value)}"
            )
        case _:
            return None
    return None


def _is_curve(text: str) -> bool:
    if not _POINTS.fullmatch(text):
        return False
    places = [float(point.split("/")[0]) for point in text.split()]
    return all(one < other for one, other in itertools.pairwise(places))


def show_range(parameter: Number) -> str:
    """Write what a number may be, with its unit."""
    return f"{parameter.low:g} to {parameter.high:g} {parameter.unit}"
