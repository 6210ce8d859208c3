"""Clips lie on whole frames, and take of their media what is there."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from farm.errors import InvalidTimeline
from farm.timeline.place import Placed, place
from tests.factories import (
    Json,
    make_audio_facts,
    make_clip,
    make_color,
    make_gap,
    make_media_facts,
    make_still_facts,
    make_timeline,
    make_track,
    make_video_facts,
)

if TYPE_CHECKING:
    from farm.timeline.media import MediaFacts

NTSC = Fraction(30000, 1001)
FILM = make_media_facts()
STILL = make_still_facts()
MUSIC = make_media_facts("/music.wav", video=(), audio=(make_audio_facts(index=0),))
SILENT = make_media_facts("/silent.mp4", audio=())
FILES = (FILM, STILL, MUSIC, SILENT)


def place_tracks(
    *tracks: Json, files: tuple[MediaFacts, ...] = FILES, **fields: object
) -> Placed:
    facts = {file.path: file for file in files}
    return place(make_timeline(*tracks, **fields), facts)


def problem_of(*tracks: Json, files: tuple[MediaFacts, ...] = FILES) -> str:
    with pytest.raises(InvalidTimeline) as caught:
        place_tracks(*tracks, files=files)
    problems = caught.value.facts["problems"]
    assert isinstance(problems, list)
    assert len(problems) == 1, problems
    return problems[0]


def _edges(placed: Placed) -> list[tuple[int, int]]:
    (layer,) = placed.composition.layers
    return [(shot.start, shot.end) for shot in layer.shots]


def test_clips_follow_each_other() -> None:
    placed = place_tracks(
        make_track(make_clip(), make_gap(1), make_clip(), make_color())
    )

    assert _edges(placed) == [(0, 50), (75, 125), (125, 175)]
    assert placed.composition.frames == 175


def test_a_later_start_leaves_a_gap() -> None:
    placed = place_tracks(make_track(make_clip(), make_clip(start=4)))

    assert _edges(placed) == [(0, 50), (100, 150)]


def test_a_clip_without_a_range_shows_all_of_its_file() -> None:
    placed = place_tracks(make_track(make_clip(source_range=...), make_clip()))

    assert _edges(placed) == [(0, 250), (250, 300)]


def test_speed_changes_how_long_all_of_a_file_is_shown() -> None:
    placed = place_tracks(make_track(make_clip(source_range=..., speed="2")))

    assert _edges(placed) == [(0, 125)]


def test_frames_do_not_drift_at_ntsc_rates() -> None:
    """A thousand clips of a third of a second: each edge is rounded by itself."""
    clip = make_clip(source_range={"start": 0, "duration": "1/3"})

    placed = place_tracks(make_track(*[clip] * 1000), rate="30000/1001")

    edges = _edges(placed)
    assert all(end == after for (_, end), (after, _) in pairwise(edges))
    assert {end - start for start, end in edges} == {9, 10}
    assert edges[-1][1] == round(1000 * Fraction(1, 3) * NTSC)


def test_the_longest_track_is_the_length_of_the_timeline() -> None:
    placed = place_tracks(
        make_track(make_clip()),
        make_track(make_clip("/music.wav"), make_gap(9), kind="audio"),
    )

    assert placed.composition.frames == 11 * 25


def test_a_track_that_is_switched_off_is_not_there() -> None:
    placed = place_tracks(
        make_track(make_clip()),
        make_track(make_clip(source_range=...), enabled=False),
    )

    assert placed.composition.frames == 50
    assert len(placed.composition.layers) == 1


def test_a_clip_that_is_switched_off_leaves_its_place_free() -> None:
    placed = place_tracks(
        make_track(make_clip(enabled=False, source_range=...), make_clip())
    )

    assert _edges(placed) == [(250, 300)]
    assert len(placed.composition.strips[0].sounds) == 1


def test_a_clip_that_is_switched_off_needs_no_file_when_its_length_is_written() -> None:
    placed = place_tracks(
        make_track(make_clip("/absent.mp4", enabled=False), make_clip())
    )

    assert _edges(placed) == [(50, 100)]


def test_gaps_alone_are_shown_as_background() -> None:
    placed = place_tracks(make_track(make_gap(2)))

    assert placed.composition.frames == 50
    assert placed.composition.layers == ()


def test_what_is_wholly_switched_off_is_no_timeline() -> None:
    problem = problem_of(make_track(make_clip(), enabled=False))

    assert problem == "tracks: every track is empty or switched off"


def test_source_time_counts_from_the_start_of_the_container() -> None:
    late = make_media_facts(start=Fraction(7, 5), duration=Fraction(10))
    late = replace(
        late,
        video=(make_video_facts(start=Fraction(7, 5), end=Fraction(57, 5)),),
        audio=(make_audio_facts(start=Fraction(7, 5), end=Fraction(57, 5)),),
    )

    placed = place_tracks(
        make_track(make_clip(source_range={"start": 2, "duration": 3})), files=(late,)
    )

    assert placed.composition.layers[0].shots[0].source_start == Fraction(17, 5)
    assert placed.composition.strips[0].sounds[0].source_start == Fraction(17, 5)


def test_a_clip_shorter_than_a_frame_is_refused_by_its_name() -> None:
    problem = problem_of(
        make_track(
            make_clip(name="blink", source_range={"start": 0, "duration": "0.01"})
        )
    )

    assert problem == "tracks[0].items[0]: clip 'blink' is shorter than one frame"


def test_a_still_needs_a_duration() -> None:
    problem = problem_of(make_track(make_clip("/still.png", source_range=...)))

    assert problem == (
        "tracks[0].items[0]: clip of '/still.png' is a still and needs a duration"
    )


def test_a_still_is_shown_for_as_long_as_is_said() -> None:
    placed = place_tracks(
        make_track(make_clip("/still.png", source_range=..., duration=60))
    )

    assert _edges(placed) == [(0, 1500)]


def test_an_overlap_that_only_the_media_show_is_refused() -> None:
    problem = problem_of(make_track(make_clip(source_range=...), make_clip(start=3)))

    assert problem.startswith(
        "tracks[0].items[1].start: clip of '/film.mp4' starts at 3 s, but clip of "
        "'/film.mp4' before it ends at 10 s"
    )


def test_all_problems_that_the_media_show_are_told_at_once() -> None:
    with pytest.raises(InvalidTimeline, match=r"\(and 2 more problems\)"):
        place_tracks(
            make_track(
                make_clip("/still.png", source_range=...),
                make_clip(start=1, source_range={"start": 9, "duration": 2}),
            ),
            make_track(make_clip("/silent.mp4"), kind="audio"),
        )


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"source_range": {"start": 8, "duration": 3}},
            (
                "wants 8 s to 11 s of its source, which has only 10 s; shorten the "
                "source_range"
            ),
        ),
        (
            {"source_range": ..., "duration": 11},
            (
                "wants 0 s to 11 s of its source, which has only 10 s; shorten the "
                "duration"
            ),
        ),
        (
            {"source_range": ..., "duration": 6, "speed": 2},
            (
                "wants 0 s to 12 s of its source, which has only 10 s; shorten the "
                "duration"
            ),
        ),
    ],
)
def test_more_than_the_source_has_is_refused(fields: Json, sentence: str) -> None:
    problem = problem_of(make_track(make_clip(name="pier", **fields)))

    assert problem == f"tracks[0].items[0]: clip 'pier' {sentence}"


def test_a_range_may_end_some_frames_late() -> None:
    """Editors round to frames of their own; the last frame is held."""
    clip = make_clip(source_range={"start": 8, "duration": "2.08"})

    assert _edges(place_tracks(make_track(clip))) == [(0, 52)]


def test_a_range_of_the_sound_goes_by_the_sound() -> None:
    short = replace(FILM, audio=(make_audio_facts(seconds=4),))
    clip = make_clip(source_range={"start": 3, "duration": 3})

    assert _edges(place_tracks(make_track(clip), files=(short,))) == [(0, 75)]
    problem = problem_of(make_track(clip, kind="audio"), files=(short,))
    assert "which has only 4 s" in problem


def test_a_duration_and_a_range_that_contradict_each_other_are_refused() -> None:
    problem = problem_of(make_track(make_clip(duration=5, speed=2)))

    assert problem == (
        "tracks[0].items[0].duration: clip of '/film.mp4' lasts 5 s by its duration, "
        "but 1 s by its source_range and speed: give one of them"
    )


def test_a_duration_and_a_range_may_say_the_same() -> None:
    placed = place_tracks(make_track(make_clip(duration="0.667", speed=3)))

    assert _edges(placed) == [(0, 17)]


def test_a_truncated_file_is_not_used_whole() -> None:
    cut = replace(FILM, truncated=True, claimed_duration=Fraction(60))

    problem = problem_of(make_track(make_clip(source_range=...)), files=(cut,))

    assert "is all of a truncated file, of which 10 s of 60 s are there" in problem
    assert _edges(place_tracks(make_track(make_clip()), files=(cut,))) == [(0, 50)]


def test_a_picture_cannot_be_cropped_away() -> None:
    clip = make_clip(name="pier", crop={"left": 300, "right": 340})

    assert problem_of(make_track(clip)) == (
        "tracks[0].items[0].crop: clip 'pier' has 640x360 pixels, of which its crop "
        "leaves nothing"
    )


def test_a_crop_is_of_the_picture_as_displayed() -> None:
    """A film from a telephone held upright is stored lying."""
    upright = replace(FILM, video=(make_video_facts(rotation=90),))
    clip = make_clip(crop={"top": 500})

    assert _edges(place_tracks(make_track(clip), files=(upright,))) == [(0, 50)]
    assert "640x360" in problem_of(make_track(clip))


def test_a_still_can_be_cropped_away_as_little() -> None:
    clip = make_clip("/still.png", crop={"bottom": 360})

    assert "leaves nothing" in problem_of(make_track(clip))
