"""Every effect on sound by its name, and what is wrong about the use of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from farm.effects.model import Number
from farm.effects.sound import dynamics, space, tone
from farm.timeline.near import near_or_all
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from farm.effects.model import Value
    from farm.effects.sound.model import SoundEffect, Steps
    from farm.timeline.sound_effect import SoundEffectUse

FAMILIES: Final[Mapping[str, Mapping[str, SoundEffect]]] = {
    "dynamics": dynamics.EFFECTS,
    "tone": tone.EFFECTS,
    "space": space.EFFECTS,
}
SOUND_EFFECTS: Final[Mapping[str, SoundEffect]] = {
    name: effect for family in FAMILIES.values() for name, effect in family.items()
}
"""By name."""


def all_parameters(use: SoundEffectUse) -> dict[str, Value]:
    """Return what is given, and the usual values of the rest."""
    effect = SOUND_EFFECTS[use.name]
    return {
        **{name: each.default for name, each in effect.parameters.items()},
        **use.parameters,
    }


def build_steps(uses: Iterable[SoundEffectUse], sample_rate: int) -> Steps:
    """Return the steps of effects one after the other; neutral ones add none."""
    steps: Steps = ()
    for use in uses:
        effect, given = SOUND_EFFECTS[use.name], all_parameters(use)
        neutral = effect.neutral
        if not use.enabled or (
            neutral is not None
            and all(given[name] == value for name, value in neutral.items())
        ):
            continue
        steps += effect.build(given, sample_rate)
    return steps


def find_sound_problem(use: SoundEffectUse, *, of_track: bool) -> str | None:
    """Say what is wrong with the use of an effect on sound, or `None`.

    Args:
        use: as written.
        of_track: whether a track has it, not a clip.
    """
    effect = SOUND_EFFECTS.get(use.name)
    if effect is None:
        hint = near_or_all(use.name, SOUND_EFFECTS)
        return f"unknown effect on sound {show_value(use.name)}; {hint}"
    if effect.of_tracks_only and not of_track:
        return f"effect {use.name!r} is one of tracks: give it to the clip's track"
    for name in effect.needs:
        if not use.parameters.get(name):
            return f"effect {use.name!r} needs its parameter {name!r}"
    for name, value in use.parameters.items():
        if problem := _value_problem(use.name, effect, name, value):
            return problem
    return None


def _value_problem(
    effect: str, kind: SoundEffect, name: str, value: Value
) -> str | None:
    parameter = kind.parameters.get(name)
    if parameter is None:
        known = ", ".join(kind.parameters)
        return f"effect {effect!r} has no parameter {show_value(name)}; it has: {known}"
    if isinstance(parameter, Number):
        problem = _number_problem(parameter, value)
        return problem and f"{name} of effect {effect!r} {problem}"
    if not isinstance(value, str):
        return f"{name} of effect {effect!r} should be text"
    return None


def _number_problem(parameter: Number, value: Value) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"should be a number, is {show_value(value)}"
    if not parameter.low <= value <= parameter.high:
        return (
            f"should be {parameter.low:g} to {parameter.high:g} {parameter.unit}, is "
            f"{value:g}"
        )
    return None
