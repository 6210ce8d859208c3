"""MLT and Kdenlive: playlists, tractors, mixes, fades, nests."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from farm.timeline.clip import Clip, ColorMedia, FileMedia, SourceRange
from farm.timeline.title import TitleMedia
from tests.unit.timeline.doors.reading import (
    first_clip,
    problems_of,
    read,
    shown,
    values,
)

if TYPE_CHECKING:
    from pathlib import Path

_PROFILE = (
    '<profile width="640" height="360" frame_rate_num="25" frame_rate_den="1" '
    'sample_aspect_num="1" sample_aspect_den="1"/>'
)
_FILM = (
    '<producer id="pier" in="0" out="99"><property name="resource">pier.mp4</property>'
    '<property name="mlt_service">avformat</property></producer>'
)
_RED = (
    '<producer id="red" in="0" out="99"><property name="resource">0xff0000ff</property>'
    '<property name="mlt_service">color</property></producer>'
)


def _mlt(*parts: str) -> str:
    return f"<mlt>{_PROFILE}{_FILM}{_RED}{''.join(parts)}</mlt>"


def test_a_playlist_plays_entries_and_blanks(tmp_path: Path) -> None:
    loaded = read(
        tmp_path,
        "edit.mlt",
        _mlt(
            '<playlist><entry producer="pier" in="10" out="59"/><blank length="25"/>'
            '<entry producer="red" out="00:00:00.960"/></playlist>'
        ),
    )

    assert shown(loaded.timeline) == [[("", 0, 2), ("", 3, 4)]]
    clip = first_clip(loaded)
    assert clip.media == FileMedia(path=f"{tmp_path}/pier.mp4")
    assert clip.source_range is not None
    assert float(clip.source_range.start) == 0.4
    assert values(loaded.timeline.width, loaded.timeline.rate) == (640, 25)


def test_both_halves_of_a_track_are_one_track_with_a_transition(tmp_path: Path) -> None:
    loaded = read(
        tmp_path,
        "edit.kdenlive",
        _mlt(
            '<playlist id="a"><entry producer="pier" in="0" out="59"/></playlist>',
            '<playlist id="b"><blank length="50"/>'
            '<entry producer="red" in="0" out="49"/></playlist>',
            '<tractor id="t"><track hide="audio" producer="a"/><track producer="b"/>'
            '<transition in="50" out="60"><property name="mlt_service">luma</property>'
            '<property name="kdenlive_id">luma</property>'
            '<property name="kdenlive:mixcut">5</property></transition></tractor>',
        ),
    )

    assert shown(loaded.timeline) == [
        [("", 0, 2.2), ("dissolve", 0.2, 0.2), ("", 2.2, 4)]
    ]
    assert first_clip(loaded).muted


def test_tracks_lie_above_each_other_and_hidden_pictures_are_heard(
    tmp_path: Path,
) -> None:
    loaded = read(
        tmp_path,
        "edit.mlt",
        _mlt(
            '<tractor><track producer="red"/><track producer="pier"/>'
            '<track hide="video" producer="pier"/></tractor>'
        ),
    )

    assert [track.kind for track in loaded.timeline.tracks] == ["video"] * 2 + ["audio"]
    assert first_clip(loaded).media == ColorMedia(color="#ff0000")


def test_a_nest_is_put_into_the_part_of_the_picture_that_it_has(tmp_path: Path) -> None:
    rect = (
        '<filter><property name="mlt_service">qtblend</property>'
        '<property name="rect">0=320 180 320 180 0.5</property></filter>'
    )
    loaded = read(
        tmp_path,
        "edit.mlt",
        _mlt(
            f'<playlist id="in"><entry producer="red" out="49">{rect}</entry>'
            '</playlist><playlist id="out">'
            f'<entry producer="in" in="25" out="49">{rect}</entry>'
            "</playlist>"
        ),
    )

    clip = first_clip(loaded)
    assert (clip.transform.x, clip.transform.y) == (0.875, 0.875)
    assert (clip.transform.scale, clip.opacity) == (0.25, 0.25)
    assert shown(loaded.timeline) == [[("", 0, 1)]]


def test_fades_volume_and_speed_are_fields_of_the_clip(tmp_path: Path) -> None:
    loaded = read(
        tmp_path,
        "edit.mlt",
        _mlt(
            '<producer id="fast" in="0" out="49">'
            '<property name="mlt_service">timewarp</property>'
            '<property name="resource">2:pier.mp4</property></producer>'
            '<playlist><entry producer="fast" in="25" out="49">'
            '<filter in="25" out="35"><property name="kdenlive_id">fade_from_black'
            "</property></filter>"
            '<filter><property name="mlt_service">volume</property>'
            '<property name="level">0=-6.0206</property></filter>'
            '<filter><property name="mlt_service">nonesuch</property></filter>'
            "</entry></playlist>"
        ),
    )

    clip = first_clip(loaded)
    assert values(clip.speed, clip.duration) == (2, 1)
    assert clip.source_range is not None
    assert values(clip.source_range.start, clip.source_range.duration) == (2, 2)
    assert float(clip.video_fade_in) == 0.4
    assert clip.volume == pytest.approx(0.5, abs=1e-4)
    assert loaded.warnings == (
        "line 1: the filter 'nonesuch' is not known and left out",
    )


def test_a_title_says_its_text(tmp_path: Path) -> None:
    loaded = read(
        tmp_path,
        "edit.mlt",
        '<mlt><producer out="24"><property name="mlt_service">qtext</property>'
        '<property name="text">It\'s 100%: {a}\n\\n</property></producer></mlt>',
    )

    media = first_clip(loaded).media
    assert isinstance(media, TitleMedia)
    assert media.text == "It's 100%: {a}\n\\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<html/>", "it is not MLT: it holds a 'html'"),
        ("<mlt/>", "it has no producer, playlist or tractor"),
        (
            '<mlt><playlist id="a"><entry producer="a"/></playlist></mlt>',
            "line 1: the playlist holds itself",
        ),
        (
            '<mlt><playlist><entry producer="gone"/></playlist></mlt>',
            "line 1: there is no 'gone'",
        ),
        (
            (
                '<mlt><profile frame_rate_num="0" width="-3" height="1e9"/>'
                '<producer out="9"><property name="mlt_service">color</property>'
                '<property name="resource">red</property></producer></mlt>'
            ),
            "line 1: '0/1' is no frame rate between 0.1 and 1000",
        ),
    ],
)
def test_what_cannot_be_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    assert problems_of(tmp_path, "edit.mlt", text)[0] == problem


def test_playlists_of_playlists_are_counted(tmp_path: Path) -> None:
    lists = "".join(
        f'<playlist id="p{n}">' + f'<entry producer="p{n - 1}"/>' * 10 + "</playlist>"
        for n in range(1, 9)
    )
    start = '<playlist id="p0"><entry producer="red" out="1"/></playlist>'

    (problem,) = problems_of(tmp_path, "edit.mlt", _mlt(start, lists))

    assert "more than 20,000 clips" in problem


_WARPED = (
    '<producer id="back" in="0" out="99"><property name="length">100</property>'
    '<property name="mlt_service">timewarp</property>'
    '<property name="resource">-2:pier.mp4</property></producer>'
)


def test_a_negative_warp_plays_backwards_from_the_end_of_its_producer(
    tmp_path: Path,
) -> None:
    entry = '<entry producer="back" in="10" out="34"/>'
    clip = first_clip(
        read(tmp_path, "edit.mlt", _mlt(f"{_WARPED}<playlist>{entry}</playlist>"))
    )

    # Frame 10 shows 89 of the producer's 100, frame 34 shows 65, each of them 2 / 25 s.
    assert clip.reverse
    assert values(clip.speed, clip.duration) == (2, 1)
    assert clip.source_range is not None
    assert float(clip.source_range.start) == 65 * 2 / 25
    assert clip.source_range.duration == 2


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("", [("", 0, 2)]),
        ('<property name="freeze_after">1</property>', [("", 0, 1), ("", 1, 2)]),
        ('<property name="freeze_before">1</property>', [("", 0, 1), ("", 1, 2)]),
    ],
)
def test_a_frame_is_held_all_the_time_or_after_or_before_it(
    when: str, expected: list[tuple[str, float, float]], tmp_path: Path
) -> None:
    held = (
        '<filter><property name="mlt_service">freeze</property>'
        f'<property name="frame">75</property>{when}</filter>'
    )
    loaded = read(
        tmp_path,
        "edit.mlt",
        _mlt(
            '<producer id="film" in="0" out="199">'
            '<property name="resource">pier.mp4</property></producer>'
            f'<playlist><entry producer="film" in="50" out="99">{held}</entry>'
            "</playlist>"
        ),
    )

    clips = [each for each in loaded.timeline.tracks[0].items if isinstance(each, Clip)]
    assert shown(loaded.timeline) == [expected]
    assert [clip.freeze for clip in clips].count(Fraction(3)) == 1
    for clip in clips:
        if clip.freeze is None:
            assert clip.source_range is not None
            start = clip.source_range.start
            assert start == (2 if "after" in when else 3)


def test_a_map_of_time_plays_forwards_holds_and_plays_backwards(tmp_path: Path) -> None:
    chain = (
        '<chain id="film" out="99"><property name="resource">pier.mp4</property>'
        '<property name="mlt_service">avformat</property>'
        '<link mlt_service="timeremap"><property name="time_map">'
        "0=0;25=2;50=2;100=0</property></link></chain>"
    )
    loaded = read(
        tmp_path,
        "edit.mlt",
        _mlt(f'{chain}<playlist><entry producer="film" in="0" out="99"/></playlist>'),
    )

    assert shown(loaded.timeline) == [[("", 0, 1), ("", 1, 2), ("", 2, 4)]]
    fast, held, back = loaded.timeline.tracks[0].items
    assert isinstance(fast, Clip)
    assert isinstance(held, Clip)
    assert isinstance(back, Clip)
    assert values(fast.speed, held.freeze) == (2, 2)
    assert back.reverse
    assert back.speed == 1
    assert back.source_range == SourceRange(start=Fraction(0), duration=Fraction(2))


@pytest.mark.parametrize(
    ("rects", "kind"),
    [
        ("0=-100% 0% 100% 100%;25=0% 0% 100% 100%", "coverright"),
        ("0=0% -100% 100% 100%;25=0% 0% 100% 100%", "coverdown"),
        ("0=0% 0% 100% 100%;25=100% 0% 100% 100%", "revealright"),
        ("0=0% 0% 100% 100%;25=0% -100% 100% 100%", "revealup"),
    ],
)
def test_a_mix_by_a_moving_rectangle_slides_in_or_out(
    rects: str, kind: str, tmp_path: Path
) -> None:
    mix = (
        '<transition in="50" out="74"><property name="mlt_service">affine</property>'
        '<property name="kdenlive_id">luma</property><property name="a_track">0'
        '</property><property name="b_track">1</property>'
        f'<property name="rect">{rects}</property>'
        '<property name="kdenlive:mixcut">12</property></transition>'
    )
    loaded = read(
        tmp_path,
        "edit.mlt",
        _mlt(
            '<playlist id="a"><entry producer="red" in="0" out="74"/></playlist>'
            '<playlist id="b"><blank length="50"/>'
            '<entry producer="pier" in="0" out="49"/></playlist>'
            f'<tractor><track producer="a"/><track producer="b"/>{mix}</tractor>'
        ),
    )

    assert [each[0] for each in shown(loaded.timeline)[0]] == ["", kind, ""]
