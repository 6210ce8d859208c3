"""FCPXML: spines, connected clips, compound clips, multicams, retiming, titles."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from farm.timeline.clip import Clip, Crop, FileMedia, SourceRange
from farm.timeline.keyframe import value_at
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

_RESOURCES = """
<format id="r1" frameDuration="1001/30000s" width="1280" height="720"/>
<asset id="a" name="Pier" start="3600s" duration="20s" hasVideo="1" hasAudio="1">
 <media-rep src="file:///films/pier%20two.mov"/></asset>
<asset id="m" name="Song" start="0s" duration="60s" hasAudio="1" src="song.wav"/>
<effect id="t" name="Basic Title"/><effect id="x" name="Cross Dissolve"/>
"""


def _fcpxml(spine: str, resources: str = "", *, tc: str = "100s") -> str:
    return (
        f"<fcpxml version='1.11'><resources>{_RESOURCES}{resources}</resources>"
        f"<project name='P'><sequence format='r1' tcStart='{tc}' audioRate='44.1k'>"
        f"<spine>{spine}</spine></sequence></project></fcpxml>"
    )


def test_a_spine_is_a_track_and_what_hangs_on_it_lies_on_others(tmp_path: Path) -> None:
    loaded = read(
        tmp_path,
        "edit.fcpxml",
        _fcpxml(
            "<asset-clip ref='a' name='one' offset='100s' start='3602s' duration='4s'>"
            "<asset-clip ref='m' name='song' lane='-1' offset='3603s' duration='2s'/>"
            "<asset-clip ref='a' name='up' lane='1' offset='3602s' duration='1s'/>"
            "<marker start='3602s' value='here'/></asset-clip>"
            "<gap offset='104s' duration='1s'/>"
            "<asset-clip ref='a' name='off' offset='105s' duration='2s' enabled='0'/>"
        ),
    )

    assert shown(loaded.timeline) == [
        [("one", 0, 4), ("off", 5, 7)],
        [("up", 0, 1)],
        [("song", 1, 3)],
    ]
    assert [track.kind for track in loaded.timeline.tracks] == ["video"] * 2 + ["audio"]
    clip = first_clip(loaded)
    assert clip.media == FileMedia(path="/films/pier two.mov")
    assert clip.source_range is not None
    assert clip.source_range.start == 2
    timeline = loaded.timeline
    assert (timeline.rate, timeline.sample_rate) == (Fraction(30000, 1001), 44100)
    assert loaded.warnings == ("1 markers are not shown",)


def test_a_transition_lies_over_its_cut_and_at_an_end_inside(tmp_path: Path) -> None:
    change = "<filter-video ref='x'/>"
    loaded = read(
        tmp_path,
        "edit.fcpxml",
        _fcpxml(
            "<asset-clip ref='a' name='one' offset='100s' duration='4s'/>"
            f"<transition offset='207/2s' duration='1s'>{change}</transition>"
            "<asset-clip ref='a' name='two' offset='104s' duration='4s'/>"
            f"<transition offset='107s' duration='1s'>{change}</transition>"
        ),
    )

    assert shown(loaded.timeline) == [
        [
            ("one", 0, 4),
            ("dissolve", 0.5, 0.5),
            ("two", 4, 8),
            ("dissolve", 1, 0),
        ]
    ]


def test_a_compound_clip_is_cut_and_played_as_it_is_said(tmp_path: Path) -> None:
    inner = (
        "<media id='c'><sequence format='r1' tcStart='10s' duration='6s'><spine>"
        "<asset-clip ref='a' name='in' offset='10s' duration='3s'/>"
        "<asset-clip ref='a' name='out' offset='13s' duration='3s'/>"
        "</spine></sequence></media>"
    )
    loaded = read(
        tmp_path,
        "edit.fcpxml",
        _fcpxml(
            "<ref-clip ref='c' offset='100s' start='6s' duration='2s'><timeMap>"
            "<timept time='0s' value='0s'/><timept time='3s' value='6s'/>"
            "</timeMap></ref-clip>",
            inner,
        ),
    )

    assert shown(loaded.timeline) == [[("in", 0, 0.5), ("out", 0.5, 2)]]
    clip = first_clip(loaded)
    assert clip.speed == 2
    assert clip.source_range is not None
    assert values(clip.source_range.start, clip.source_range.duration) == (2, 1)


def test_of_a_multicam_the_chosen_angle_is_seen(tmp_path: Path) -> None:
    angles = "".join(
        f"<mc-angle angleID='{name}'><asset-clip ref='a' name='{name}' offset='0s' "
        "duration='9s'/></mc-angle>"
        for name in ("A", "B")
    )
    loaded = read(
        tmp_path,
        "edit.fcpxml",
        _fcpxml(
            "<mc-clip ref='mc' offset='100s' start='2s' duration='3s'>"
            "<mc-source angleID='B' srcEnable='all'/></mc-clip>",
            f"<media id='mc'><multicam tcStart='0s'>{angles}</multicam></media>",
        ),
    )

    assert shown(loaded.timeline) == [[("B", 0, 3)]]
    source = first_clip(loaded).source_range
    assert source is not None
    assert source.start == 2


def test_a_title_says_its_text_in_its_colour(tmp_path: Path) -> None:
    loaded = read(
        tmp_path,
        "edit.fcpxml",
        _fcpxml(
            "<audition><title ref='t' name='T' offset='100s' duration='2s'>"
            "<text><text-style ref='s'>Mor</text-style>"
            "<text-style ref='s'>ning; it's 100%</text-style></text>"
            "<text-style-def id='s'><text-style font='Helvetica' fontSize='30' "
            "fontColor='1 0 0 1'/></text-style-def></title>"
            "<title ref='t' duration='9s'/></audition>"
        ),
    )

    media = first_clip(loaded).media
    assert isinstance(media, TitleMedia)
    assert (media.text, media.color, media.size) == (
        "Morning; it's 100%",
        "#ff0000",
        30,
    )
    assert shown(loaded.timeline) == [[("T", 0, 2)]]


@pytest.mark.parametrize(
    ("spine", "problem"),
    [
        ("<asset-clip ref='a' duration='1/0s'/>", "its duration '1/0s' is no time"),
        ("<asset-clip ref='a' duration='-1s'/>", "lasts -1 s"),
        ("<asset-clip ref='a' duration='9e99s'/>", "is no time"),
        ("<asset-clip ref='a' offset='NaN' duration='1s'/>", "'NaN' is no time"),
        ("<asset-clip ref='gone' duration='1s'/>", "not among the resources"),
        ("<ref-clip ref='gone' duration='1s'/>", "refers to no compound clip"),
        ("<asset-clip ref='a' duration='999999999s'/>", "at most 100 hours"),
    ],
)
def test_what_cannot_be_is_refused_at_its_line(
    spine: str, problem: str, tmp_path: Path
) -> None:
    problems = problems_of(tmp_path, "edit.fcpxml", _fcpxml(spine))

    assert problem in problems[0]
    assert problems[0].startswith("line ")


def test_a_compound_clip_that_holds_itself_is_refused(tmp_path: Path) -> None:
    loop = (
        "<media id='c'><sequence><spine><ref-clip ref='c' duration='1s'/></spine>"
        "</sequence></media>"
    )

    problems = problems_of(
        tmp_path, "edit.fcpxml", _fcpxml("<ref-clip ref='c' duration='1s'/>", loop)
    )

    assert "holds itself" in problems[0]


def test_a_map_of_time_is_forwards_held_and_backwards(tmp_path: Path) -> None:
    points = ((0, 3600), (2, 3604), (3, 3604), (5, 3602))
    mapped = "".join(f"<timept time='{t}s' value='{v}s'/>" for t, v in points)
    loaded = read(
        tmp_path,
        "edit.fcpxml",
        _fcpxml(
            "<asset-clip ref='a' name='x' offset='100s' start='1s' duration='4s'>"
            f"<timeMap>{mapped}</timeMap></asset-clip>"
        ),
    )

    assert shown(loaded.timeline) == [[("x", 0, 1), ("x", 1, 2), ("x", 2, 4)]]
    fast, held, back = loaded.timeline.tracks[0].items
    assert isinstance(fast, Clip)
    assert isinstance(held, Clip)
    assert isinstance(back, Clip)
    assert values(fast.speed, fast.source_range) == (2, _part(2, 2))
    assert values(held.freeze, held.source_range) == (4, None)
    assert values(back.reverse, back.speed, back.source_range) == (
        True, 1, _part(2, 2),
    )  # fmt: skip
    assert loaded.warnings == ()


def _part(start: int, duration: int) -> SourceRange:
    return SourceRange(start=Fraction(start), duration=Fraction(duration))


def test_a_compound_clip_plays_backwards(tmp_path: Path) -> None:
    inner = (
        "<media id='c'><sequence format='r1' duration='6s'><spine>"
        "<asset-clip ref='a' name='in' offset='0s' start='3601s' duration='2s'/>"
        "<asset-clip ref='a' name='out' offset='2s' start='3610s' duration='4s'/>"
        "</spine></sequence></media>"
    )
    loaded = read(
        tmp_path,
        "edit.fcpxml",
        _fcpxml(
            "<ref-clip ref='c' offset='100s' duration='5s'><timeMap>"
            "<timept time='0s' value='6s'/><timept time='6s' value='0s'/>"
            "</timeMap></ref-clip>",
            inner,
        ),
    )

    assert shown(loaded.timeline) == [[("out", 0, 4), ("in", 4, 5)]]
    out, first = loaded.timeline.tracks[0].items
    assert isinstance(out, Clip)
    assert isinstance(first, Clip)
    assert out.reverse
    assert values(out.source_range, first.source_range) == (_part(10, 4), _part(2, 1))


def test_captions_are_subtitles_in_their_language(tmp_path: Path) -> None:
    def caption(at: int, text: str, role: str, more: str = "") -> str:
        return (
            f"<caption lane='1' offset='{at}s' duration='1s' role='{role}'{more}>"
            f"<text placement='bottom'><text-style ref='t'>{text}</text-style>"
            "</text></caption>"
        )

    loaded = read(
        tmp_path,
        "edit.fcpxml",
        _fcpxml(
            "<asset-clip ref='a' offset='100s' start='3602s' duration='4s'>"
            + caption(3603, "Guten Tag", "SRT?captionFormat=SRT.de-DE")
            + caption(3602, "Hello", "iTT?captionFormat=ITT.en")
            + caption(3604, "Off", "iTT?captionFormat=ITT.en", " enabled='0'")
            + "</asset-clip>"
        ),
    )

    told = [
        (each.language, each.show, [(float(c.start), c.text) for c in each.cues or ()])
        for each in loaded.timeline.subtitles
    ]
    assert told == [
        ("eng", "stream", [(0, "Hello")]),
        ("deu", "stream", [(1, "Guten Tag")]),
    ]


def _adjusted(folder: Path, adjustments: str) -> tuple[Clip, tuple[str, ...]]:
    """Return a clip of 4 s that starts at 2 s of its own clock."""
    loaded = read(
        folder,
        "edit.fcpxml",
        _fcpxml(
            "<asset-clip ref='a' offset='100s' start='3602s' duration='4s'>"
            f"{adjustments}</asset-clip>"
        ),
    )
    return first_clip(loaded), loaded.warnings


def _keys(name: str, *values: tuple[int, str]) -> str:
    keys = "".join(f"<keyframe time='{t}s' value='{v}'/>" for t, v in values)
    return f"<param name='{name}'><keyframeAnimation>{keys}</keyframeAnimation></param>"


def test_keyframes_move_a_clip_from_the_start_of_what_is_seen(tmp_path: Path) -> None:
    position = _keys("position", (3601, "0 0"), (3605, "80 -50"))
    scale = _keys("scale", (3602, "1 1"), (3604, "0.5 0.5"))
    amount = _keys("amount", (3602, "1"), (3606, "0"))
    clip, warnings = _adjusted(
        tmp_path,
        f"<adjust-transform>{position}{scale}</adjust-transform>"
        f"<adjust-blend amount='1'>{amount}</adjust-blend>"
        "<adjust-volume amount='-6dB'>"
        + _keys("amount", (3602, "0dB"), (3603, "-20dB"))
        + "</adjust-volume>",
    )

    moves = clip.animation
    assert moves.x is not None
    assert moves.opacity is not None
    assert moves.volume is not None
    # a quarter of the way has passed; 80 heights of 720 are 45 % of 1280
    assert [(float(k.time), round(k.value, 4)) for k in moves.x] == [
        (0, 0.6125), (3, 0.95), (4, 0.95),
    ]  # fmt: skip
    assert [round(k.value, 4) for k in moves.y or ()] == [0.625, 1, 1]
    assert value_at(moves.scale or (), Fraction(1)) == 0.75
    assert value_at(moves.opacity, Fraction(3)) == 0.25
    assert value_at(moves.volume, Fraction(1)) == pytest.approx(0.1)
    assert warnings == ()


def test_fades_of_opacity_and_volume(tmp_path: Path) -> None:
    clip, _ = _adjusted(
        tmp_path,
        "<adjust-blend amount='1'><param name='amount'><fadeIn duration='1s'/></param>"
        "</adjust-blend><adjust-volume amount='0dB'><param name='amount'>"
        "<fadeOut type='easeOut' duration='1/2s'/></param></adjust-volume>",
    )

    assert values(clip.video_fade_in, clip.fade_out) == (1, Fraction(1, 2))


def test_what_is_trimmed_stays_where_it_was(tmp_path: Path) -> None:
    clip, warnings = _adjusted(
        tmp_path,
        "<adjust-crop mode='trim'><trim-rect left='50' bottom='25'/></adjust-crop>",
    )

    # of 1280x720 are left 920x540, which fitted would be 4/3 as large
    assert clip.crop == Crop(left=360, bottom=180)
    assert clip.transform.scale == pytest.approx(3 / 4)
    assert clip.transform.x == pytest.approx(0.5 + 180 / 1280)
    assert clip.transform.y == pytest.approx(0.5 - 90 / 720)
    assert warnings == ()


def test_what_is_cropped_fills_the_picture_and_a_pan_moves_over_it(
    tmp_path: Path,
) -> None:
    half = "left='0' top='0' right='88.8889' bottom='50'"
    clip, _ = _adjusted(
        tmp_path, f"<adjust-crop mode='crop'><crop-rect {half}/></adjust-crop>"
    )
    assert clip.crop == Crop(right=640, bottom=360)
    assert clip.transform.scale == 1

    clip, _ = _adjusted(
        tmp_path,
        f"<adjust-crop mode='pan'><pan-rect {half}/><pan-rect/></adjust-crop>",
    )
    moves = clip.animation
    assert [round(key.value, 3) for key in moves.scale or ()] == [2, 1]
    assert [round(key.value, 3) for key in moves.x or ()] == [1, 0.5]
    assert [float(key.time) for key in moves.y or ()] == [0, 4]


def test_a_crop_that_leaves_nothing_is_told(tmp_path: Path) -> None:
    clip, warnings = _adjusted(
        tmp_path,
        "<adjust-crop mode='trim'><trim-rect top='60' bottom='60'/></adjust-crop>",
    )

    assert clip.crop == Crop()
    assert warnings == ("line 7: its crop leaves nothing, or is not known: left out",)
