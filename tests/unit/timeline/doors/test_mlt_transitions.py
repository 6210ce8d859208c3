"""MLT and Kdenlive: changes from track to track, and tracks within entries."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tests.unit.timeline.doors.mlt_text import clips_of, opacity_at, read_mlt
from tests.unit.timeline.doors.reading import shown

if TYPE_CHECKING:
    from pathlib import Path


def _over(first: str, *attributes: str, service: str = "qtblend") -> str:
    return (
        f'<transition {" ".join(attributes)}><property name="mlt_service">{service}'
        f'</property><property name="a_track">0</property>'
        f'<property name="b_track">1</property>{first}</transition>'
    )


def test_rectangles_of_transitions_hold_only_in_their_times(tmp_path: Path) -> None:
    half = '<property name="rect">0=160 90 320 180 1</property>'
    whole = '<property name="rect">0=0 0 640 360 1</property>'
    loaded = read_mlt(
        tmp_path,
        '<tractor><track producer="pier"/><track producer="red"/>',
        _over(half, 'in="50"', 'out="74"'),
        _over(half, 'in="25"', 'out="49"'),
        _over(whole, 'out="24"'),
        "</tractor>",
    )

    assert [clip.transform.scale for clip in clips_of(loaded, 1)] == [1, 0.5, 0.5, 1]
    assert shown(loaded.timeline)[1] == [
        ("", 0, 1), ("", 1, 2), ("", 2, 3), ("", 3, 4)
    ]  # fmt: skip


def test_keyframes_of_a_transition_move_what_it_lays_over(tmp_path: Path) -> None:
    rect = "0=0 0 640 360 1;50=160 90 320 180 0.5"
    moved = f'<property name="rect">{rect}</property>'
    loaded = read_mlt(
        tmp_path,
        '<tractor><track producer="pier"/><track producer="red"/>',
        _over(moved, 'in="25"', 'out="99"'),
        "</tractor>",
    )

    _, clip = clips_of(loaded, 1)
    assert clip.animation.scale is not None
    assert [(key.time, key.value) for key in clip.animation.scale] == [
        (Fraction(0), 1),
        (Fraction(2), 0.5),
    ]
    assert opacity_at(clip, 1) == 0.75
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
    loaded = read_mlt(
        tmp_path,
        '<tractor><track producer="red"/><track producer="pier"/>',
        swapped,
        "</tractor>",
    )

    assert shown(loaded.timeline) == [[("", 2, 4)], [("", 0, 4)], [("", 0, 2)]]
    (clip,) = clips_of(loaded, 2)
    assert clip.animation.x is not None
    assert [float(key.time) for key in clip.animation.x] == [0, 1, 1.96]
    assert [key.value for key in clip.animation.x] == [-0.5, 0.5, 0.5]
    assert (opacity_at(clip, 1), opacity_at(clip, 2)) == (1, 0)


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
    loaded = read_mlt(
        tmp_path,
        '<producer id="title" out="99"><property name="mlt_service">kdenlivetitle'
        f'</property><property name="xmldata">{title}</property></producer>'
        f'<playlist><entry producer="title" in="0" out="99">{rect}</entry></playlist>',
    )

    (clip,) = clips_of(loaded)
    assert clip.cell is not None
    assert (clip.cell.x, clip.cell.width, clip.cell.height) == (0.25, 0.5, 0.5)
    assert clip.animation.scale is not None
    assert [key.value for key in clip.animation.scale] == [1, 0.5]
    assert clip.animation.x is None
    assert loaded.warnings == ()


_TRACKS = (
    '<multitrack><playlist><entry producer="red" in="0" out="74"/></playlist>'
    '<playlist><blank length="25"/><entry producer="pier" out="49"/></playlist>'
    "</multitrack>"
)


def _change(*attributes: str) -> str:
    return (
        f'<transition {" ".join(attributes)} a_track="0" b_track="1">'
        '<property name="mlt_service">luma</property></transition>'
    )


def test_an_entry_that_holds_tracks_keeps_transitions_and_filters(
    tmp_path: Path,
) -> None:
    loaded = read_mlt(
        tmp_path,
        f"<playlist><entry>{_TRACKS}",
        '<filter track="0"><property name="mlt_service">greyscale</property></filter>',
        _change('in="25"', 'out="49"'),
        _change('in="50"', 'out="62"', 'reverse="1"'),
        "</entry></playlist>",
    )

    assert shown(loaded.timeline) == [[("", 0, 3)], [("", 1, 2.52), ("", 2.52, 3)]]
    (red,), (pier, rest) = clips_of(loaded), clips_of(loaded, 1)
    assert [len(clip.effects) for clip in (red, pier, rest)] == [1, 0, 0]
    assert float(pier.video_fade_in) == 1
    assert float(pier.video_fade_out) == 0.52
    assert loaded.warnings == ()


def test_what_names_no_track_or_no_time_is_told(tmp_path: Path) -> None:
    loaded = read_mlt(
        tmp_path,
        f"<playlist><entry>{_TRACKS}",
        '<filter track="7"><property name="mlt_service">greyscale</property></filter>',
        _change('in="80"', 'out="90"'),
        "</entry>\n",
        '<entry producer="pier" in="50" out="40"/></playlist>',
    )

    assert loaded.warnings == (
        "line 1: there is no track '7' for the filter",
        "line 1: no clip of its track meets the transition",
        "line 2: it ends at 40, before it begins at 50, and is left out",
    )


def test_an_entry_with_an_out_alone_begins_at_the_start(tmp_path: Path) -> None:
    loaded = read_mlt(
        tmp_path,
        '<producer id="late" in="50" out="99">'
        '<property name="resource">pier.mp4</property></producer>'
        '<playlist><entry producer="late"/><entry producer="late" out="49"/>'
        "</playlist>",
    )

    ranges = [clip.source_range for clip in clips_of(loaded)]
    assert [each.start for each in ranges if each] == [2, 0]
    assert shown(loaded.timeline) == [[("", 0, 2), ("", 2, 4)]]
