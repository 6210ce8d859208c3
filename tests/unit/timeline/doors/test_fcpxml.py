"""FCPXML: spines, connected clips, compound clips, multicams, retiming, titles."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from farm.timeline.clip import FileMedia
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
