"""Clips and gaps keep their places and their ranges."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
import pytest

from farm.timeline.clip import Clip, FileMedia, SourceRange
from farm.timeline.item import Gap
from tests.unit.timeline.doors.otio.build import (
    list_shown,
    load_clip,
    load_problems,
    load_track,
    load_warnings,
    make_clip,
    make_file,
    make_gap,
    make_range,
    make_stack,
    make_track,
)


def test_a_clip_shows_a_range_of_its_file() -> None:
    clip = load_clip(make_clip("pier", (12, 36)))

    assert clip.name == "pier"
    assert clip.media == FileMedia(path="/film.mp4")
    assert clip.source_range == SourceRange(
        start=Fraction(1, 2), duration=Fraction(3, 2)
    )


def test_ranges_count_from_the_timecode_of_the_file() -> None:
    """Cameras start at 01:00:00:00; the file's own clock starts at 0."""
    media = make_file(available=(86400, 240))

    clip = load_clip(make_clip(span=(86412, 24), media=media))

    assert clip.source_range == SourceRange(start=Fraction(1, 2), duration=1)


def test_a_clip_without_a_range_shows_what_is_available() -> None:
    clip = load_clip(make_clip(span=None, media=make_file(available=(86400, 240))))

    assert clip.source_range == SourceRange(start=0, duration=10)


def test_a_clip_without_any_range_shows_all_of_its_file() -> None:
    clip = load_clip(make_clip(span=None, media=make_file(available=None)))

    assert clip.source_range is None
    assert clip.duration is None


def test_a_clip_that_is_switched_off_stays_so() -> None:
    assert not load_clip(make_clip(enabled=False)).enabled


def test_of_a_clip_that_is_switched_off_nothing_else_matters() -> None:
    off = make_clip(media=None, enabled=False)

    assert list_shown(load_track(off, make_clip())) == [("gap", 0, 48), ("pier", 0, 48)]


def test_markers_cannot_be_seen() -> None:
    clip = make_clip()
    clip.markers.append(otio.schema.Marker("here", make_range((1, 1))))

    assert load_warnings(make_track(clip)) == ["1 markers are not shown"]


@pytest.mark.parametrize("media", [None, otio.schema.MissingReference()])
def test_of_a_missing_reference_the_name_is_the_file(media: object) -> None:
    clip = load_track(make_clip("pier.mov", media=media)).items[0]

    assert isinstance(clip, Clip)
    assert isinstance(clip.media, FileMedia)
    assert clip.media.path.endswith("/pier.mov")


def test_numbered_images_are_stills_as_long_as_each_is_seen() -> None:
    images = otio.schema.ImageSequenceReference(
        "file:///a", "frame.", ".png", 7, 1, 12.0, 4, available_range=None
    )
    track = load_track(make_clip(span=(0, 6), media=images))

    shown = [
        (clip.media.path, clip.duration)
        for clip in track.items
        if isinstance(clip, Clip) and isinstance(clip.media, FileMedia)
    ]
    assert shown == [
        (f"/a/frame.{number:04}.png", Fraction(1, 12)) for number in (7, 8, 9)
    ]


def test_a_gap_is_a_gap() -> None:
    track = load_track(make_clip(), make_gap(12), make_gap(12), make_clip())

    assert [item.type for item in track.items] == ["clip", "gap", "clip"]
    assert track.items[1] == Gap(duration=1)


@pytest.mark.parametrize(
    ("clip", "message"),
    [
        (
            make_clip("", media=make_file("")),
            "the clip has no media: link it to a file (ExternalReference)",
        ),
        (
            make_clip(
                media=otio.schema.ImageSequenceReference("/a/", "f.", ".exr", rate=0)
            ),
            "a sequence of images needs a rate and a step of 1 or more",
        ),
        (make_clip(span=(0, 0)), "clip 'pier' lasts 0 s: its range is empty"),
        (make_clip(span=(0, -5)), "clip 'pier' lasts -0.208 s: its range is empty"),
        (
            make_clip(span=(0, 48), media=make_file(available=(24, 240))),
            "clip 'pier' starts 1 s before its media (available_range)",
        ),
        (
            make_clip(span=(float("nan"), 48)),
            "a time of nan at the rate 24 is no time",
        ),
        (make_clip(rate=0), "a time of 48 at the rate 0 is no time"),
        (
            make_clip(span=None, media=otio.schema.GeneratorReference("", "black")),
            "clip 'pier' has no source_range, which says how long it is",
        ),
    ],
    ids=str,
)
def test_a_clip_that_cannot_be_is_refused(clip: object, message: str) -> None:
    problems = load_problems(make_track(make_clip(), clip))

    assert problems[0] == f"tracks[0].children[1]: {message}"


def test_a_network_address_is_refused_at_its_place_in_the_file() -> None:
    clip = make_clip(media=make_file("https://example.org/a.mp4"))

    (problem,) = load_problems(make_track(make_gap(), make_stack(clip)))

    assert problem.startswith(
        "tracks[0].children[1].children[0].media.path: clip 'pier' names a network"
    )


def test_all_problems_are_told_at_once() -> None:
    off = make_clip("", media=None)
    problems = load_problems(
        make_track(off.clone(), make_clip(), off.clone()), make_track(off.clone())
    )

    assert [problem.split(":")[0] for problem in problems] == [
        "tracks[0].children[0]",
        "tracks[0].children[2]",
        "tracks[1].children[0]",
    ]
