"""The gallery has a picture and a line for everything, and nothing of what is gone."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from PIL import Image

from farm.effects.catalog import EFFECTS
from farm.effects.sound.catalog import SOUND_EFFECTS
from farm.plan.timeline import check_effects
from farm.timeline.document import load_document
from farm.timeline.element import ElementAnimationKind
from farm.timeline.layouts import LAYOUTS
from farm.timeline.subtitle_styles import STYLES
from farm.timeline.templates import TEMPLATES
from farm.timeline.timeline import FORMAT
from farm.timeline.title import AnimationKind
from farm.timeline.transition import TRANSITIONS, XFADE_TRANSITIONS
from gallery.catalogue import all_pages
from gallery.make import picture_path
from gallery.markdown import FOLDER, write_pages

ANEW = "`make gallery` writes it anew"
PAGES = {page.name: page for page in all_pages(Path())}
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
MOST_BYTES = 6_000_000
#: A clip that an example can stand in.
CLIP = {"type": "clip", "media": {"type": "color"}, "duration": 4}


def named(prefix: str) -> list[str]:
    pages = [page for name, page in PAGES.items() if name.startswith(prefix)]
    return sorted(entry.name for page in pages for entry in page.entries)


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("effects-", EFFECTS),
        ("transitions", TRANSITIONS),
        ("layouts", LAYOUTS),
        ("subtitle-styles", STYLES),
        ("title-animations", get_args(AnimationKind)),
        ("style-templates", TEMPLATES),
        ("element-animations", get_args(ElementAnimationKind)),
        ("sound-effects", SOUND_EFFECTS),
    ],
)
def test_every_entry_of_the_catalogues_is_shown(page: str, names: Any) -> None:  # noqa: ANN401
    assert named(page) == sorted(names)
    assert set(TRANSITIONS) == set(XFADE_TRANSITIONS)


def test_the_pages_say_what_the_catalogues_say() -> None:
    assert write_pages() == TEXTS, ANEW


def test_every_entry_has_its_picture_and_no_other_is_there() -> None:
    wanted = {
        picture_path(FOLDER, page, entry.name)
        for page in PAGES.values()
        for entry in page.entries
    }
    there = {path for path in FOLDER.rglob("*") if path.is_file()}

    assert there - {FOLDER / name for name in TEXTS} == wanted, ANEW


def test_every_page_shows_the_pictures_of_its_entries() -> None:
    for page in PAGES.values():
        shown = re.findall(r"!\[(.*?)\]\((.*?)\)", TEXTS[f"{page.name}.md"])
        assert shown == [
            (
                each.name,
                picture_path(FOLDER, page, each.name).relative_to(FOLDER).as_posix(),
            )
            for each in page.entries
        ]
        assert f"({page.name}.md)" in TEXTS["README.md"]


def test_the_pictures_are_pictures_and_small() -> None:
    sizes = {path: path.stat().st_size for path in FOLDER.rglob("*.webp")}

    assert sum(sizes.values()) < MOST_BYTES
    for path in sizes:
        with Image.open(path) as picture:
            assert picture.width >= 100
            assert picture.height >= 100


def test_before_and_after_differ() -> None:
    """An effect that does nothing would show: each picture's halves are compared."""
    same = []
    for page in PAGES.values():
        if not page.name.startswith(("effects-", "sound-")):
            continue
        for entry in page.entries:
            with Image.open(picture_path(FOLDER, page, entry.name)) as picture:
                wide = (picture.width - 4 * (len(entry.panels) - 1)) // len(
                    entry.panels
                )
                top = 40
                before = picture.crop((0, top, wide, picture.height))
                left = wide + 4
                after = picture.crop((left, top, left + wide, picture.height))
                if _mean_difference(before, after) < 1:
                    same.append(entry.name)
    assert same == []


def _mean_difference(one: Image.Image, other: Image.Image) -> float:
    a, b = (image.convert("RGB").resize((96, 54)).tobytes() for image in (one, other))
    return sum(abs(x - y) for x, y in zip(a, b, strict=True)) / len(a)


@pytest.mark.parametrize("page", PAGES)
def test_what_is_to_be_pasted_is_understood(page: str) -> None:
    for example in re.findall(r"```json\n(.*?)```", TEXTS[f"{page}.md"], re.DOTALL):
        timeline = load_document(_whole(page, json.loads(example)), folder=Path("/p"))
        check_effects(timeline, [Path("/")])


def _whole(page: str, value: dict[str, Any]) -> dict[str, Any]:
    """Return an example where the page says that it stands."""
    fields: dict[str, Any] = {}
    items: list[dict[str, Any]] = [CLIP]
    if page == "transitions":
        items = [CLIP, value, CLIP]
    elif page == "layouts":
        items = [{**CLIP, **value}]
    elif page == "subtitle-styles":
        fields = {"subtitles": [value]}
    elif page == "title-animations":
        media = {"type": "title", "text": "a", "animations": [value]}
        items = [{**CLIP, "media": media}]
    elif page == "style-templates":
        items = [{**CLIP, "media": value}]
    elif page == "element-animations":
        element = {"kind": "shape", "animations": [value]}
        items = [{**CLIP, "media": {"type": "template", "elements": [element]}}]
    elif page == "sound-effects":
        track = {"kind": "audio", "items": [], "audio_effects": [value]}
        said = {**CLIP, "media": {"type": "file", "path": "said.wav"}}
        voice = {"kind": "audio", "name": "voice", "items": [said]}
        return {"format": FORMAT, "tracks": [voice, track]}
    else:
        items = [{**CLIP, "effects": [value]}]
    tracks = [{"kind": "video", "items": items}]
    return {"format": FORMAT, "tracks": tracks, **fields}
