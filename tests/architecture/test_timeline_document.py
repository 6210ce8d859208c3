"""`docs/timeline.md` says what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from farm.effects.catalog import EFFECTS
from farm.effects.describe import show_parameters
from farm.effects.model import Number
from farm.effects.sound.catalog import SOUND_EFFECTS
from farm.plan.timeline import check_effects
from farm.timeline.cell import Cell
from farm.timeline.clip import Clip, EffectUse, Transform
from farm.timeline.document import load_document
from farm.timeline.element import Element, ElementAnimation
from farm.timeline.keyframe import Keyframe
from farm.timeline.layouts import LAYOUTS
from farm.timeline.subtitle_styles import STYLES
from farm.timeline.subtitles import Subtitles
from farm.timeline.template import TemplateMedia
from farm.timeline.timeline import FORMAT, Timeline, Track
from farm.timeline.title import TextAnimation, TitleMedia
from farm.timeline.transition import XFADE_TRANSITIONS

TEXT = (Path(__file__).parents[2] / "docs" / "timeline.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)


def _section(title: str) -> str:
    return re.split(rf"^#+ {title}\n", TEXT, flags=re.MULTILINE)[1].split("\n#")[0]


def _first_column(text: str) -> list[str]:
    rows = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([\w.]+)`", row)]


def _whole(example: str) -> dict[str, Any]:
    """Return an example as a document: it may be one, a track, or items of one."""
    value = json.loads(example)
    if isinstance(value, list):
        value = {"kind": "video", "items": value}
    if "tracks" not in value:
        value = {"format": FORMAT, "tracks": [value]}
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_is_a_timeline(example: str) -> None:
    timeline = load_document(_whole(example), folder=Path("/project"))
    check_effects(timeline, [Path("/")])


def test_the_kinds_of_transitions_are_those_of_the_code() -> None:
    named = _first_column(_section("Transitions"))

    assert sorted(named) == sorted(XFADE_TRANSITIONS)


def test_the_effects_are_those_of_the_code() -> None:
    rows = [
        f"| `{name}` | {effect.what} | {show_parameters(effect)} |"
        for name, effect in EFFECTS.items()
    ]

    section = TEXT.split("### Effects by family\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| `.*$", section, re.MULTILINE) == rows


def test_every_field_of_an_effect_and_of_a_motion_stands_in_its_table() -> None:
    assert set(_first_column(_section("Effects"))) == set(EffectUse.model_fields)
    named = set(_first_column(_section("Keyframes")))
    assert named == set(Keyframe.model_fields)


@pytest.mark.parametrize(
    ("title", "model", "elsewhere"),
    [
        ("The whole", Timeline, set()),
        ("Tracks", Track, set()),
        ("Clips", Clip, set()),
        ("Titles", TitleMedia, {"type"}),
        ("Animations of text", TextAnimation, set()),
        ("Subtitles", Subtitles, set()),
        ("Split screens", Cell, set()),
        ("Style templates", TemplateMedia, {"type"}),
        ("Elements", Element, set()),
        ("Animations of elements", ElementAnimation, set()),
    ],
)
def test_every_field_stands_in_its_table(
    title: str,
    model: type[
        Timeline
        | Track
        | Clip
        | TitleMedia
        | Cell
        | TextAnimation
        | Subtitles
        | TemplateMedia
        | Element
        | ElementAnimation
    ],
    elsewhere: set[str],
) -> None:
    named = {
        name for name in _first_column(_section(title)) if not name.startswith("split-")
    }
    assert named == set(model.model_fields) - elsewhere


def test_the_layouts_are_those_of_the_code() -> None:
    kinds = {name.rsplit("-", 1)[0] for name in LAYOUTS}
    named = re.findall(r"`(split-[\w-]+)`", _section("Split screens"))

    assert {name.removesuffix("-alt") for name in kinds} - set(named) <= {
        name
        for name in kinds
        if re.fullmatch(r"split-(grid-\dx\d.*|custom-\d-\d)", name)
    }
    assert set(named) <= kinds


def test_every_field_of_the_transform_stands_in_its_table() -> None:
    named = _first_column(_section("Picture in picture"))

    assert {f"transform.{name}" for name in Transform.model_fields} <= set(named)


def test_the_styles_of_subtitles_are_those_of_the_code() -> None:
    row = re.search(r"^\| `style` \|(.*)$", _section("Subtitles"), re.MULTILINE)

    assert row is not None
    assert set(re.findall(r"`([\w-]+)`", row[1])) == set(STYLES)


def test_the_effects_on_sound_are_those_of_the_code() -> None:
    rows = [
        f"| `{name}` | {effect.what} | "
        + "; ".join(
            f"`{key}`: {each.low:g} to {each.high:g} {each.unit}, usually "
            f"{each.default:g}"
            if isinstance(each, Number)
            else f"`{key}`: name of a track"
            for key, each in effect.parameters.items()
        )
        + " |"
        for name, effect in SOUND_EFFECTS.items()
    ]

    found = re.findall(
        r"^\| `[\w-]+` \|.*$", _section("Effects on sound"), re.MULTILINE
    )
    assert found == rows
