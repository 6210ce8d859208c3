"""Tracks keep their order, and are cut by their ranges."""

from __future__ import annotations

from farm.timeline.clip import Clip
from farm.timeline.doors.otio import from_object
from tests.unit.timeline.doors.otio.build import (
    FOLDER,
    list_shown,
    load,
    load_clip,
    load_problems,
    make_clip,
    make_dissolve,
    make_gap,
    make_range,
    make_timeline,
    make_track,
)


def test_tracks_are_listed_from_bottom_to_top() -> None:
    timeline = load(
        make_track(make_clip("below"), name="V1"),
        make_track(make_clip("above"), name="V2"),
    ).timeline

    assert [track.name for track in timeline.tracks] == ["V1", "V2"]
    assert timeline.name == "edit"


def test_a_track_that_is_switched_off_stays_so() -> None:
    off = make_track(make_clip())
    off.enabled = False

    tracks = load(make_track(make_clip()), off).timeline.tracks

    assert [track.enabled for track in tracks] == [True, False]


def test_an_unknown_kind_of_track_is_left_out_and_told() -> None:
    loaded = load(
        make_track(make_clip()), make_track(make_gap(), kind="Subtitle", name="en")
    )

    assert len(loaded.timeline.tracks) == 1
    assert loaded.warnings[0] == (
        "tracks[1]: track 'en' is of the kind 'Subtitle', which is not known; it is "
        "left out"
    )


def test_films_are_muted_where_sound_has_tracks_of_its_own() -> None:
    timeline = load(
        make_track(make_clip()), make_track(make_clip(), kind="Audio")
    ).timeline

    film, sound = (track.items[0] for track in timeline.tracks)
    assert isinstance(film, Clip)
    assert isinstance(sound, Clip)
    assert [track.kind for track in timeline.tracks] == ["video", "audio"]
    assert (film.muted, sound.muted) == (True, False)


def test_films_are_heard_where_there_are_no_audio_tracks() -> None:
    assert not load_clip(make_clip()).muted


def test_a_range_of_a_track_cuts_it() -> None:
    track = make_track(make_clip("a"), make_gap(24), make_clip("b"), span=(40, 50))

    (read,) = load(track).timeline.tracks
    assert list_shown(read) == [("a", 40, 8), ("gap", 0, 24), ("b", 0, 18)]


def test_a_range_of_all_tracks_cuts_them() -> None:
    timeline = make_timeline(make_track(make_clip("a")), make_track(make_clip("b")))
    timeline.tracks.source_range = make_range((12, 24))

    tracks = from_object(timeline, folder=FOLDER).timeline.tracks

    assert [list_shown(track) for track in tracks] == [[("a", 12, 24)], [("b", 12, 24)]]


def test_a_range_outside_a_track_shows_nothing_there() -> None:
    track = make_track(make_clip("a"), span=(-12, 96))

    (read,) = load(track).timeline.tracks
    assert list_shown(read) == [("gap", 0, 12), ("a", 0, 48), ("gap", 0, 36)]


def test_a_range_keeps_whole_transitions_and_drops_those_outside() -> None:
    children = (make_clip("a"), make_dissolve(), make_clip("b"), make_dissolve())
    track = make_track(*children, make_clip("c"), span=(12, 72))

    (read,) = load(track).timeline.tracks
    assert [item.type for item in read.items] == ["clip", "transition", "clip"]


def test_a_range_that_cuts_a_transition_is_refused() -> None:
    track = make_track(make_clip(), make_dissolve(), make_clip(), span=(0, 50))

    assert load_problems(track) == [
        (
            "tracks[0].children[1]: the range around it cuts through the transition: "
            "end it before or after"
        )
    ]
