"""What can be wrong with a timeline, seen before any media."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest

from farm.timeline.check import find_problems, lay_out, written_duration
from tests.factories import (
    Json,
    make_clip,
    make_color,
    make_gap,
    make_timeline,
    make_track,
    make_transition,
)

NTSC = Fraction(30000, 1001)


def _problems(*items: Json, kind: str = "video") -> list[str]:
    timeline = make_timeline(make_track(*items, kind=kind))
    return [str(problem) for problem in find_problems(timeline)]


def test_a_good_timeline_has_no_problems() -> None:
    assert (
        _problems(
            make_clip(),
            make_transition(),
            make_clip(start=2),
            make_gap(),
            make_color(),
        )
        == []
    )


def test_clips_of_one_track_may_not_overlap() -> None:
    problems = _problems(make_clip(name="pier"), make_clip(name="boat", start="1.5"))

    assert problems == [
        (
            "tracks[0].items[1].start: clip 'boat' starts at 1.5 s, but clip "
            "'pier' before "
            "it ends at 2 s: clips of one track may not overlap; move it, shorten "
            "the one "
            "before, or use another track"
        )
    ]


def test_a_gap_may_not_be_overlapped_either() -> None:
    (problem,) = _problems(make_gap(3), make_clip(start=2))

    assert "the gap before it ends at 3 s" in problem


def test_clips_of_two_tracks_may_overlap() -> None:
    timeline = make_timeline(
        make_track(make_clip()), make_track(make_clip()), make_track(make_clip())
    )

    assert find_problems(timeline) == []


def test_speed_shortens_what_may_not_be_overlapped() -> None:
    assert _problems(make_clip(speed=2), make_clip(start=1)) == []
    assert len(_problems(make_clip(speed="1/2"), make_clip(start=2))) == 1


@pytest.mark.parametrize("start", ["1.981", "2", "2.019"])
def test_less_than_half_a_frame_is_neither_overlap_nor_gap(start: str) -> None:
    """Programs round the times that they write."""
    timeline = make_timeline(make_track(make_clip(), make_clip(start=start)), rate=25)
    track = timeline.tracks[0]

    laid = list(lay_out(track, "", timeline.rate, written_duration))

    assert [item.start for item in laid] == [0, 2]
    assert not any(item.problem for item in laid)


def test_half_a_frame_is_an_overlap() -> None:
    assert len(_problems(make_clip(), make_clip(start="1.98"))) == 1


def test_rounded_times_do_not_add_up() -> None:
    """Each clip says its own start, to the millisecond; none moves by a frame."""
    frames = 40
    clips = [
        make_clip(
            start=str(round(float(number * frames / NTSC), 3)),
            source_range={"start": 0, "duration": str(frames / NTSC)},
        )
        for number in range(500)
    ]
    timeline = make_timeline(make_track(*clips), rate="30000/1001")
    track = timeline.tracks[0]

    laid = list(lay_out(track, "", timeline.rate, written_duration))

    assert [item.start for item in laid] == [n * frames / NTSC for n in range(500)]


def test_what_follows_a_clip_of_unknown_length_has_no_place_yet() -> None:
    timeline = make_timeline(
        make_track(
            make_clip(source_range=...), make_clip(), make_clip(start=20), make_gap()
        )
    )
    track = timeline.tracks[0]

    laid = list(lay_out(track, "", timeline.rate, written_duration))

    assert [item.start for item in laid] == [0, None, 20, 22]


def test_sums_of_times_stay_small_however_many_there_are() -> None:
    """Sums of fractions with different denominators grow without end."""
    clips = [
        make_color(str(Fraction(10**9 - number, 10**9 - 7 * number - 1)))
        for number in range(10_000)
    ]
    timeline = make_timeline(make_track(*clips))
    track = timeline.tracks[0]
    begun = time.process_time()

    laid = list(lay_out(track, "", timeline.rate, written_duration))

    assert time.process_time() - begun < 2
    assert laid[-1].end is not None
    assert laid[-1].end.denominator <= 10**18


def test_a_timeline_has_an_end() -> None:
    (problem,) = _problems(make_gap(3600), make_gap(10**9), make_gap(1), make_clip())

    assert problem == (
        "tracks[0].items[1]: the gap ends at 1000003600 s, but a timeline is at most "
        "100 hours long"
    )


@pytest.mark.parametrize("media", [{"type": "color"}, {"type": "title", "text": "Hi"}])
def test_a_colour_and_a_title_need_a_duration(media: Json) -> None:
    (problem,) = _problems({"type": "clip", "media": media})

    assert (
        problem == f"tracks[0].items[0].duration: {media['type']} clip needs a duration"
    )


def test_a_colour_makes_no_sound() -> None:
    (problem,) = _problems(make_color(), kind="audio")

    assert problem == (
        "tracks[0].items[0].media: color clip makes no sound and cannot lie on an "
        "audio "
        "track"
    )


def test_a_colour_has_nothing_to_crop() -> None:
    (problem,) = _problems(make_color(crop={"left": 2}))

    assert (
        problem
        == "tracks[0].items[0].crop: color clip cannot be cropped: only files can"
    )


def test_a_source_is_no_address() -> None:
    (problem,) = _problems(make_clip("https://example.org/a.mp4", name="pier"))

    assert problem.startswith(
        "tracks[0].items[0].media.path: clip 'pier' names a network address"
    )


def test_a_source_may_be_an_object() -> None:
    assert _problems(make_clip("s3://media/a b/pier.mp4")) == []


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("s3://media", "names a bucket"),
        ("s3://m/a.mp4", "names no object: s3://m/a.mp4 names no bucket"),
        ("s3://media/../a.mp4", "names no object: s3://media/../a.mp4 is no address"),
    ],
)
def test_an_address_of_no_object_is_a_problem(path: str, message: str) -> None:
    (problem,) = _problems(make_clip(path, name="pier"))

    assert problem.startswith(f"tracks[0].items[0].media.path: clip 'pier' {message}")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"duration": 1, "in_offset": 1}, "give either a duration or in_offset and"),
        ({"duration": None}, "the transition needs a duration"),
        ({"duration": None, "in_offset": 0}, "the transition needs a duration"),
    ],
)
def test_a_transition_has_one_length(fields: Json, message: str) -> None:
    (problem,) = _problems(make_clip(), {"type": "transition", **fields}, make_clip())

    assert problem.startswith(f"tracks[0].items[1]: {message}")


def test_a_transition_stands_beside_a_clip() -> None:
    assert _problems(make_gap(), make_transition(), make_gap()) == [
        "tracks[0].items[1]: the transition has no clip beside it"
    ]
    assert _problems(make_transition()) == [
        "tracks[0].items[0]: the transition has no clip beside it"
    ]


def test_two_transitions_do_not_follow_each_other() -> None:
    problems = _problems(make_clip(), make_transition(), make_transition(), make_clip())

    assert problems == [
        "tracks[0].items[1]: two transitions follow each other",
        "tracks[0].items[2]: two transitions follow each other",
    ]
