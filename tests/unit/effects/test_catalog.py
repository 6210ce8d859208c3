"""Effects are data: each has its words, bounds and a filter."""

from __future__ import annotations

import math
import re
import subprocess
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

import pytest

from farm.effects.catalog import (
    EFFECTS,
    FAMILIES,
    Reach,
    all_parameters,
    find_effect_problem,
    find_reach,
    is_neutral,
    read_effect_use,
)
from farm.effects.model import Choice, File, Filter, Merge, Number, Scene, Still
from farm.errors import InvalidOption
from farm.ffmpeg.locate import find_ffmpeg
from farm.settings import Settings
from farm.timeline.clip import EffectUse
from farm.timeline.keyframe import Keyframe
from farm.timeline.slice import LONGEST_REACH

if TYPE_CHECKING:
    from farm.effects.model import Steps

SCENE = Scene(
    width=160,
    height=96,
    pixel_scale=1,
    pix_fmt="gbrp",
    whole=(160, 96),
    motions=((0, 0, 0), (0.02, 0.01, 0.003), (-0.02, 0, 0)),
    motions_at=(0, 3),
)


def use_of(name: str, **parameters: float | bool | str) -> EffectUse:
    """Return a use with what an effect must be given."""
    needed: dict[str, float | bool | str] = {
        key: "/looks/teal.cube"
        for key, each in EFFECTS[name].parameters.items()
        if isinstance(each, File)
    }
    return EffectUse(name=name, parameters={**needed, **parameters})


def filters(steps: Steps) -> list[Filter]:
    found: list[Filter] = []
    for step in steps:
        match step:
            case Filter():
                found.append(step)
            case Still():
                found += filters(step.steps)
            case Merge():
                found += [each for branch in step.branches for each in filters(branch)]
                found.append(step.filter)
    return found


def built(use: EffectUse, scene: Scene = SCENE) -> list[Filter]:
    return filters(EFFECTS[use.name].build(all_parameters(use), scene))


def test_no_name_stands_in_two_families() -> None:
    assert sum(len(family) for family in FAMILIES.values()) == len(EFFECTS)


@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_says_what_it_does(name: str) -> None:
    effect = EFFECTS[name]

    assert name == name.lower()
    assert effect.what.endswith(".")
    for parameter in effect.parameters.values():
        if isinstance(parameter, Number):
            assert parameter.low <= parameter.default <= parameter.high
            assert parameter.unit
        if isinstance(parameter, Choice):
            assert parameter.default in parameter.among


def test_no_two_effects_say_the_same() -> None:
    assert len({effect.what for effect in EFFECTS.values()}) == len(EFFECTS)


@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_works_without_parameters(name: str) -> None:
    use = use_of(name)

    assert find_effect_problem(use) is None
    assert not is_neutral(use)
    assert built(use)


@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_works_at_its_bounds(name: str) -> None:
    for bound in ("low", "high"):
        given = {
            key: getattr(parameter, bound)
            for key, parameter in EFFECTS[name].parameters.items()
            if isinstance(parameter, Number)
        }
        use = use_of(name, **given)

        assert find_effect_problem(use) is None
        assert "nan" not in str(built(use))


@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_at_its_neutral_value_is_left_out(name: str) -> None:
    neutral = EFFECTS[name].neutral
    if neutral is None:
        return
    assert neutral.keys() <= EFFECTS[name].parameters.keys()
    use = use_of(name, **neutral)

    assert find_effect_problem(use) is None
    assert is_neutral(use)


@pytest.mark.parametrize("name", EFFECTS)
def test_graphs_of_an_effect_differ_in_options_that_can_be_sent(name: str) -> None:
    """FFmpeg marks options that it takes while it runs: these may change."""
    effect = EFFECTS[name]
    for key, parameter in effect.parameters.items():
        if not isinstance(parameter, Number) or parameter.is_fixed:
            continue
        low, high = (
            built(use_of(name, **{key: value}))
            for value in (parameter.low, parameter.high)
        )

        assert [each.name for each in low] == [each.name for each in high]
        for one, other in zip(low, high, strict=True):
            changed = {
                option
                for option, value in one.options.items()
                if other.options[option] != value
            }
            assert changed <= runtime_options(one.name), (one.name, changed)


@pytest.mark.parametrize("name", [n for n, each in EFFECTS.items() if each.moves])
def test_what_moves_by_itself_differs_from_frame_to_frame(name: str) -> None:
    use = use_of(name)
    frames = [built(use, replace(SCENE, frame=number)) for number in range(4)]

    assert frames[0] != frames[3]
    assert frames == [built(use, replace(SCENE, frame=n)) for n in range(4)]


@pytest.mark.parametrize("name", EFFECTS)
def test_a_segment_brings_all_frames_that_an_effect_looks_at(name: str) -> None:
    parameters = EFFECTS[name].parameters.items()
    most = use_of(
        name, **{key: p.high for key, p in parameters if isinstance(p, Number)}
    )

    reach = find_reach([most])

    assert 0 <= reach.before <= LONGEST_REACH
    assert 0 <= reach.after <= LONGEST_REACH


