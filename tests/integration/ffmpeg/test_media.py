"""Facts of real media made by others, which is not part of the project.

``media_facts.txt`` was compared with full decodes by FFmpeg 9: every frame count,
first and last time is that of a decode, but for the files that are damaged inside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from farm.errors import MediaUnreadable
from farm.ffmpeg.probe import probe_media
from tests.integration.ffmpeg.describe import describe

if TYPE_CHECKING:
    from farm.timeline.media import MediaFacts

HERE = Path(__file__).parent
MEDIA = HERE.parents[3] / "shared" / "media"
FACTS = dict(
    line.split(" | ", 1)
    for line in (HERE / "media_facts.txt").read_text(encoding="utf-8").splitlines()
)
UNREADABLE = {
    "zero_byte.mp4": "it is empty",
    "no_moov_48_bytes.mp4": "its index, the moov box, is missing",
    "broken.mp4": "its index, the moov box, is missing",
    "truncated_no_moov.mp4": "its index, the moov box, is missing",
    "empty.flv": "it is no media file, or damaged at its start",
    "text_renamed.mp4": "it is no media file, or damaged at its start",
    "invalid_vp9.webm": "its picture cannot be decoded",
}
SUBTITLES = {".srt": "subrip", ".vtt": "webvtt", ".ass": "ass"}

pytestmark = pytest.mark.skipif(not MEDIA.is_dir(), reason="the media are not here")


@pytest.mark.parametrize("name", FACTS)
def test_facts_of_a_file(name: str) -> None:
    assert describe(probe_media(MEDIA / name)) == FACTS[name]


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_without_a_usable_stream_is_refused(name: str) -> None:
    path = MEDIA / "broken" / name
    with pytest.raises(MediaUnreadable) as caught:
        probe_media(path)
    assert caught.value.message.startswith(f"{path} cannot be read as media")
    assert UNREADABLE[name] in caught.value.message
    assert "\n" not in caught.value.message


def test_subtitle_files_have_neither_picture_nor_sound() -> None:
    for path in sorted((MEDIA / "subtitle").iterdir()):
        facts = probe_media(path)
        codecs = [stream.codec for stream in facts.subtitles]
        assert (facts.video, facts.audio) == ((), ()), path
        assert codecs == [SUBTITLES[path.suffix]], path


def test_every_file_is_in_a_table() -> None:
    folders = ("clips", "phone", "pro", "odd", "audio", "image", "broken")
    files = {str(p.relative_to(MEDIA)) for f in folders for p in (MEDIA / f).iterdir()}
    assert files == set(FACTS) | {f"broken/{name}" for name in UNREADABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the tables of ``MEDIA.md``."""

    streams: str
    rate: str
    seconds: str


