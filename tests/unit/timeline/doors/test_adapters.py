"""EDL, FCP 7 XML, AAF and xges through the adapters of OpenTimelineIO."""

from __future__ import annotations

import gc
from fractions import Fraction
from typing import TYPE_CHECKING

import aaf2
import opentimelineio as otio
import pytest

from farm.timeline.clip import Clip, FileMedia
from tests.unit.timeline.doors.reading import (
    first_clip,
    problems_of,
    read,
    shown,
    values,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: The adapter leaves a file that it cannot read to the garbage collector.
_AAF_LEFT_OPEN = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    yield
    gc.collect()  # while the warnings of the test that left it are filtered


_EDL = """TITLE: walk
FCM: NON-DROP FRAME
001  AX       V     C        01:00:04:05 01:00:06:05 01:00:00:00 01:00:02:00
* FROM CLIP NAME:  pier.mov
002  AX       V     C        01:00:06:05 01:00:06:05 01:00:02:00 01:00:02:00
002  AX       V     W001 010 01:00:08:08 01:00:10:08 01:00:02:00 01:00:04:00
* FROM CLIP NAME:  pier.mov
* TO CLIP NAME:  boat.mov
003  AX       V     C        00:00:00:00 00:00:01:00 01:00:06:00 01:00:07:00
* FROM CLIP NAME:  gull.mov
"""


def test_an_edl_starts_at_its_first_event_and_keeps_its_wipe(tmp_path: Path) -> None:
    loaded = read(tmp_path, "edit.edl", _EDL)

    assert shown(loaded.timeline) == [
        [
            ("pier.mov", 0, 2),
            ("wiperight", 0, pytest.approx(10 / 24)),
            ("boat.mov", 2, 4),
            ("gull.mov", 6, 7),
        ]
    ]
    assert first_clip(loaded).media == FileMedia(
        path=f"{tmp_path}/pier.mov", timecode=True
    )
    assert loaded.timeline.rate == 24


@pytest.mark.parametrize(
    ("frame", "header", "rate"),
    [
        ("24", "NON-DROP", 25),
        ("29", "NON-DROP", 30),
        ("12", "DROP", Fraction(30000, 1001)),
    ],
)
def test_the_rate_of_an_edl_is_what_its_timecodes_need(
    frame: str, header: str, rate: Fraction, tmp_path: Path
) -> None:
    text = (
        f"FCM: {header} FRAME\n"
        f"001  AX V C 00:00:00:00 00:00:01:{frame} 00:00:00:00 00:00:01:{frame}\n"
        "* FROM CLIP NAME: a.mov\n"
    )
    loaded = read(tmp_path, "edit.edl", text)

    assert loaded.timeline.rate == rate
    assert any("names no frame rate" in warning for warning in loaded.warnings)


def test_speed_and_freeze_of_an_edl(tmp_path: Path) -> None:
    text = (
        "FCM: NON-DROP FRAME\n"
        "001  A V C 00:00:00:00 00:00:02:00 00:00:00:00 00:00:01:00\n"
        "M2   A       048.0                00:00:00:00\n"
        "* FROM CLIP NAME: fast\n"
        "002  B V C 00:00:01:00 00:00:01:01 00:00:01:00 00:00:02:00\n"
        "M2   B       000.0                00:00:01:00\n"
        "* FROM CLIP NAME: held\n"
    )
    timeline = read(tmp_path, "edit.edl", text).timeline

    fast, held = (item for item in timeline.tracks[0].items if isinstance(item, Clip))
    assert values(fast.speed, fast.freeze) == (2, None)
    assert values(held.speed, held.freeze, held.duration) == (1, 1, 1)
    assert shown(timeline) == [[("fast", 0, 1), ("held FF", 1, 2)]] or shown(
        timeline
    ) == [[("fast", 0, 1), ("held", 1, 2)]]


def test_fcp_xml_has_its_rate_and_size(tmp_path: Path) -> None:
    rate = "<rate><timebase>30</timebase><ntsc>TRUE</ntsc></rate>"
    item = (
        f"<clipitem id='1'><name>pier</name>{rate}<duration>300</duration>"
        "<start>30</start><end>90</end><in>15</in><out>75</out>"
        f"<file id='f'><name>pier.mov</name>{rate}<duration>300</duration>"
        "<pathurl>file://localhost/films/pier%20one.mov</pathurl></file></clipitem>"
    )
    text = (
        f"<xmeml version='4'><sequence id='s'><name>S</name>{rate}"
        "<duration>90</duration><media><video><format><samplecharacteristics>"
        "<width>1280</width><height>720</height></samplecharacteristics></format>"
        f"<track>{item}</track></video></media></sequence></xmeml>"
    )
    loaded = read(tmp_path, "edit.xml", text)

    timeline = loaded.timeline
    assert (timeline.rate, timeline.width) == (Fraction(30000, 1001), 1280)
    assert first_clip(loaded).media == FileMedia(path="/films/pier one.mov")
    assert shown(timeline) == [[("pier", pytest.approx(1.001), pytest.approx(3.003))]]


def test_xges_is_read_without_what_is_usual(tmp_path: Path) -> None:
    text = (
        "<ges version='0.1'><project properties='properties' metadatas='metadatas'>"
        "<ressources><asset id='file:///a.mov' extractable-type-name='GESUriClip'/>"
        "</ressources><timeline properties='properties' "
        "metadatas='metadatas, framerate=(fraction)30/1;'>"
        "<track caps='video/x-raw' track-type='4' track-id='0' properties='properties, "
        r"restriction-caps=(string)&quot;video/x-raw\,\ width\=\(int\)640\,"
        r"\ height\=\(int\)360&quot;;'"
        "/><layer priority='0'><clip id='0' asset-id='file:///a.mov' "
        "type-name='GESUriClip' track-types='4' layer-priority='0' start='1000000000' "
        "duration='2000000000'/></layer></timeline></project></ges>"
    )
    loaded = read(tmp_path, "edit.xges", text)

    timeline = loaded.timeline
    assert values(timeline.rate, timeline.width, timeline.height) == (30, 640, 360)
    assert [row[0][1:] for row in shown(timeline)] == [(1, 3)]
    assert first_clip(loaded).media == FileMedia(path="/a.mov")


@pytest.mark.parametrize(
    "listed",
    [
        "<resources><asset id='file:///a.mov'/></resources>",
        "<ressources/>",
        "",
    ],
)
def test_clips_of_xges_keep_the_names_of_files_that_are_listed_otherwise(
    listed: str, tmp_path: Path
) -> None:
    text = (
        f"<ges version='0.1'><project>{listed}<timeline>"
        "<track caps='video/x-raw' track-type='4' track-id='0'/><layer priority='0'>"
        "<clip id='0' asset-id='file:///films/pier%20one.mov' type-name='GESUriClip' "
        "track-types='4' layer-priority='0' start='0' duration='1000000000'/>"
        "</layer></timeline></project></ges>"
    )
    loaded = read(tmp_path, "edit.xges", text)

    assert first_clip(loaded).media == FileMedia(path="/films/pier one.mov")


def _write_aaf(path: Path) -> None:
    """Write a composition of two cuts of one source."""
    with aaf2.open(str(path), "w") as file:
        source = file.create.SourceMob("tape")
        source.descriptor = file.create.ImportDescriptor()
        locator = file.create.NetworkLocator()
        locator["URLString"].value = "file:///films/pier.mov"
        source.descriptor.locator.append(locator)
        slot = source.create_timeline_slot(25)
        slot.segment = file.create.SourceClip(length=250, media_kind="picture")
        file.content.mobs.append(source)
        master = file.create.MasterMob("pier")
        file.content.mobs.append(master)
        master_slot = master.create_timeline_slot(25)
        master_slot.segment = source.create_source_clip(slot.slot_id, length=250)
        composition = file.create.CompositionMob("walk")
        composition.usage = "Usage_TopLevel"
        file.content.mobs.append(composition)
        sequence = file.create.Sequence(media_kind="picture")
        track = composition.create_timeline_slot(25)
        track.segment = sequence
        for start, length in ((50, 25), (100, 50)):
            clip = master.create_source_clip(master_slot.slot_id, start, length)
            sequence.components.append(clip)


def test_an_aaf_is_read(tmp_path: Path) -> None:
    _write_aaf(tmp_path / "edit.aaf")

    loaded = read(tmp_path, "edit.aaf", (tmp_path / "edit.aaf").read_bytes())

    assert shown(loaded.timeline) == [[("pier", 0, 1), ("pier", 1, 3)]]
    assert loaded.timeline.rate == 25
    source = first_clip(loaded).source_range
    assert source is not None
    assert source.start == 2


@_AAF_LEFT_OPEN
def test_a_damaged_aaf_is_refused_in_one_sentence(tmp_path: Path) -> None:
    _write_aaf(tmp_path / "whole.aaf")
    whole = (tmp_path / "whole.aaf").read_bytes()
    for at in range(8, len(whole), len(whole) // 12):
        damaged = bytearray(whole[: max(at, 600)])
        damaged[at // 2] ^= 0xFF
        try:
            read(tmp_path, "edit.aaf", bytes(damaged))
        except Exception as error:  # noqa: BLE001  # what it is, is what is tested
            assert type(error).__name__ == "InvalidTimeline", error  # noqa: PT017


@_AAF_LEFT_OPEN
@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("edit.edl", "nothing of the kind", "there is no timecode in it"),
        ("edit.edl", b"\xff\xfe\x00\x01", "it is not text"),
        ("edit.edl", "001 A V C 00:00:00:00 99:99:99:99 1 2\n", "it cannot be read"),
        ("edit.aaf", b"not one", "it does not begin like one"),
        (
            "edit.aaf",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 999,
            "cannot be read",
        ),
        ("edit.xml", "<fcpxml/>", "it is no FCP 7 XML: it holds a 'fcpxml'"),
        ("edit.xges", "<mlt/>", "it is no xges: it holds a 'mlt'"),
        ("edit.xges", "<ges><project><timeline/></project></ges>", ""),
    ],
)
def test_what_is_none_of_them_is_refused(
    name: str, content: str | bytes, reason: str, tmp_path: Path
) -> None:
    (problem,) = problems_of(tmp_path, name, content)

    assert reason in problem


def test_without_the_extra_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*_: object, **__: object) -> None:
        raise otio.exceptions.NotSupportedError("no plugin")

    monkeypatch.setattr(otio.adapters, "read_from_string", nothing)

    (problem,) = problems_of(tmp_path, "edit.edl", _EDL)

    assert problem.endswith("pip install 'renderfarm[interchange]'")


