"""Projects of Timeline Studio: its schema, and the three shapes of its editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from farm.effects.catalog import EFFECTS
from farm.timeline.clip import Clip, FileMedia
from farm.timeline.template import TemplateMedia
from farm.timeline.title import TitleMedia
from tests.unit.timeline.doors.reading import (
    first_clip,
    problems_of,
    read,
    shown,
    values,
)

if TYPE_CHECKING:
    from pathlib import Path


def _clip(**fields: object) -> dict[str, Any]:
    return {
        "id": "c1",
        "source": {"File": "pier.mp4"},
        "start_time": 0,
        "end_time": 8,
        "source_start": 3.5,
        "source_end": 11.5,
        **fields,
    }


def _schema(*clips: dict[str, Any], **fields: object) -> dict[str, Any]:
    return {
        "version": "1.0.0",
        "timeline": {"fps": 25, "resolution": [1280, 720]},
        "tracks": [
            {"id": "v", "track_type": "Video", "name": "Main", "clips": list(clips)}
        ],
        **fields,
    }


# ProjectSchema


def test_of_a_schema_only_tracks_and_clips_are_needed(tmp_path: Path) -> None:
    document = {
        "version": "1.0.0",
        "tracks": [{"clips": [{"source": {"File": "a.mp4"}, "end_time": 2}]}],
    }
    loaded = read(tmp_path, "edit.json", document)

    assert shown(loaded.timeline) == [[("", 0, 2)]]
    timeline = loaded.timeline
    assert values(timeline.rate, timeline.width, timeline.height) == (30, 1920, 1080)
    assert loaded.warnings == ()


def test_a_schema_is_read_with_its_ranges_crop_and_effects(tmp_path: Path) -> None:
    document = _schema(
        _clip(crop={"left": 0, "top": 40}, effects=["e"], filters=["f"], opacity=0.5),
        _clip(
            id="c2", start_time=10, end_time=12, source_start=0, source_end=4, speed=2
        ),
        effects=[
            {"id": "e", "effect_type": "Blur", "parameters": {"radius": {"Float": 7.0}}}
        ],
        filters=[{"id": "f", "filter_type": "Contrast", "intensity": 0.1}],
        transitions=[{"id": "t", "transition_type": "fade"}],
    )
    loaded = read(tmp_path, "edit.json", document)

    assert shown(loaded.timeline) == [[("c1", 0, 8), ("c2", 10, 12)]]
    clip = first_clip(loaded)
    assert clip.media == FileMedia(path=f"{tmp_path}/pier.mp4")
    assert clip.crop.top == 40
    assert clip.opacity == 0.5
    assert [use.name for use in clip.effects] == ["contrast", "blur"]
    assert clip.effects[0].parameters["amount"] == pytest.approx(1.1)
    assert clip.effects[1].parameters == {"sigma": 7}
    assert loaded.warnings == (
        "transitions[0]: the transition names no clips that it joins and is left out",
    )


def test_an_effect_is_known_as_soon_as_the_catalogue_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = _schema(
        _clip(effects=["e"]), effects=[{"id": "e", "effect_type": "FarFuture"}]
    )

    before = read(tmp_path, "edit.json", document)
    monkeypatch.setitem(EFFECTS, "far_future", EFFECTS["grayscale"])
    after = read(tmp_path, "edit.json", document)

    assert before.warnings == (
        "effects[0]: the effect 'FarFuture' is not known and left out",
    )
    assert first_clip(before).effects == ()
    assert after.warnings == ()
    assert [use.name for use in first_clip(after).effects] == ["far_future"]


def test_a_subtitle_is_a_title_above_all_tracks(tmp_path: Path) -> None:
    text = "It's 100%: {\\an8}[x];\n\u202eabc"
    document = _schema(
        _clip(),
        subtitles=[
            {
                "text": text,
                "start_time": 1,
                "end_time": 3.5,
                "position": {"type": "Relative", "align_x": "Left", "align_y": "Top"},
                "style": {
                    "font_size": 40,
                    "color": "#FF0000",
                    "stroke_width": 3,
                    "shadow_color": "#101010",
                    "background_color": "#202020",
                    "font_weight": "Bold",
                },
                "animations": [
                    {"animation_type": "SlideIn", "duration": 0.5, "direction": "Top"},
                    {"animation_type": "Explode", "duration": 1},
                ],
            }
        ],
    )
    loaded = read(tmp_path, "edit.json", document)

    clip = first_clip(loaded, track=1)
    assert isinstance(clip.media, TitleMedia)
    assert clip.media.text == text
    assert (clip.media.size, clip.media.color, clip.media.align) == (
        40,
        "#ff0000",
        "top-left",
    )
    assert (clip.media.weight, clip.media.outline) == (700, 3)
    assert (clip.media.shadow_color, clip.media.shadow_blur) == ("#101010", 4)
    assert (clip.media.box_color, clip.media.box_opacity) == ("#202020", 0.8)
    (move,) = clip.media.animations
    assert (move.kind, move.side, float(move.duration)) == ("slide-in", "top", 0.5)
    assert loaded.warnings == (
        "subtitles[0].animations[1]: the animation 'Explode' is left out",
    )


def test_a_template_gives_a_clip_its_cell(tmp_path: Path) -> None:
    cells = [
        {"index": 0, "x": 0, "y": 0, "width": 50, "height": 100, "fit_mode": "Fill"}
    ]
    document = _schema(
        _clip(template_id="two", template_position=0),
        templates=[{"id": "two", "cells": cells}],
    )

    clip = first_clip(read(tmp_path, "edit.json", document))

    assert clip.cell is not None
    assert (clip.cell.width, clip.cell.height, clip.fit) == (0.5, 1, "fill")


def test_every_problem_is_told_at_its_place(tmp_path: Path) -> None:
    document = _schema(
        _clip(),
        _clip(id="c2", start_time=4, end_time=6),
        _clip(id="c3", start_time=-1, end_time=20, opacity=7),
        _clip(id="c4", start_time=20, end_time=19),
        _clip(id="c5", start_time=20, end_time=22, speed=0, source=None),
        timeline={"fps": 0, "resolution": [0, 99999999]},
    )

    problems = problems_of(tmp_path, "edit.json", document)

    assert [problem.split(":")[0] for problem in problems] == [
        "timeline.fps",
        "timeline.resolution",
        "tracks[0].clips[2].start_time",
        "tracks[0].clips[2].opacity",
        "tracks[0].clips[3].end_time",
        "tracks[0].clips[4].speed",
        "tracks[0].clips[4].source",
        "tracks[0].clips[2]",
        "tracks[0].clips[1]",
    ]


def test_a_generated_clip_is_black_and_a_stream_is_left_out(tmp_path: Path) -> None:
    document = _schema(
        _clip(source="Generated"),
        _clip(source={"Stream": "rtmp://x"}, start_time=8, end_time=9),
    )
    loaded = read(tmp_path, "edit.json", document)

    assert first_clip(loaded).media.type == "color"
    assert len(loaded.warnings) == 3


@pytest.mark.parametrize(
    "document",
    [
        {"sequences": {}, "activeSequenceId": 3},
        {"sequences": {"a": None}},
        {"sections": "x"},
        {"timeline": {"tracks": [1, None, {"clips": "x"}, {"clips": [7]}]}},
        {"timeline": {"tracks": [{"clips": [{"startTime": [], "duration": {}}]}]}},
        {"version": 1, "tracks": [{"clips": [{"effects": 3, "source": 4}]}]},
        {"version": "1.0.0", "tracks": {"a": {"volume": True}}, "effects": [1, "x"]},
        {"version": "1.0.0", "tracks": [], "subtitles": [{"text": "x" * 20_000}]},
        {"version": "1.0.0", "tracks": None, "settings": [], "timeline": "long"},
        {"version": "1.0.0", "tracks": [{"name": "x" * 20_000, "clips": [{}]}]},
    ],
    ids=str,
)
def test_nonsense_is_refused_with_places(
    document: dict[str, Any], tmp_path: Path
) -> None:
    assert problems_of(tmp_path, "edit.json", document)


STYLE = {
    "id": "st",
    "name": "Mine",
    "category": "Title",
    "style": "Modern",
    "duration": 4,
    "background_color": "#102030",
    "elements": [
        {
            "id": "bar",
            "element_type": "Shape",
            "position": {"x": 0, "y": 80},
            "size": {"width": 100, "height": 10},
            "timing": {"in_time": 0.5, "out_time": 3.5, "duration": 3},
            "properties": {"shape_type": "Ellipse", "fill_color": "#ff0000"},
            "animations": [
                {"animation_type": "Slide", "duration": 1, "repeat": 0,
                 "direction": "Alternate", "easing": "Cubic"},
                {"animation_type": "Nonsense", "duration": 1},
            ],
        },
        {
            "id": "head",
            "element_type": "Text",
            "position": {"x": 50, "y": 50},
            "size": {"width": 80, "height": 20},
            "content": "Hello",
            "properties": {"font_size": 72, "font_weight": "Bold"},
            "animations": [],
        },
        {"id": "odd", "element_type": "Hologram"},
    ],
}  # fmt: skip


def test_a_style_template_of_a_schema_lies_where_its_clip_is(tmp_path: Path) -> None:
    document = _schema(
        _clip(style_template_id="st"),
        _clip(
            id="c2", start_time=8, end_time=12, source="Generated",
            style_template_id="minimal-outro-1",
        ),
        style_templates=[STYLE],
    )  # fmt: skip
    loaded = read(tmp_path, "edit.json", document)

    below, above = loaded.timeline.tracks
    first, second = (item for item in above.items if isinstance(item, Clip))
    assert values(first.duration, second.duration) == (8, 4)
    assert isinstance(below.items[0], Clip)
    assert isinstance(below.items[0].media, FileMedia)
    assert isinstance(first.media, TemplateMedia)
    assert isinstance(second.media, TemplateMedia)
    assert second.media.name == "minimal-outro-1"
    assert first.media.background == "#102030"
    assert values(first.media.seconds) == (4,)
    bar, head = first.media.shown_elements()
    assert (bar.shape, bar.color) == ("ellipse", "#ff0000")
    assert values(bar.start, bar.end) == (0.5, 3.5)
    assert (bar.x, bar.y, bar.width, bar.height) == (0, 0.8, 1, 0.1)
    (move,) = bar.animations
    assert (move.kind, move.repeat, move.course, move.easing) == (
        "slide", 0, "alternate", "cubic",
    )  # fmt: skip
    assert (head.text, head.size, head.weight) == ("Hello", 72, 700)
    assert (head.x, head.y) == pytest.approx((0.1, 0.4))  # by its middle
    assert any("Hologram" in each for each in loaded.warnings)
    assert any("Nonsense" in each for each in loaded.warnings)


def test_a_clip_in_memory_says_what_its_template_says(tmp_path: Path) -> None:
    clip = {
        "id": "c", "startTime": 2, "duration": 5,
        "styleTemplate": {
            "id": "corporate-lower-third-1",
            "textOverrides": {"title": "Ida", "nobody": "x"},
            "colorOverrides": {"bar": "#00ff00"},
        },
    }  # fmt: skip
    document = {"sections": [{"tracks": [{"type": "video", "clips": [clip]}]}]}
    loaded = read(tmp_path, "edit.json", document)

    media = first_clip(loaded).media
    assert isinstance(media, TemplateMedia)
    assert (media.name, media.texts) == ("corporate-lower-third-1", {"title": "Ida"})
    assert media.colors == {"bar": "#00ff00"}
    (told,) = loaded.warnings
    assert told.endswith(".styleTemplate: texts: 'nobody' changes no element")