def rows() -> dict[str, Row]:
    """Read the tables that came with the media."""
    found: dict[str, Row] = {}
    for line in (MEDIA / "MEDIA.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 7 and (name := cells[0].strip("`")) in FACTS:
            found[name] = Row(streams=cells[1], rate=cells[2], seconds=cells[3])
    return found


#: Where that table is not right for FFmpeg 9, or says something else.
OTHER_RATE = {
    "phone/iphone_hlg_rot90_editlist.mp4",  # the edit list cuts off the uneven part
}
OTHER_SECONDS = {
    "odd/start_at_10s.mp4",  # counts from zero
    "odd/ass_subtitles.mkv",  # the same
    "odd/h264_aac.flv",  # the same
    "clips/nasa_multistream.mp4",  # counts the subtitles
    "odd/pgs_subtitles.mkv",  # the same
    "clips/timecode_720p30_42s.mp4",  # without its edit list
    "audio/cover.mp3",  # a guess of the reader
    "broken/bogus_duration.mp4",  # what the header says
    "broken/truncated_end.mp4",  # the same
    "broken/truncated_end.webm",  # the same
    "broken/missing_stsd.mp4",  # counts the sound that nobody can decode
    "audio/aac.m4a",  # with the run-in of the encoder
    "audio/voices.mp3",  # the same, and what it put at the end
    "clips/road_768x432_12.5fps.mp4",  # without its edit list
    "broken/mdat_too_long.mp4",  # without the pause before the sound
}
OTHER_STREAMS = {
    "broken/garbage_prefix.mp3",  # AMR to FFmpeg 5.1
    "broken/missing_stsd.mp4",  # names the sound that nobody can decode
}
PICTURE = re.compile(r"(?P<codec>\w+) (?P<size>\d+x\d+)(?: (?P<pix_fmt>\w+))?")
SOUND = re.compile(
    r"(?:(?P<times>\d+) × )?(?P<codec>\w+) (?P<channels>\d+)ch (?P<hz>\d+)"
)
SUBTITLE = re.compile(r"(?:(?P<times>\d+) × )?subtitle: (?P<codec>\w+)")


def test_facts_agree_with_the_table_of_the_media() -> None:
    table = rows()
    assert len(table) == len(FACTS)
    wrong = [
        f"{name}: {problem}"
        for name, row in table.items()
        for problem in _problems(name, row, probe_media(MEDIA / name))
    ]
    assert wrong == []


def _problems(name: str, row: Row, facts: MediaFacts) -> list[str]:
    problems: list[str] = []
    if name not in OTHER_STREAMS:
        problems += _other_streams(row, facts)
    if name not in OTHER_RATE and row.rate[0].isdigit():
        problems += _other_rate(row, facts)
    if name not in OTHER_SECONDS | OTHER_STREAMS and row.seconds[0].isdigit():
        problems += _other_seconds(row, facts)
    return problems


def _other_seconds(row: Row, facts: MediaFacts) -> list[str]:
    if abs(float(row.seconds) - facts.duration) <= 0.04:
        return []
    return [f"{float(facts.duration):.3f} s instead of {row.seconds}"]


def _other_rate(row: Row, facts: MediaFacts) -> list[str]:
    film = next(stream for stream in facts.video if not stream.is_cover)
    said = float(row.rate.split()[0].rstrip(","))
    is_variable = " variable" in row.rate
    if film.frames == 1:
        return []
    if abs(film.rate - said) > said / 100 or film.variable_rate != is_variable:
        return [f"{float(film.rate):.3f} frames a second instead of {row.rate}"]
    return []


def _other_streams(row: Row, facts: MediaFacts) -> list[str]:
    pictures = [
        (found["codec"], found["size"], found["pix_fmt"])
        for found in PICTURE.finditer(row.streams)
    ]
    sounds = [
        (found["codec"], int(found["channels"]), int(found["hz"]))
        for found in SOUND.finditer(row.streams)
        for _ in range(int(found["times"] or 1))
    ]
    subtitles = [
        found["codec"]
        for found in SUBTITLE.finditer(row.streams)
        for _ in range(int(found["times"] or 1))
    ]
    pairs = (
        (
            pictures,
            [
                (v.codec, f"{v.width}x{v.height}", p and v.pix_fmt)
                for v, (_, _, p) in zip(facts.video, pictures, strict=False)
            ],
        ),
        (sounds, [(a.codec, a.channels, a.sample_rate) for a in facts.audio]),
        (subtitles, [s.codec for s in facts.subtitles]),
        (re.findall(r"rotation -(\d+)", row.streams), _rotations(facts)),
        (re.findall(r"pixels (\d+:\d+)", row.streams), _aspects(facts)),
        (re.findall(r"(top|bottom) field first", row.streams), _fields(facts)),
        (re.findall(r"PQ|HLG", row.streams), _hdr(facts)),
        (row.streams.count("(cover)"), sum(v.is_cover for v in facts.video)),
    )
    return [f"{mine} instead of {theirs}" for theirs, mine in pairs if mine != theirs]


def _rotations(facts: MediaFacts) -> list[str]:
    turned = [v for v in facts.video if v.rotation and not v.is_image]
    return [str(stream.rotation) for stream in turned]


def _aspects(facts: MediaFacts) -> list[str]:
    ratios = [v.sample_aspect.as_integer_ratio() for v in facts.video]
    return [f"{width}:{height}" for width, height in ratios if width != height]


def _fields(facts: MediaFacts) -> list[str]:
    return [
        "top" if v.top_field_first else "bottom" for v in facts.video if v.interlaced
    ]


def _hdr(facts: MediaFacts) -> list[str]:
    names = {"smpte2084": "PQ", "arib-std-b67": "HLG"}
    return [names[v.color_transfer or ""] for v in facts.video if v.is_hdr]
