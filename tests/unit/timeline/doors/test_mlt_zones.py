"""MLT and Kdenlive: what works only from one time to another."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from farm.timeline.clip import Clip
from farm.timeline.keyframe import value_at
from tests.unit.timeline.doors.reading import read, shown

if TYPE_CHECKING:
    from pathlib import Path

    from farm.timeline.load import Loaded

_HEAD = (
    '<mlt><profile width="640" height="360" frame_rate_num="25" frame_rate_den="1" '
    'sample_aspect_num="1" sample_aspect_den="1"/>'
    '<producer id="pier" in="0" out="99"><property name="resource">pier.mp4</property>'
    '<property name="mlt_service">avformat</property></producer>'
    '<producer id="red" in="0" out="99"><property name="resource">0xff0000ff</property>'
    '<property name="mlt_service">color</property></producer>'
)
_SMALL = (
    '<property name="mlt_service">qtblend</property>'
    '<property name="rect">0=160 90 320 180 1</property>'
)
_TWO = (
    '<playlist id="cut"><entry producer="red" in="0" out="49"/>'
    '<entry producer="pier" in="25" out="74"/></playlist>'
)


def _read(folder: Path, *parts: str) -> Loaded:
    return read(folder, "edit.kdenlive", f"{_HEAD}{''.join(parts)}</mlt>")


def _clips(loaded: Loaded, track: int = 0) -> list[Clip]:
    items = loaded.timeline.tracks[track].items
    return [item for item in items if isinstance(item, Clip)]


def _opacity(clip: Clip, time: float) -> float:
    assert clip.animation.opacity is not None
    return value_at(clip.animation.opacity, Fraction(time))


def test_a_rectangle_of_a_track_holds_only_in_its_zone(tmp_path: Path) -> None:
    loaded = _read(
        tmp_path,
        f'{_TWO}<tractor><track producer="cut"/>'
        f'<filter in="40" out="74">{_SMALL}</filter></tractor>',
    )

    assert shown(loaded.timeline) == [
        [("", 0, 1.6), ("", 1.6, 2), ("", 2, 3), ("", 3, 4)]
    ]
    clips = _clips(loaded)
    assert [clip.transform.scale for clip in clips] == [1, 0.5, 0.5, 1]
    ranges = [clip.source_range for clip in clips[2:]]
    assert [each.start for each in ranges if each] == [1, 2]
    assert loaded.warnings == ()


def test_keyframes_of_a_track_go_on_from_clip_to_clip(tmp_path: Path) -> None:
    rect = _SMALL.replace("1</", "1;50=0 0 640 360 1</")
    loaded = _read(
        tmp_path,
        f'{_TWO}<tractor><track producer="cut"/>'
        f'<filter in="25" out="99">{rect}</filter></tractor>',
    )

    _, first, second = _clips(loaded)
    for clip, start, end in ((first, 0.5, 0.75), (second, 0.75, 1.0)):
        assert clip.animation.scale is not None
        assert value_at(clip.animation.scale, Fraction(0)) == pytest.approx(start)
        assert value_at(clip.animation.scale, Fraction(1)) == pytest.approx(end)


def test_a_fade_of_a_track_is_one_over_its_clips(tmp_path: Path) -> None:
    loaded = _read(
        tmp_path,
        f'{_TWO}<tractor><track producer="cut"/><filter in="25" out="75">'
        '<property name="mlt_service">brightness</property>'
        '<property name="kdenlive_id">fade_from_black</property></filter></tractor>',
    )

    before, first, second = _clips(loaded)
    assert before.animation.opacity is None
    assert [clip.video_fade_in for clip in _clips(loaded)] == [0, 0, 0]
    assert (_opacity(first, 0), _opacity(first, 1)) == (0, 0.5)
    assert (_opacity(second, 0), _opacity(second, 1)) == (0.5, 1)


def test_a_fade_of_several_tracks_is_black_above_them(tmp_path: Path) -> None:
    loaded = _read(
        tmp_path,
        '<tractor><track producer="red"/><track producer="pier"/>'
        '<filter in="49" out="99"><property name="mlt_service">brightness</property>'
        '<property name="kdenlive_id">fade_to_black</property></filter></tractor>',
    )

    assert len(loaded.timeline.tracks) == 3
    assert shown(loaded.timeline)[2] == [("", 1.96, 4)]
    (black,) = _clips(loaded, 2)
    assert (_opacity(black, 0), _opacity(black, 2)) == (0, 1)


def test_the_sound_of_a_track_fades_once(tmp_path: Path) -> None:
    loaded = _read(
        tmp_path,
        '<playlist id="cut"><entry producer="pier" in="0" out="49"/>'
        '<entry producer="pier" in="0" out="49"/></playlist>'
        '<tractor><track producer="cut"/><filter in="25" out="75">'
        '<property name="mlt_service">volume</property>'
        '<property name="kdenlive_id">fadeout</property></filter></tractor>',
    )

    volumes = [clip.animation.volume for clip in _clips(loaded)]
    assert [None if keys is None else keys[-1].value for keys in volumes] == [
        0.5, 0, None,
    ]  # fmt: skip


def test_an_effect_of_a_track_keeps_its_times(tmp_path: Path) -> None:
    sepia = '<filter in="25" out="74"><property name="mlt_service">sepia</property>'
    loaded = _read(
        tmp_path,
        f'{_TWO}<tractor><track producer="cut"/>{sepia}</filter></tractor>',
    )

    first, second = _clips(loaded)
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
    loaded = _read(
        tmp_path,
        f'<playlist id="cut">{entry}</playlist><tractor><track producer="cut"/>'
        f'<filter in="25" out="49">{_SMALL}</filter></tractor>',
    )

    first, second, third = _clips(loaded)
    assert (_opacity(first, 0), _opacity(first, 1)) == (0, 0.5)
    assert (_opacity(second, 0), _opacity(second, 1)) == (0.5, 1)
    assert [len(clip.effects) for clip in (first, second, third)] == [0, 1, 1]
    assert second.effects[0].start == Fraction(15, 25)
    assert third.effects[0].end == Fraction(10, 25)


def test_a_zone_that_ends_within_a_transition_ends_beside_it(tmp_path: Path) -> None:
    loaded = _read(
        tmp_path,
        '<playlist id="a"><entry producer="red" in="0" out="59"/></playlist>'
        '<playlist id="b"><blank length="50"/>'
        '<entry producer="pier" in="0" out="49"/></playlist>'
        '<tractor><track producer="a"/><track producer="b"/>'
        '<transition in="50" out="60"><property name="mlt_service">luma</property>'
        '<property name="kdenlive:mixcut">5</property></transition>'
        f'<filter in="20" out="51">{_SMALL}</filter></tractor>',
    )

    assert [clip.transform.scale for clip in _clips(loaded)] == [1, 0.5, 1, 1]
    assert shown(loaded.timeline)[0][1] == ("", 0.8, 2)
    assert loaded.warnings == (
        "line 1: its time ends within a transition, and here beside it",
    )


def _over(first: str, *attributes: str, service: str = "qtblend") -> str:
    return (
        f'<transition {" ".join(attributes)}><property name="mlt_service">{service}'
        f'</property><property name="a_track">0</property>'
        f'<property name="b_track">1</property>{first}</transition>'
    )


def test_rectangles_of_transitions_hold_only_in_their_times(tmp_path: Path) -> None:
    half = '<property name="rect">0=160 90 320 180 1</property>'
    whole = '<property name="rect">0=0 0 640 360 1</property>'
    loaded = _read(
        tmp_path,
        '<tractor><track producer="pier"/><track producer="red"/>',
        _over(half, 'in="50"', 'out="74"'),
        _over(half, 'in="25"', 'out="49"'),
        _over(whole, 'out="24"'),
        "</tractor>",
    )

    assert [clip.transform.scale for clip in _clips(loaded, 1)] == [1, 0.5, 0.5, 1]
    assert shown(loaded.timeline)[1] == [
        ("", 0, 1), ("", 1, 2), ("", 2, 3), ("", 3, 4)
    ]  # fmt: skip


def test_keyframes_of_a_transition_move_what_it_lays_over(tmp_path: Path) -> None:
    rect = "0=0 0 640 360 1;50=160 90 320 180 0.5"
    moved = f'<property name="rect">{rect}</property>'
    loaded = _read(
        tmp_path,
        '<tractor><track producer="pier"/><track producer="red"/>',
        _over(moved, 'in="25"', 'out="99"'),
        "</tractor>",
    )

    _, clip = _clips(loaded, 1)
    assert clip.animation.scale is not None
    assert [(key.time, key.value) for key in clip.animation.scale] == [
        (Fraction(0), 1),
        (Fraction(2), 0.5),
    ]
    assert _opacity(clip, 1) == 0.75
    assert loaded.warnings == ()


def test_what_lies_on_top_for_a_time_lies_below_after_it(tmp_path: Path) -> None:
    places = (
        '<property name="start">-100%/0:100%x100%:0</property>'
        '<property name="key[25]">0/0:100%x100%:100</property>'
        '<property name="end">0/0:100%x100%:0</property>'
    )
    swapped = _over(places, 'in="0"', 'out="49"', service="composite")
    swapped = swapped.replace('a_track">0', 'a_track">1', 1)
    swapped = swapped.replace('b_track">1', 'b_track">0', 1)
    loaded = _read(
        tmp_path,
        '<tractor><track producer="red"/><track producer="pier"/>',
        swapped,
        "</tractor>",
    )

    assert shown(loaded.timeline) == [[("", 2, 4)], [("", 0, 4)], [("", 0, 2)]]
    (clip,) = _clips(loaded, 2)
    assert clip.animation.x is not None
    assert [float(key.time) for key in clip.animation.x] == [0, 1, 1.96]
    assert [key.value for key in clip.animation.x] == [-0.5, 0.5, 0.5]
    assert (_opacity(clip, 1), _opacity(clip, 2)) == (1, 0)


def test_a_rectangle_of_a_title_moves_within_a_cell(tmp_path: Path) -> None:
    title = (
        "&lt;kdenlivetitle&gt;&lt;item type='QGraphicsRectItem'&gt;"
        "&lt;position x='160' y='90'/&gt;&lt;content rect='0,0,320,180' "
        "brushcolor='0,0,255,255'/&gt;&lt;/item&gt;&lt;/kdenlivetitle&gt;"
    )
    rect = (
        '<filter><property name="mlt_service">qtblend</property><property name="rect">'
        "0=0 0 640 360 1;50=160 90 320 180 1</property></filter>"
    )
    loaded = _read(
        tmp_path,
        '<producer id="title" out="99"><property name="mlt_service">kdenlivetitle'
        f'</property><property name="xmldata">{title}</property></producer>'
        f'<playlist><entry producer="title" in="0" out="99">{rect}</entry></playlist>',
    )

    (clip,) = _clips(loaded)
    assert clip.cell is not None
    assert (clip.cell.x, clip.cell.width, clip.cell.height) == (0.25, 0.5, 0.5)
    assert clip.animation.scale is not None
    assert [key.value for key in clip.animation.scale] == [1, 0.5]
    assert clip.animation.x is None
    assert loaded.warnings == ()