def test_reaches_of_effects_add_up() -> None:
    blur = EffectUse(name="motion_blur", parameters={"frames": 4})

    assert find_reach([blur, EffectUse(name="flip"), blur]) == Reach(before=6)


def test_lengths_in_pixels_go_with_the_size_of_the_output() -> None:
    use = EffectUse(name="blur", parameters={"sigma": 8})

    small = Scene(width=80, height=48, pixel_scale=0.5)

    assert built(use, small)[0].options["sigma"] == "4"


def keyed(
    name: str, parameter: str, first: float, last: float, **given: float
) -> EffectUse:
    keys = (
        Keyframe(time=Fraction(0), value=first),
        Keyframe(time=Fraction(1), value=last),
    )
    return EffectUse(name=name, parameters=given, keyframes={parameter: keys})


@cache
def runtime_options(name: str) -> set[str]:
    shown = subprocess.run(
        [find_ffmpeg(Settings()), "-hide_banner", "-h", f"filter={name}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return set(re.findall(r"^ +(\w+) +<.*?> +\S{9}T", shown, re.MULTILINE))


def test_keyframes_that_stay_neutral_are_left_out() -> None:
    assert is_neutral(keyed("blur", "sigma", 0, 0))
    assert not is_neutral(keyed("blur", "sigma", 0, 5))


def test_an_effect_that_is_switched_off_is_left_out() -> None:
    assert is_neutral(EffectUse(name="mirror", enabled=False))


def test_a_use_is_read_by_the_kinds_of_its_parameters() -> None:
    use = read_effect_use("duotone=dark=#000000:light=#ffffff:amount=0.5")

    assert use.parameters == {"dark": "#000000", "light": "#ffffff", "amount": 0.5}
    with pytest.raises(InvalidOption, match="no number"):
        read_effect_use("blur=much")


@pytest.mark.parametrize(
    ("use", "sentence"),
    [
        (EffectUse(name="blurr"), "unknown effect 'blurr'; did you mean blur?"),
        (
            EffectUse(name="?"),
            f"unknown effect '?'; there are: {', '.join(sorted(EFFECTS))}",
        ),
        (
            EffectUse(name="blur", parameters={"radius": 3}),
            "effect 'blur' has no parameter 'radius'; it has: sigma",
        ),
        (
            EffectUse(name="mirror", parameters={"radius": 3}),
            "effect 'mirror' has no parameter 'radius'; it has: none",
        ),
        (
            EffectUse(name="blur", parameters={"sigma": -1}),
            "sigma of effect 'blur' should be 0 to 200 px, is -1",
        ),
        (
            EffectUse(name="vignette", parameters={"amuont": 1}),
            (
                "effect 'vignette' has no parameter 'amuont'; it has: amount, radius, "
                "softness; did you mean amount?"
            ),
        ),
        (
            EffectUse(name="duotone", parameters={"dark": "blue"}),
            "dark of effect 'duotone' should be a colour as #rrggbb, is 'blue'",
        ),
        (
            EffectUse(name="despill", parameters={"screen": "gren"}),
            (
                "screen of effect 'despill' should be one of green, blue, is 'gren'; "
                "did you mean green?"
            ),
        ),
        (
            EffectUse(name="curves", parameters={"red": "0/0 0/1"}),
            (
                "red of effect 'curves' should be points from 0/0 to 1/1 in order, "
                "such as \"0/0 0.5/0.6 1/1\", is '0/0 0/1'"
            ),
        ),
        (
            EffectUse(name="lut"),
            "effect 'lut' needs its parameter 'file', a file",
        ),
        (
            EffectUse(name="lut", parameters={"file": "/a.png"}),
            "file of effect 'lut' should name a file *.cube, is '/a.png'",
        ),
        (
            EffectUse(name="blur", start=2, end=1),
            "effect 'blur' should end after its start",
        ),
        (
            keyed("vignette", "radius", 0, 1),
            "radius of effect 'vignette' cannot change over time: give it one value",
        ),
        (
            keyed("blur", "sigma", 0, 300),
            "a keyframe of sigma of effect 'blur' should be 0 to 200 px, is 300",
        ),
        (
            keyed("blur", "sigma", 0, 3, sigma=4),
            "sigma of effect 'blur' has a value and keyframes: give one",
        ),
        (
            EffectUse(name="contrast", parameters={"amount": -1}),
            "amount of effect 'contrast' should be 0 to 4 factor, is -1",
        ),
    ],
)
def test_a_wrong_use_is_explained(use: EffectUse, sentence: str) -> None:
    assert find_effect_problem(use) == sentence


def test_a_value_that_is_no_number_is_out_of_range() -> None:
    use = EffectUse.model_construct(name="blur", parameters={"sigma": math.nan})

    assert "should be 0 to 200 px" in str(find_effect_problem(use))
