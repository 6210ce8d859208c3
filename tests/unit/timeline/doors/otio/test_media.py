"""References are paths and colours."""

from __future__ import annotations

from typing import Literal

import opentimelineio as otio
import pytest

from farm.timeline.clip import BarsMedia, ColorMedia, FileMedia
from tests.unit.timeline.doors.otio.build import (
    list_shown,
    load,
    load_clip,
    load_track,
    load_warnings,
    make_clip,
    make_file,
    make_track,
)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/abs/a b.mov", "/abs/a b.mov"),
        ("media/a.mov", "/project/media/a.mov"),
        ("100%25.mov", "/project/100%25.mov"),
        ("file:///abs/a%20b.mov", "/abs/a b.mov"),
        ("FILE:///abs/a.mov", "/abs/a.mov"),
        ("file:/abs/a.mov", "/abs/a.mov"),
        ("file:a%20b.mov", "/project/a b.mov"),
        ("file://localhost/abs/a.mov", "/abs/a.mov"),
        ("file:///abs/what%3F#1.mov", "/abs/what?#1.mov"),
        ("file:///abs/gl%C3%BCck.mov", "/abs/glück.mov"),
        ("file://server/share/a.mov", "//server/share/a.mov"),
        ("file:///D:/a.mov", "D:/a.mov"),
        ("file://localhost/D%3a/a.mov", "D:/a.mov"),
        ("C:\\media\\a.mov", "C:\\media\\a.mov"),
    ],
)
def test_a_url_is_a_path(url: str, path: str) -> None:
    media = load_clip(make_clip(media=make_file(url))).media

    assert isinstance(media, FileMedia)
    assert media.path == path


@pytest.mark.parametrize(
    ("kind", "parameters", "color"),
    [
        ("black", {}, "#000000"),
        ("Slug", {}, "#000000"),
        ("SolidColor", {"color": "#20A0ff"}, "#20a0ff"),
        ("solid color", {"color": [1, 0.5, 0]}, "#ff8000"),
        ("solid_color", {"color": [1.0, 0.0, 0.0, 1.0]}, "#ff0000"),
        ("Color Matte", {"fill_color": "white"}, "#ffffff"),
    ],
)
def test_a_generator_of_one_colour_is_that_colour(
    kind: str, parameters: dict[str, object], color: str
) -> None:
    media = otio.schema.GeneratorReference("", kind, parameters=parameters)

    clip = load_clip(make_clip(media=media))

    assert clip.media == ColorMedia(color=color)
    assert clip.duration == 2


@pytest.mark.parametrize("parameters", [{}, {"color": "mauve"}, {"color": [7, 0]}])
def test_a_colour_that_is_not_said_is_black_and_told(
    parameters: dict[str, object],
) -> None:
    media = otio.schema.GeneratorReference("", "solid", parameters=parameters)

    loaded = load(make_track(make_clip(media=media)))

    assert loaded.warnings[0] == (
        "tracks[0].children[0]: clip 'pier' says no colour as #rrggbb; black is taken"
    )


@pytest.mark.parametrize(
    ("kind", "bars"), [("SMPTEBars", "smpte"), ("SMPTE HD Bars", "smpte_hd")]
)
def test_a_generator_of_bars_is_those_bars(
    kind: str, bars: Literal["smpte", "smpte_hd"]
) -> None:
    clip = load_clip(make_clip(media=otio.schema.GeneratorReference("", kind)))

    assert clip.media == BarsMedia(kind=bars)
    assert clip.duration == 2


def test_another_generator_leaves_its_place_free_and_is_told() -> None:
    bars = make_clip(media=otio.schema.GeneratorReference("", "Checkers"))

    assert list_shown(load_track(bars, make_clip())) == [
        ("gap", 0, 48),
        ("pier", 0, 48),
    ]
    assert load_warnings(make_track(bars.clone())) == [
        (
            "tracks[0].children[0]: clip 'pier': generator 'Checkers' is not known; "
            "nothing is put in its place"
        )
    ]


def test_a_generator_of_sound_is_silence_and_told() -> None:
    tone = make_clip(media=otio.schema.GeneratorReference("", "tone"))

    (warning,) = load_warnings(make_track(tone, kind="Audio"))

    assert warning.endswith("'tone' is not known; silence is put in its place")