_REVERSED = (
    "<filter><effect><name>Time Remap</name><effectid>timeremap</effectid>"
    "<effecttype>motion</effecttype><mediatype>video</mediatype>"
    "<parameter><parameterid>speed</parameterid><value>200</value></parameter>"
    "<parameter><parameterid>reverse</parameterid><value>TRUE</value></parameter>"
    "</effect></filter>"
)


def test_time_remap_of_fcp_xml_plays_backwards(tmp_path: Path) -> None:
    rate = "<rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate>"
    item = (
        f"<clipitem id='1'><name>pier</name>{rate}<duration>300</duration>"
        "<start>0</start><end>50</end><in>25</in><out>75</out>"
        f"<file id='f'><name>pier.mov</name>{rate}<duration>300</duration>"
        f"<pathurl>file://localhost/films/pier.mov</pathurl></file>{_REVERSED}"
        "</clipitem>"
    )
    text = (
        f"<xmeml version='4'><sequence id='s'><name>S</name>{rate}"
        f"<duration>50</duration><media><video><track>{item}</track></video></media>"
        "</sequence></xmeml>"
    )
    clip = first_clip(read(tmp_path, "edit.xml", text))

    assert clip.reverse
    assert values(clip.speed, clip.duration) == (2, 2)
    assert clip.source_range is not None
    assert clip.source_range.start == 2  # `in` is a time of the clip as it plays


@pytest.mark.parametrize(("alpha", "opacity"), [("none", 1), ("straight", 0)])
def test_a_slug_with_alpha_is_a_title_that_leaves_its_place_free(
    alpha: str, opacity: int, tmp_path: Path
) -> None:
    rate = "<rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate>"
    item = (
        f"<clipitem id='1'><name>Name</name>{rate}<duration>300</duration>"
        f"<start>0</start><end>50</end><in>0</in><out>50</out><alphatype>{alpha}"
        f"</alphatype><file id='f'><name>Name</name><mediaSource>Slug</mediaSource>"
        f"{rate}<media><video/></media></file></clipitem>"
    )
    text = (
        f"<xmeml version='4'><sequence id='s'><name>S</name>{rate}"
        f"<duration>50</duration><media><video><track>{item}</track></video></media>"
        "</sequence></xmeml>"
    )
    loaded = read(tmp_path, "edit.xml", text)

    told = any("of which the file has no text" in each for each in loaded.warnings)
    assert (first_clip(loaded).opacity, told) == (opacity, opacity == 0)
