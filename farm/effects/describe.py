"""Write what effects take, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from farm.effects.catalog import EFFECTS, FAMILIES, show_range
from farm.effects.model import Choice, Colour, Curve, File, Number, Switch

if TYPE_CHECKING:
    from farm.effects.model import Effect, Parameter


def show_parameters(effect: Effect) -> str:
    """Write all parameters of an effect in one line."""
    shown = [
        f"`{name}`: {show_parameter(each)}" for name, each in effect.parameters.items()
    ]
    return "; ".join(shown) or "none"


def show_parameter(parameter: Parameter) -> str:
    """Write what a parameter may be, and what it usually is."""
    match parameter:
        case Number():
            fixed = "; one value" if parameter.is_fixed else ""
            return f"{show_range(parameter)}, usually {parameter.default:g}{fixed}"
        case Choice():
            return f"{', '.join(parameter.among)}; usually {parameter.default}"
        case Colour():
            return f"a colour, usually {parameter.default}"
        case Switch():
            return f"true or false, usually {str(parameter.default).lower()}"
        case Curve():
            return f"points of a curve, usually {parameter.default}"
        case File():
            return f"a file *{', *'.join(parameter.suffixes)}; must be given"


def describe_effect(name: str) -> dict[str, Any]:
    """Return an entry of the catalogue as JSON."""
    effect = EFFECTS[name]
    family = next(key for key, each in FAMILIES.items() if name in each)
    return {
        "name": name,
        "family": family,
        "what": effect.what,
        "parameters": {key: _describe(each) for key, each in effect.parameters.items()},
        "neutral": dict(effect.neutral) if effect.neutral else None,
        "reach": {"before": _usual_reach(effect)[0], "after": _usual_reach(effect)[1]},
        "changes_by_itself": effect.moves,
        "makes_transparent": effect.makes_holes,
        "gpu_filter": effect.gpu,
    }


def _usual_reach(effect: Effect) -> tuple[int, int]:
    usual = {name: each.default for name, each in effect.parameters.items()}
    reach = effect.reach(usual)
    return reach.before, reach.after


def _describe(parameter: Parameter) -> dict[str, Any]:
    match parameter:
        case Number():
            return {
                "type": "number",
                "unit": parameter.unit,
                "default": parameter.default,
                "minimum": parameter.low,
                "maximum": parameter.high,
                "keyframes": not parameter.is_fixed,
            }
        case Choice():
            among = list(parameter.among)
            return {"type": "choice", "default": parameter.default, "among": among}
        case Colour():
            return {"type": "color", "default": parameter.default}
        case Switch():
            return {"type": "boolean", "default": parameter.default}
        case Curve():
            return {"type": "curve", "default": parameter.default}
        case File():
            return {"type": "file", "suffixes": list(parameter.suffixes)}
