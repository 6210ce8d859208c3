"""Style templates: what a document may say of them, and how elements move in time."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, get_args

import pytest

from farm.errors import InvalidTimeline
from farm.timeline.easing import ease
from farm.timeline.element import Element, ElementEasing
from farm.timeline.element_motion import find_state
from farm.timeline.load import load_timeline
from farm.timeline.placing.templates import scene_of
from farm.timeline.template import TemplateMedia
from farm.timeline.templates import TEMPLATES
from tests.factories import make_document, make_track

#: Names and lengths that editors have for templates.
NAMES = {
    "modern-intro-1": 3, "minimal-outro-1": 4, "corporate-lower-third-1": 5,
    "bold-title-1": 2.5, "classic-overlay-1": 6,
}  # fmt: skip

MORPH = {"kind": "morph", "shape": "star"}


def element(**fields: Any) -> Element:  # noqa: ANN401  # of JSON
    return Element.model_validate({"kind": "shape"} | fields)


def state_at(seconds: float, **animation: Any) -> Any:  # noqa: ANN401
    moving = element(animations=[{"easing": "linear"} | animation])
    return find_state(moving, seconds, 10 - seconds)


def test_the_templates_are_those_of_editors() -> None:
    assert {name: each.seconds for name, each in TEMPLATES.items()} == NAMES
    for each in TEMPLATES.values():
        assert "title" in {element.name for element in each.elements}


@pytest.mark.parametrize(
    ("media", "told"),
    [
        ({"name": "modern-intro"}, "there is no template 'modern-intro'"),
        ({}, "needs either the name of a template or elements"),
        (
            {"name": "bold-title-1", "texts": {"heading": "x"}},
            "texts: there is no element 'heading'; there are title",
        ),
        ({"elements": [{"kind": "image"}]}, "of the kind image needs a path"),
        ({"elements": [{"kind": "text", "path": "a.png"}]}, "has no path"),
        (
            {"elements": [{"kind": "shape", "start": 2, "end": 1}]},
            "the element ends before it starts",
        ),
        (
            {"elements": [{"kind": "text", "animations": [MORPH]}]},
            "only shapes can morph",
        ),
        (
            {"elements": [{"kind": "text", "animations": [{"kind": "motion-path"}]}]},
            "a motion-path needs a path",
        ),
        (
            {"elements": [{"kind": "particles", "count": 300}] * 4},
            "has 1200 particles, more than 1000",
        ),
        ({"elements": [{"kind": "text", "colour": "#fff"}]}, "did you mean color"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(media: dict[str, Any], told: str) -> None:
    item = {"type": "clip", "media": {"type": "template"} | media}
    document = make_document(make_track(item))

    with pytest.raises(InvalidTimeline, match=r"tracks.0..items.0.") as raised:
        load_timeline(document)
    assert told in str(raised.value)


@pytest.mark.parametrize("name", get_args(ElementEasing))
def test_an_easing_begins_and_ends_where_it_should(name: str) -> None:
    assert (ease(name, 0.0), ease(name, 1.0)) == (0, 1)
    assert ease(name, 1e-6) == pytest.approx(0, abs=0.01)
    assert ease(name, 1 - 1e-6) == pytest.approx(1, abs=0.01)
    if name in {"linear", "ease-in-out", "quad", "cubic", "quart", "quint", "sine"}:
        assert ease(name, 0.5) == pytest.approx(0.5, abs=1e-6)
    if name == "back":
        assert max(ease(name, part / 100) for part in range(100)) > 1.05


def test_a_movement_is_repeated_and_goes_backwards() -> None:
    twice: dict[str, Any] = {"kind": "rotate", "amount": 90, "repeat": 2}
    assert [state_at(at, **twice).angle for at in (0, 0.5, 1, 1.5, 2, 5)] == [
        0, 45, 0, 45, 90, 90,
    ]  # fmt: skip
    endless = twice | {"repeat": 0, "course": "alternate"}
    assert [state_at(at, **endless).angle for at in (0.5, 1, 1.5, 2, 8.5)] == [
        45, 90, 45, 0, 45,
    ]  # fmt: skip
    backwards = twice | {"course": "reverse", "delay": 1}
    assert [state_at(at, **backwards).angle for at in (0, 1, 1.5, 3)] == [90, 90, 45, 0]


def test_what_happens_at_the_end_counts_from_there() -> None:
    fade: dict[str, Any] = {"kind": "fade-out", "delay": 1}
    assert [state_at(at, **fade).alpha for at in (7, 8, 8.5, 9.5)] == [1, 1, 0.5, 0]


@pytest.mark.parametrize(
    ("frames", "start", "end", "duration"),
    [
        (100, Fraction(3), Fraction(4), Fraction(1)),
        (200, Fraction(7), Fraction(8), Fraction(1)),
        (50, Fraction(3, 2), Fraction(2), Fraction(1, 2)),
    ],
)
def test_a_clip_may_be_longer_or_shorter_than_its_template(
    frames: int, start: Fraction, end: Fraction, duration: Fraction
) -> None:
    late = {
        "kind": "text",
        "text": "x",
        "start": 3,
        "animations": [{"kind": "fade-in"}],
    }
    media = TemplateMedia.model_validate({"elements": [late], "length": 4})

    (found,) = scene_of(media, frames, Fraction(25)).elements

    assert (found.start, found.end) == (start, end)
    assert found.animations[0].duration == duration


@pytest.mark.parametrize(
    ("fields", "end", "duration"),
    [({}, 2, 1), ({"end": 4}, 2, 0.5), ({"start": 3, "end": None}, 2, 0.25)],
)
def test_elements_that_say_no_end_last_as_long_as_the_clip(
    fields: dict[str, Any], end: float, duration: float
) -> None:
    fade = {"kind": "fade-out", "duration": 1}
    own = TemplateMedia(
        type="template", elements=(element(animations=[fade], **fields),)
    )
    (shown,) = scene_of(own, 50, Fraction(25)).elements
    assert shown.end == end
    assert shown.animations[0].duration == duration
