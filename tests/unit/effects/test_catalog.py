"""Effects are data: each has its words, bounds and a filter."""

from __future__ import annotations

import math

import pytest

from farm.effects.catalog import (
    EFFECTS,
    Reach,
    build_filter,
    find_effect_problem,
    find_reach,
)
from farm.timeline.clip import EffectUse
from farm.timeline.slice import LONGEST_REACH


@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_says_what_it_does(name: str) -> None:
    effect = EFFECTS[name]

    assert name == name.lower()
    assert effect.what.endswith(".")
    for parameter in effect.parameters.values():
        assert parameter.low <= parameter.default <= parameter.high


@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_works_without_parameters(name: str) -> None:
    use = EffectUse(name=name)

    built = build_filter(use, pixel_scale=1)

    assert find_effect_problem(use) is None
    assert built.name
    assert all(isinstance(value, str) for value in built.options.values())


@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_works_at_its_bounds(name: str) -> None:
    for bound in ("low", "high"):
        given = {
            key: getattr(parameter, bound)
            for key, parameter in EFFECTS[name].parameters.items()
        }
        use = EffectUse(name=name, parameters=given)

        assert find_effect_problem(use) is None
        assert "nan" not in str(build_filter(use, pixel_scale=1))


@pytest.mark.parametrize("name", EFFECTS)
def test_a_segment_brings_all_frames_that_an_effect_looks_at(name: str) -> None:
    parameters = EFFECTS[name].parameters.items()
    most = EffectUse(name=name, parameters={key: p.high for key, p in parameters})

    reach = find_reach([most])

    assert 0 <= reach.before <= LONGEST_REACH
    assert 0 <= reach.after <= LONGEST_REACH


def test_reaches_of_effects_add_up() -> None:
    blur = EffectUse(name="motion_blur", parameters={"frames": 4})

    assert find_reach([blur, EffectUse(name="flip"), blur]) == Reach(before=6)


def test_lengths_in_pixels_go_with_the_size_of_the_output() -> None:
    use = EffectUse(name="blur", parameters={"sigma": 8})

    assert build_filter(use, pixel_scale=0.5).options["sigma"] == "4"


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
            EffectUse(name="blur", parameters={"sigma": 0}),
            "sigma of effect 'blur' should be 0.1 to 200 px, is 0",
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

    assert "should be 0.1 to 200 px" in str(find_effect_problem(use))
