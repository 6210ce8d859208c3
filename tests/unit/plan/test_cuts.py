"""Cuts hang on what is seen, not on where it lies on the timeline."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest

from farm.plan.cuts import cut_by_content
from farm.plan.timeline import PICTURE
from farm.timeline.place import place
from farm.timeline.slice import slice_picture
from tests.factories import (
    Json,
    make_clip,
    make_color,
    make_gap,
    make_media_facts,
    make_timeline,
    make_track,
    make_transition,
)

if TYPE_CHECKING:
    from farm.timeline.composition import Composition

MEAN = Fraction(6)
FACTS = {
    f"/film-{number}.mp4": make_media_facts(
        f"/film-{number}.mp4", seconds=4000, content=f"c{number}"
    )
    for number in range(8)
}


def film(number: int, start: object, seconds: object, **fields: object) -> Json:
    span = {"start": start, "duration": seconds}
    return make_clip(f"/film-{number}.mp4", source_range=span, **fields)


def words(text: str, start: object, seconds: object = 2) -> Json:
    media = {"type": "title", "text": text}
    return {"type": "clip", "media": media, "start": start, "duration": seconds}


def compose(*tracks: Json, rate: object = 25) -> Composition:
    return place(make_timeline(*tracks, rate=rate), FACTS).composition


def cut(composition: Composition) -> list[tuple[int, int]]:
    return cut_by_content(
        composition, 0, composition.frames, seconds=MEAN, key_times={}
    )


def keys(composition: Composition) -> list[str]:
    """Return what each segment shows, as the text that its key is made of."""
    return [
        str(PICTURE.dump_python(slice_picture(composition, start, end), mode="json"))
        for start, end in cut(composition)
    ]


def changed(before: Composition, after: Composition) -> int:
    """Count the segments after an edit that were not there before it."""
    known = set(keys(before))
    return sum(key not in known for key in keys(after))


def scenes(seed: int = 1, count: int = 60) -> list[Json]:
    dice = Random(seed)  # noqa: S311  # nothing secret
    return [
        film(dice.randrange(8), dice.randrange(3000), dice.choice([3, 7, 10, 14.2, 31]))
        for _ in range(count)
    ]


def test_segments_hold_every_frame_once() -> None:
    composition = compose(make_track(*scenes()))

    segments = cut(composition)

    assert segments[0][0] == 0
    assert segments[-1][1] == composition.frames
    assert all(before[1] == after[0] for before, after in pairwise(segments))


@pytest.mark.parametrize("rate", [25, "30000/1001", 60])
def test_segments_are_about_as_long_as_asked_for(rate: object) -> None:
    composition = compose(make_track(*scenes()), rate=rate)

    lengths = [
        float((end - start) / composition.rate) for start, end in cut(composition)
    ]

    assert max(lengths) <= 12.1
    assert sum(length < 2.9 for length in lengths) <= len(lengths) // 20
    assert 4 < sum(lengths) / len(lengths) < 8


@pytest.mark.parametrize("rate", [25, "30000/1001"])
@pytest.mark.parametrize("frames", [75, 1, 431])
def test_an_insertion_at_the_start_leaves_the_rest_as_it_was(
    frames: int, rate: object
) -> None:
    inserted = str(frames / Fraction(str(rate)))
    before = compose(make_track(*scenes()), rate=rate)
    after = compose(make_track(film(7, 3500, inserted), *scenes()), rate=rate)

    assert changed(before, after) <= 4
    assert len(cut(before)) > 80


def test_a_deletion_changes_what_it_touches() -> None:
    items = scenes()
    before = compose(make_track(*items))
    after = compose(make_track(*items[:20], *items[21:]))

    assert changed(before, after) <= 3


def test_a_ripple_trim_of_a_long_clip_leaves_its_rest_as_it_was() -> None:
    def edit(start: int) -> Composition:
        return compose(make_track(film(1, start, 200 - start), *scenes()))

    assert changed(edit(0), edit(14)) <= 1
    assert changed(edit(0), edit(100)) <= 1


def test_a_cut_inside_a_long_clip_changes_what_is_beside_it() -> None:
    whole = compose(make_track(film(1, 0, 300)))
    split = compose(make_track(film(1, 0, 100), film(1, "104.52", "195.48")))

    assert changed(whole, split) <= 2


def test_another_caption_changes_the_segments_under_it() -> None:
    films = make_track(*scenes())

    def edit(text: str) -> Composition:
        captions = [words(text if at == 7 else "same", 5 + 9 * at) for at in range(30)]
        return compose(films, make_track(*captions))

    assert changed(edit("old"), edit("new")) <= 2


def test_a_moved_caption_changes_the_segments_under_it() -> None:
    films = make_track(*scenes())
    before = compose(films, make_track(words("moved", 50)))
    after = compose(films, make_track(words("moved", 120)))

    assert changed(before, after) <= 4


def test_neighbours_that_are_short_share_a_segment() -> None:
    shots = [film(at % 8, 7 * at, 1) for at in range(400)]
    composition = compose(make_track(*shots))

    assert 50 < len(cut(composition)) < 110


def test_groups_of_short_clips_survive_an_insertion() -> None:
    shots = [film(at % 8, 7 * at, 1) for at in range(400)]
    before = compose(make_track(*shots))
    after = compose(make_track(film(3, 3500, 1), *shots))

    assert changed(before, after) <= 3


def test_one_clip_again_and_again_is_cut_too() -> None:
    composition = compose(make_track(*(film(1, 5, 1) for _ in range(300))))

    lengths = [end - start for start, end in cut(composition)]

    assert max(lengths) <= 25 * 12


def test_a_long_still_is_few_segments() -> None:
    composition = compose(make_track(make_color(3600)))

    assert len(cut(composition)) == 60


def test_no_cut_falls_within_a_transition() -> None:
    items: list[Json] = []
    for at in range(30):
        items += [film(at % 8, 100, 5), make_transition(2)]
    composition = compose(make_track(*items, film(1, 100, 5)))

    cuts = [start for start, _ in cut(composition)]

    assert len(cuts) > 10
    assert not any(
        change.start < frame < change.end
        for frame in cuts
        for change in composition.layers[0].changes
    )


def test_the_segments_of_a_range_are_those_of_the_whole() -> None:
    composition = compose(make_track(*scenes(), make_gap(3), *scenes(2)))
    whole = cut(composition)

    part = cut_by_content(composition, 1000, 6000, seconds=MEAN, key_times={})

    assert part[0][0] == 1000
    assert part[-1][1] == 6000
    assert set(part[1:-1]) <= set(whole)


def test_a_faster_clip_is_cut_as_often() -> None:
    composition = compose(make_track(film(1, 0, 600, speed=10)))

    assert len(cut(composition)) == 10


def test_cuts_lie_where_little_is_decoded_in_vain() -> None:
    composition = compose(make_track(film(1, 0, 100)))
    keys = [Fraction(at) for at in range(0, 4000, 10)]

    segments = cut_by_content(
        composition,
        0,
        composition.frames,
        seconds=MEAN,
        key_times={("/film-1.mp4", 0): keys},
    )

    # H.264 may show a frame 16 later than it stores it
    near = {25 * key + 16 for key in range(0, 100, 10)}
    cuts = [start for start, _ in segments[1:]]
    assert len(near & set(cuts)) >= 8
    assert all(end - start <= 300 for start, end in segments)
