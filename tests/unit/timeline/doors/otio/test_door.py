"""Whatever holds clips is a timeline."""

from __future__ import annotations

from decimal import Decimal
from time import process_time

import opentimelineio as otio
import pytest

from farm.errors import InvalidTimeline
from farm.timeline.doors.otio import from_object, from_text
from farm.timeline.load import load_timeline
from tests.unit.timeline.doors.otio.build import (
    FOLDER,
    SIZE,
    list_shown,
    load,
    make_clip,
    make_dissolve,
    make_stack,
    make_time,
    make_timeline,
    make_track,
)


def test_the_size_that_is_taken_is_told() -> None:
    loaded = load(make_track(make_clip()))

    assert (loaded.timeline.width, loaded.timeline.height) == (1920, 1080)
    assert loaded.warnings == (SIZE,)


@pytest.mark.parametrize(
    "metadata",
    [
        {"width": 1280, "height": 720},
        {"Editor": {"Settings": [{"Width": "1280", "Height": "720"}]}},
        {
            "thumbnail": {"width": 1, "height": 1},
            "f": {"width": 1280, "height": 720},
        },
    ],
)
def test_a_size_in_the_metadata_is_taken(metadata: dict[str, object]) -> None:
    timeline = make_timeline(make_track(make_clip()))
    timeline.metadata.update(metadata)

    loaded = from_object(timeline, folder=FOLDER)

    assert (loaded.timeline.width, loaded.timeline.height) == (1280, 720)
    assert loaded.warnings == ("the picture is 1280x720 pixels, as its metadata say",)


@pytest.mark.parametrize("width", [-1, 0, 1e9, "wide", None, True, float("nan")])
def test_nonsense_in_the_metadata_is_no_size(width: object) -> None:
    timeline = make_timeline(make_track(make_clip()))
    timeline.metadata["a"] = {"width": width, "height": 720}

    assert from_object(timeline, folder=FOLDER).timeline.width == 1920


@pytest.mark.parametrize(
    "root",
    [
        make_timeline(make_track(make_clip())),
        make_stack(make_track(make_clip())),
        make_stack(make_clip()),
        make_track(make_clip()),
        make_clip(),
        otio.schema.SerializableCollection(
            "", [make_clip("x"), make_timeline(make_track(make_clip()))]
        ),
        otio.schema.SerializableCollection("", [make_clip()]),
    ],
    ids=lambda root: root.schema_name(),
)
def test_whatever_holds_clips_is_a_timeline(root: object) -> None:
    (track,) = from_object(root, folder=FOLDER).timeline.tracks

    assert list_shown(track) == [("pier", 0, 48)]


def test_places_in_a_bare_track_are_those_of_its_children() -> None:
    with pytest.raises(InvalidTimeline, match=r"rendered: children\[1\]: the clip"):
        from_object(make_track(make_clip(), make_clip("", media=None)), folder=None)


def test_a_collection_of_many_timelines_is_refused_by_their_names() -> None:
    root = otio.schema.SerializableCollection(
        "", [make_timeline(name="one"), make_timeline(name="two")]
    )

    with pytest.raises(InvalidTimeline, match=r"holds 2 timelines \('two'|\('one'"):
        from_object(root, folder=None)


@pytest.mark.parametrize(
    ("root", "what"),
    [
        (otio.schema.Marker(), "Marker"),
        (otio.schema.SerializableCollection(), "SerializableCollection"),
        (make_time(1), "RationalTime"),
    ],
)
def test_what_is_no_timeline_is_refused(root: object, what: str) -> None:
    with pytest.raises(InvalidTimeline, match=f"it is no timeline but a {what}"):
        load_timeline(root)


def test_an_empty_timeline_is_refused() -> None:
    with pytest.raises(InvalidTimeline, match="there is nothing to render"):
        from_object(make_timeline(make_track()), folder=None)


def test_a_timeline_is_not_changed_by_reading_it() -> None:
    timeline = make_timeline(make_track(make_clip(), make_dissolve(), make_clip()))
    before = timeline.to_json_string()

    from_object(timeline, folder=None)

    assert timeline.to_json_string() == before


def test_ten_thousand_clips_are_read_quickly() -> None:
    clips = [make_clip(f"clip {number}") for number in range(10_000)]
    text = make_timeline(make_track(*clips)).to_json_string()
    begun = process_time()

    timeline = from_text(text, folder=FOLDER, name="long.otio").timeline

    assert process_time() - begun < 10  # seconds; about 3
    assert len(timeline.tracks[0].items) == 10_000


def test_a_document_with_exact_decimals_is_read_too() -> None:
    """That is what reading a file as JSON gives."""
    document: dict[str, object] = {
        "OTIO_SCHEMA": "Clip.1",
        "name": "pier",
        "media_reference": {
            "OTIO_SCHEMA": "ExternalReference.1",
            "target_url": "a.mov",
            "available_range": None,
        },
        "source_range": {
            "OTIO_SCHEMA": "TimeRange.1",
            "start_time": {"OTIO_SCHEMA": "RationalTime.1", "value": 0, "rate": 24},
            "duration": {
                "OTIO_SCHEMA": "RationalTime.1",
                "value": Decimal("48.0"),
                "rate": 24,
            },
        },
    }

    (track,) = load_timeline(document, folder=FOLDER).timeline.tracks

    assert list_shown(track) == [("pier", 0, 48)]
    document["metadata"] = object()
    with pytest.raises(InvalidTimeline, match="it is not plain data"):
        load_timeline(document)
