"""Whatever is nested is shown where it would be."""

from __future__ import annotations

from farm.timeline.clip import Clip
from tests.unit.timeline.doors.otio.build import (
    list_shown,
    load,
    load_problems,
    load_track,
    make_clip,
    make_dissolve,
    make_file,
    make_speed,
    make_stack,
    make_time,
    make_track,
)


def test_a_nested_track_is_put_in_its_place() -> None:
    nested = make_track(make_clip("b"), make_clip("c"))

    track = load_track(make_clip("a"), nested, make_clip("d"))

    assert [name for name, _, _ in list_shown(track)] == ["a", "b", "c", "d"]


def test_a_range_of_a_nest_is_cut_out_of_it() -> None:
    nest = make_stack(make_clip("b", (10, 48)), span=(6, 24))

    assert list_shown(load_track(make_clip("a"), nest)) == [("a", 0, 48), ("b", 16, 24)]


def test_nests_in_nests_are_cut_as_opentimelineio_does() -> None:
    inner = make_track(make_clip("b", (10, 48)), make_clip("c"), span=(24, 60))
    track = make_track(make_clip("a"), make_stack(inner, span=(12, 30)))

    (read,) = load(track).timeline.tracks

    assert list_shown(read) == [("a", 0, 48), ("b", 46, 12), ("c", 0, 18)]
    for frame, (name, start) in {50: ("b", 48), 61: ("c", 1)}.items():
        clip = track.child_at_time(make_time(frame))
        assert clip.name == name
        assert track.transformed_time(make_time(frame), clip).value == start


def test_layers_of_a_nest_lie_above_each_other() -> None:
    nest = make_stack(make_track(make_clip("b")), make_track(make_clip("c", (0, 24))))

    tracks = load(make_track(make_clip("a"), nest, make_clip("d"))).timeline.tracks

    assert [list_shown(track) for track in tracks] == [
        [("a", 0, 48), ("b", 0, 48), ("d", 0, 48)],
        [("gap", 0, 48), ("c", 0, 24), ("gap", 0, 72)],
    ]


def test_layers_of_a_nest_lie_below_the_next_track() -> None:
    nest = make_stack(make_clip("b"), make_clip("c"))

    tracks = load(make_track(nest), make_track(make_clip("top"))).timeline.tracks

    assert [list_shown(track)[0][0] for track in tracks] == ["b", "c", "top"]


def test_the_speed_of_a_nest_is_that_of_all_in_it() -> None:
    clips = (make_clip("b"), make_clip("c", effects=[make_speed(2)]))
    nest = make_stack(make_track(*clips), span=(24, 30), effects=[make_speed(2)])

    (read,) = load(make_track(nest)).timeline.tracks

    assert list_shown(read) == [("b", 24, 12), ("c", 0, 18)]
    assert [item.speed for item in read.items if isinstance(item, Clip)] == [2, 4]


def test_the_sound_of_a_nest_is_heard_where_there_are_no_audio_tracks() -> None:
    nest = make_stack(
        make_track(make_clip("b")), make_track(make_clip("s"), kind="Audio")
    )

    film, sound = load(make_track(make_clip("a"), nest)).timeline.tracks

    assert [item.muted for item in film.items if isinstance(item, Clip)] == [
        False,
        True,
    ]
    assert sound.kind == "audio"
    assert list_shown(sound) == [("gap", 0, 48), ("s", 0, 48)]


def test_the_sound_of_a_nest_is_left_out_beside_audio_tracks_and_told() -> None:
    nest = make_stack(
        make_track(make_clip("b")), make_track(make_clip("s"), kind="Audio")
    )
    music = make_track(make_clip("m"), kind="Audio")

    loaded = load(make_track(nest), music)

    assert [track.kind for track in loaded.timeline.tracks] == ["video", "audio"]
    assert loaded.warnings[0] == (
        "tracks[0].children[0]: the sound of stack 'nest' is left out: the timeline "
        "has audio tracks"
    )


def test_of_a_nest_on_an_audio_track_only_the_sound_is_taken() -> None:
    films = make_stack(make_track(make_clip("b")))
    both = make_stack(
        make_track(make_clip("c")), make_track(make_clip("s"), kind="Audio")
    )

    (sound,) = load(make_track(films, both, kind="Audio")).timeline.tracks

    assert sound.kind == "audio"
    assert list_shown(sound) == [("b", 0, 48), ("s", 0, 48)]
    assert not any(item.muted for item in sound.items if isinstance(item, Clip))


def test_a_nest_that_is_switched_off_leaves_its_place_free() -> None:
    nest = make_stack(make_clip("b"))
    nest.enabled = False

    (track,) = load(make_track(nest, make_clip("a"))).timeline.tracks

    assert [item.enabled for item in track.items if isinstance(item, Clip)] == [
        False,
        True,
    ]


def test_a_dissolve_into_a_nest_of_one_clip_is_that_into_the_clip() -> None:
    track = load_track(make_clip("a"), make_dissolve(), make_stack(make_clip("b")))

    assert [item.type for item in track.items] == ["clip", "transition", "clip"]


def test_a_dissolve_into_a_nest_of_layers_is_refused() -> None:
    nest = make_stack(make_clip("b"), make_clip("c"))

    assert load_problems(make_track(make_clip("a"), make_dissolve(), nest)) == [
        (
            "tracks[0].children[1]: a transition beside a nested composition cannot be "
            "rendered: take the composition apart first"
        )
    ]


def test_a_clip_of_unknown_length_cannot_lie_in_a_cut_nest() -> None:
    endless = make_clip(span=None, media=make_file(available=None))

    assert load_problems(make_track(make_stack(endless, span=(0, 24)))) == [
        (
            "tracks[0].children[0]: stack 'nest' holds a clip of unknown length: give "
            "the clip a source_range, or its media an available_range"
        )
    ]


def test_nesting_has_an_end() -> None:
    item = make_clip()
    for _ in range(100):
        item = make_stack(item)

    (problem,) = load_problems(make_track(item))

    assert problem.endswith("is nested more than 30 deep")
