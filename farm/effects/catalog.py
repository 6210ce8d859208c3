"""Every effect as data; adding one is one entry here."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from farm.errors import InvalidOption
from farm.timeline.clip import EffectUse
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A number that an effect takes."""

    unit: str
    default: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One FFmpeg filter with its options."""

    name: str
    options: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Frames before and after a frame that an effect looks at."""

    before: int = 0
    after: int = 0


NO_REACH = Reach()


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """An effect on the picture; works on YUV with and without alpha, any bit depth."""

    what: str
    parameters: dict[str, Parameter]
    build: Callable[[Mapping[str, float], float], Filter]
    """From parameters and the pixels of the output a pixel of the timeline."""
    reach: Callable[[Mapping[str, float]], Reach] = lambda _: NO_REACH
    """From parameters to the frames around a frame that it is made of."""


def _factor(default: float, high: float) -> dict[str, Parameter]:
    return {"amount": Parameter(unit="factor", default=default, low=0, high=high)}


def _luma(expression: str) -> Filter:
    return Filter(name="lutyuv", options={"y": f"clip({expression},minval,maxval)"})


EFFECTS: dict[str, Effect] = {
    "blur": Effect(
        what="Gaussian blur.",
        parameters={"sigma": Parameter(unit="px", default=5, low=0.1, high=200)},
        build=lambda given, scale: Filter(
            # one step is not Gaussian, but an edge with long tails
            name="gblur",
            options={"sigma": f"{given['sigma'] * scale:g}", "steps": "3"},
        ),
    ),
    "brightness": Effect(
        what="Multiplies the lightness; 1 changes nothing.",
        parameters=_factor(1.2, 4),
        build=lambda given, _: _luma(f"(val-minval)*{given['amount']:g}+minval"),
    ),
    "contrast": Effect(
        what="Spreads the lightness around middle grey; 1 changes nothing.",
        parameters=_factor(1.2, 4),
        build=lambda given, _: _luma(
            f"(val-(minval+maxval)/2)*{given['amount']:g}+(minval+maxval)/2"
        ),
    ),
    "saturation": Effect(
        what="Multiplies the strength of the colours; 1 changes nothing.",
        parameters=_factor(1.5, 10),
        build=lambda given, _: Filter(
            name="hue", options={"s": f"{given['amount']:g}"}
        ),
    ),
    "grayscale": Effect(
        what="Takes the colour away.",
        parameters={},
        build=lambda _, __: Filter(name="hue", options={"s": "0"}),
    ),
    "mirror": Effect(
        what="Swaps left and right.",
        parameters={},
        build=lambda _, __: Filter(name="hflip", options={}),
    ),
    "flip": Effect(
        what="Swaps top and bottom.",
        parameters={},
        build=lambda _, __: Filter(name="vflip", options={}),
    ),
    "motion_blur": Effect(
        what="Mixes each frame with those before it.",
        parameters={"frames": Parameter(unit="frames", default=5, low=2, high=32)},
        build=lambda given, _: Filter(
            name="tmix", options={"frames": f"{round(given['frames'])}"}
        ),
        reach=lambda given: Reach(before=round(given["frames"]) - 1),
    ),
}


def read_effect_use(text: str) -> EffectUse:
    """Read ``NAME``, ``NAME=VALUE`` or ``NAME=PARAMETER=VALUE:PARAMETER=VALUE``.

    Raises:
        InvalidOption: when a value is no number, or there is no parameter for it.
    """
    name, _, rest = text.partition("=")
    effect = EFFECTS.get(name)
    names = list(effect.parameters) if effect else []
    given: dict[str, float] = {}
    for at, part in enumerate(rest.split(":") if rest else ()):
        parameter, is_named, value = part.rpartition("=")
        if not is_named and at >= len(names):
            if effect is None:
                break  # the name is wrong: that is what will be said
            raise InvalidOption(f"{name} takes {len(names)} values, not {rest!r}")
        try:
            given[parameter if is_named else names[at]] = float(value)
        except ValueError as error:
            raise InvalidOption(f"{value!r} is no number, in {text!r}") from error
    try:
        return EffectUse(name=name, parameters=given)
    except ValueError as error:
        raise InvalidOption(f"{text!r} cannot be used: give plain numbers") from error


def build_filter(use: EffectUse, *, pixel_scale: float) -> Filter:
    """Return the filter of an effect that was checked before."""
    return EFFECTS[use.name].build(_parameters(use), pixel_scale)


def find_reach(uses: Iterable[EffectUse]) -> Reach:
    """Return the reach of effects that are applied one after the other."""
    reaches = [EFFECTS[use.name].reach(_parameters(use)) for use in uses]
    return Reach(
        before=sum(reach.before for reach in reaches),
        after=sum(reach.after for reach in reaches),
    )


def find_effect_problem(use: EffectUse) -> str | None:
    """Say what is wrong with the use of an effect, or `None`."""
    effect = EFFECTS.get(use.name)
    if effect is None:
        near = get_close_matches(use.name, EFFECTS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {_known(EFFECTS)}"
        return f"unknown effect {show_value(use.name)}; {hint}"
    for name, value in use.parameters.items():
        parameter = effect.parameters.get(name)
        if parameter is None:
            return (
                f"effect {use.name!r} has no parameter {show_value(name)}; it has: "
                f"{_known(effect.parameters) or 'none'}"
            )
        if not parameter.low <= value <= parameter.high:
            return (
                f"{name} of effect {use.name!r} should be {parameter.low:g} to "
                f"{parameter.high:g} {parameter.unit}, is {value:g}"
            )
    return None


def _parameters(use: EffectUse) -> dict[str, float]:
    """Return what is given, and the usual values of the rest."""
    usual = {
        name: parameter.default
        for name, parameter in EFFECTS[use.name].parameters.items()
    }
    return {**usual, **use.parameters}


def _known(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
