"""MLT and Kdenlive: what works only from one time to another."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from farm.timeline.keyframe import value_at
from tests.unit.timeline.doors.mlt_text import clips_of, opacity_at, read_mlt
from tests.unit.timeline.doors.reading import shown

if TYPE_CHECKING:
    from pathlib import Path

_SMALL = (
    '<property name="mlt_service">qtblend</property>'
    '<property name="rect">0=160 90 320 180 1</property>'
)
_TWO = (
    '<playlist id="cut"><entry producer="red" in="0" out="49"/>'
    '<entry producer="pier" in="25" out="74"/></playlist>'
)


def test_a_rectangle_of_a_track_holds_only_in_its_zone(tmp_path: Path) -> None:
    loaded = read_mlt(
        tmp_path,
        f'{_TWO}<tractor><track producer="cut"/>'
        f'<filter in="40" out="74">{_SMALL}</filter></tractor>',
    )

    assert shown(loaded.timeline) == [
        [("", 0, 1.6), ("", 1.6, 2), ("", 2, 3), ("", 3, 4)]
    ]
    clips = clips_of(loaded)
    assert [clip.transform.scale for clip in clips] == [1, 0.5, 0.5, 1]
    ranges = [clip.source_range for clip in clips[2:]]
    assert [each.start for each in ranges if each] == [1, 2]
    assert loaded.warnings == ()


def test_keyframes_of_a_track_go_on_from_clip_to_clip(tmp_path: Path) -> None:
    rect = _SMALL.replace("1</", "1;50=0 0 640 360 1</")
    loaded = read_mlt(
        tmp_path,
        f'{_TWO}<tractor><track producer="cut"/>'
        f'<filter in="25" out="99">{rect}</filter></tractor>',
    )

    _, first, second = clips_of(loaded)
    for clip, start, end in ((first, 0.5, 0.75), (second, 0.75, 1.0)):
        assert clip.animation.scale is not None
        assert value_at(clip.animation.scale, Fraction(0)) == pytest.approx(start)
        assert value_at(clip.animation.scale, Fraction(1)) == pytest.approx(end)


def test_a_fade_of_a_track_is_one_over_itsclips_of(tmp_path: Path) -> None:
    loaded = read_mlt(
        tmp_path,
        f'{_TWO}<tractor><track producer="cut"/><filter in="25" out="75">'
        '<property name="mlt_service">brightness</property>'
        '<property name="kdenlive_id">fade_from_black</property></filter></tractor>',
    )

    before, first, second = clips_of(loaded)
    assert before.animation.opacity is None
    assert [clip.video_fade_in for clip in clips_of(loaded)] == [0, 0, 0]
    assert (opacity_at(first, 0), opacity_at(first, 1)) == (0, 0.5)
    assert (opacity_at(second, 0), opacity_at(second, 1)) == (0.5, 1)


def test_a_fade_of_several_tracks_is_black_above_them(tmp_path: Path) -> None:
    loaded = read_mlt(
        tmp_path,
        '<tractor><track producer="red"/><track producer="pier"/>'
        '<filter in="49" out="99"><property name="mlt_service">brightness</property>'
        '<property name="kdenlive_id">fade_to_black</property></filter></tractor>',
    )

    assert len(loaded.timeline.tracks) == 3
    assert shown(loaded.timeline)[2] == [("", 1.96, 4)]
    (black,) = clips_of(loaded, 2)
    assert (opacity_at(black, 0), opacity_at(black, 2)) == (0, 1)


def test_the_sound_of_a_track_fades_once(tmp_path: Path) -> None:
    loaded = read_mlt(
        tmp_path,
        '<playlist id="cut"><entry producer="pier" in="0" out="49"/>'
        '<entry producer="pier" in="0" out="49"/></playlist>'
        '<tractor><track producer="cut"/><filter in="25" out="75">'
        '<property name="mlt_service">volume</property>'
        '<property name="kdenlive_id">fadeout</property></filter></tractor>',
    )

    volumes = [clip.animation.volume for clip in clips_of(loaded)]
    assert [None if keys is None else keys[-1].value for keys in volumes] == [
        0.5, 0, None,
    ]  # fmt: skip


def test_an_effect_of_a_track_keeps_its_times(tmp_path: Path) -> None:
    sepia = '<filter in="25" out="74"><property name="mlt_service">sepia</property>'
    loaded = read_mlt(
        tmp_path,
        f'{_TWO}<tractor><track producer="cut"/>{sepia}</filter></tractor>',
    )

    first, second = clips_of(loaded)
    assert [(use.start, use.end) for use in first.effects] == [(Fraction(1), None)]
    assert [(use.start, use.end) for use in second.effects] == [(None, Fraction(1))]


def test_a_clip_that_is_cut_at_a_zone_keeps_fade_and_effect(tmp_path: Path) -> None:
    entry = (
        '<entry producer="red" in="0" out="99">'
        '<filter in="0" out="50"><property name="kdenlive_id">fade_from_black'
        "</property></filter>"
        '<filter in="40" out="59"><property name="mlt_service">sepia</property>'
        "</filter></entry>"
    )
    loaded = read_mlt(
        tmp_path,
        f'<playlist id="cut">{entry}</playlist><tractor><track producer="cut"/>'
        f'<filter in="25" out="49">{_SMALL}</filter></tractor>',
    )

    first, second, third = clips_of(loaded)
    assert (opacity_at(first, 0), opacity_at(first, 1)) == (0, 0.5)
    assert (opacity_at(second, 0), opacity_at(second, 1)) == (0.5, 1)
    assert [len(clip.effects) for clip in (first, second, third)] == [0, 1, 1]
    assert second.effects[0].start == Fraction(15, 25)
    assert third.effects[0].end == Fraction(10, 25)


def test_a_zone_that_ends_within_a_transition_ends_beside_it(tmp_path: Path) -> None:
    loaded = read_mlt(
        tmp_path,
        '<playlist id="a"><entry producer="red" in="0" out="59"/></playlist>'
        '<playlist id="b"><blank length="50"/>'
        '<entry producer="pier" in="0" out="49"/></playlist>'
        '<tractor><track producer="a"/><track producer="b"/>'
        '<transition in="50" out="60"><property name="mlt_service">luma</property>'
        '<property name="kdenlive:mixcut">5</property></transition>'
        f'<filter in="20" out="51">{_SMALL}</filter></tractor>',
    )

    assert [clip.transform.scale for clip in clips_of(loaded)] == [1, 0.5, 1, 1]
    assert shown(loaded.timeline)[0][1] == ("", 0.8, 2)
    assert loaded.warnings == (
        "line 1: its time ends within a transition, and here beside it",
    )


def test_filters_of_a_producer_go_by_its_clock_in_each_entry(tmp_path: Path) -> None:
    loaded = read_mlt(
        tmp_path,
        '<producer id="film" out="99"><property name="resource">pier.mp4</property>'
        '<filter><property name="mlt_service">qtblend</property>'
        '<property name="rect">0=0 0 640 360 1;50=160 90 320 180 1</property></filter>'
        '<filter in="30" out="59"><property name="mlt_service">sepia</property>'
        "</filter></producer>"
        '<playlist><entry producer="film" in="25" out="74"/></playlist>',
    )

    (clip,) = clips_of(loaded)
    assert clip.animation.scale is not None
    assert value_at(clip.animation.scale, Fraction(0)) == 0.75
    assert value_at(clip.animation.scale, Fraction(1)) == 0.5
    (use,) = clip.effects
    assert (use.start, use.end) == (Fraction(5, 25), Fraction(35, 25))
    assert clip.source_range is not None
    assert clip.source_range.start == 1
