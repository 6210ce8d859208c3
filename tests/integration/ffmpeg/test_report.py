"""All that is told of media made here, one property each."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
from pydantic import TypeAdapter

from farm.errors import FarmError
from farm.ffmpeg.command import Command
from farm.ffmpeg.light import _mastering
from farm.ffmpeg.probe import probe_media, report_media
from farm.timeline.report import FOR_PLANS, MediaReport
from farm.timeline.schemas import build_schema
from tests.integration.ffmpeg.processes import run_it
from tests.misfits import misfits

BARS = ("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=1")
TONE = ("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=1")
MEDIA = Path(__file__).parents[4] / "shared" / "media"
SCHEMA = build_schema("farm-media-1.schema.json")

if TYPE_CHECKING:

    class Make(Protocol):
        """Makes a media file."""

        def __call__(self, *arguments: str) -> Path: ...


@pytest.fixture
def make(ffmpeg: Path, scratch: Path) -> Make:
    def make_file(*arguments: str) -> Path:
        run_it(ffmpeg, scratch, Command(arguments=arguments, output=arguments[-1]))
        return scratch / arguments[-1]

    return make_file


def _plain(report: MediaReport) -> dict[str, object]:
    plain: dict[str, object] = TypeAdapter(MediaReport).dump_python(
        report, mode="json", exclude=set(FOR_PLANS)
    )
    return plain


def test_a_report_holds_the_facts_of_the_plan(make: Make) -> None:
    path = make(*BARS, *TONE, "-c:v", "libx264", "-c:a", "aac", "film.mp4")
    facts, report = probe_media(path), report_media(path)
    for name in ("path", "container", "start", "duration", "claimed_duration"):
        assert getattr(report, name) == getattr(facts, name)
    assert report.video[0].rate == facts.video[0].rate == 25
    assert report.audio[0].layout == facts.audio[0].layout == "mono"


def test_codec_profile_level_and_tag(make: Make) -> None:
    encode = ("-c:v", "libx264", "-profile:v", "main", "-level", "3.1", "-bf", "2")
    (video,) = report_media(
        make(*BARS, "-pix_fmt", "yuv420p", *encode, "film.mp4")
    ).video
    assert (video.codec, video.profile, video.level) == ("h264", "Main", "3.1")
    assert (video.codec_tag, video.chroma, video.bit_depth) == ("avc1", "4:2:0", 8)
    assert video.reorders_frames
    assert video.field_order == "progressive"


@pytest.mark.parametrize(
    ("pix_fmt", "chroma", "bits"),
    [
        ("yuv411p", "4:1:1", 8),
        ("yuv422p10le", "4:2:2", 10),
        ("yuv444p12le", "4:4:4", 12),
        ("gray16le", "gray", 16),
        ("bgra", "rgb", 8),
    ],
)
def test_sampling_of_colour(make: Make, pix_fmt: str, chroma: str, bits: int) -> None:
    path = make(*BARS, "-pix_fmt", pix_fmt, "-c:v", "ffv1", "film.mkv")
    (video,) = report_media(path).video
    assert (video.chroma, video.bit_depth) == (chroma, bits)


@pytest.mark.parametrize(
    ("turn", "shape", "shown"),
    [
        ("0", "1", (64, 48)),
        ("90", "1", (48, 64)),
        ("180", "4/3", (85, 48)),
        ("270", "4/3", (48, 85)),
        ("0", "1/2", (32, 48)),
    ],
)
def test_size_as_shown(
    make: Make, turn: str, shape: str, shown: tuple[int, int]
) -> None:
    make(*BARS, "-vf", f"setsar={shape}", "-c:v", "libx264", "flat.mp4")
    rotate = ("-display_rotation:v:0", f"-{turn}", "-i", "flat.mp4", "-c", "copy")
    (video,) = report_media(make(*rotate, "turned.mp4")).video
    assert (video.display_width, video.display_height) == shown
    assert video.rotation == int(turn)
    exact = Fraction(64, 48) * Fraction(shape)
    assert video.display_aspect == (1 / exact if turn in {"90", "270"} else exact)


def test_key_frames_are_told_when_asked(make: Make) -> None:
    late = ("-output_ts_offset", "3")
    keys = ("-c:v", "libx264", "-g", "250", "-force_key_frames", "0.2,0.52")
    path = make(*BARS, *keys, *late, "film.mkv")
    assert report_media(path).video[0].keyframes is None
    (video,) = report_media(path, with_keyframes=True).video
    assert video.keyframes == (Fraction(3), Fraction(16, 5), Fraction(88, 25))
    assert video.key_frames == 3


def test_chapters_tags_and_roles(make: Make, scratch: Path) -> None:
    (scratch / "chapters.txt").write_text(
        ";FFMETADATA1\ntitle=A Film\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=400\n"
        "title=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=400\nEND=1000\ntitle=Zwei\n",
        encoding="utf-8",
    )
    report = report_media(
        make(
            *(
                *BARS,
                *TONE,
                *TONE,
                "-f",
                "ffmetadata",
                "-i",
                "chapters.txt",
                "-map_metadata",
                "3",
            ),
            *("-map", "0", "-map", "1", "-map", "2", "-c:v", "ffv1", "-c:a", "flac"),
            *("-metadata:s:a:1", "title=Comments", "-metadata:s:a:1", "language=deu"),
            *("-disposition:a:0", "default", "-disposition:a:1", "comment"),
            "film.mkv",
        )
    )
    assert report.title == "A Film"
    assert [(c.start, c.end, c.title) for c in report.chapters] == [
        (0, Fraction(2, 5), "One"),
        (Fraction(2, 5), 1, "Zwei"),
    ]
    first, second = report.audio
    assert first.dispositions == ("default",)
    assert (second.title, second.language) == ("Comments", "deu")
    assert second.dispositions == ("comment",)


def test_timecode(make: Make) -> None:
    encode = ("-c:v", "mpeg2video", "-timecode", "10:11:12:13")
    assert report_media(make(*BARS, *encode, "film.mov")).timecode == "10:11:12:13"


def test_attachments_and_subtitles(make: Make, scratch: Path) -> None:
    (scratch / "note.txt").write_text("hello", encoding="utf-8")
    (scratch / "said.srt").write_text(
        "1\n00:00:00,000 --> 00:00:00,300\nOne\n\n"
        "2\n00:00:00,500 --> 00:00:00,900\nTwo\n",
        encoding="utf-8",
    )
    attach = ("-attach", "note.txt", "-metadata:s:t", "mimetype=text/plain")
    report = report_media(
        make(*BARS, "-i", "said.srt", "-c:v", "ffv1", *attach, "film.mkv")
    )
    (subtitle,) = report.subtitles
    assert (subtitle.packets, subtitle.is_text) == (2, True)
    (other,) = report.others
    assert (other.kind, other.name) == ("attachment", "note.txt")
    assert other.mime_type == "text/plain"


@pytest.mark.parametrize(
    ("encoder", "name", "bits"),
    [
        ("pcm_s24le", "tone.wav", 24),
        ("flac", "tone.flac", 16),
        ("alac", "tone.m4a", 16),
        ("aac", "tone.m4a", None),
    ],
)
def test_bits_of_a_sample(
    make: Make, encoder: str, name: str, bits: int | None
) -> None:
    (sound,) = report_media(make(*TONE, "-c:a", encoder, name)).audio
    assert sound.bits_per_sample == bits


def test_bit_rates_are_measured(make: Make) -> None:
    path = make(*TONE, "-c:a", "pcm_s16le", "tone.wav")
    report = report_media(path)
    assert report.audio[0].bit_rate == 48000 * 16
    assert report.bit_rate == path.stat().st_size * 8


def test_hdr_metadata(make: Make) -> None:
    params = (
        "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:hdr10=1:"
        "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)"
        "L(10000000,50):max-cll=987,123"
    )
    encode = ("-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params", params)
    (video,) = report_media(make(*BARS, *encode, "hdr.mp4")).video
    hdr = video.hdr
    assert hdr is not None
    assert hdr.formats == ("PQ", "HDR10")
    assert (hdr.min_luminance, hdr.max_luminance) == (0.005, 1000)
    assert (hdr.max_content_light, hdr.max_frame_light) == (987, 123)
    assert hdr.primaries == ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), (0.3127, 0.329))


def test_short_mastering_data_is_no_mastering_data() -> None:
    assert _mastering(b"\0" * 10) == {}


@pytest.mark.skipif(not MEDIA.is_dir(), reason="the media are not here")
@pytest.mark.parametrize("folder", ["phone", "pro", "odd", "image", "broken", "audio"])
def test_reports_of_real_media_fit_the_schema(folder: str) -> None:
    seen, refused = 0, list[str]()
    for path in sorted((MEDIA / folder).iterdir()):
        try:
            report = report_media(path, with_keyframes=True)
        except FarmError as error:
            refused.append(error.message)
            continue
        seen += 1
        assert misfits(_plain(report), SCHEMA, SCHEMA) == [], path
        for video in report.video:
            if not video.is_image:
                assert video.keyframes is not None
                assert len(video.keyframes) == video.key_frames > 0, path
    assert seen > 8
    assert (not refused) == (folder != "broken")
    assert not any("\n" in message for message in refused)


@pytest.mark.skipif(not MEDIA.is_dir(), reason="the media are not here")
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("phone/portrait.MOV", (320, 568)),
        ("phone/iphone_hlg_rot90_editlist.mp4", (1080, 1920)),
        ("pro/hdv_1080i50.mov", (1920, 1080)),
        ("pro/dv_pal_interlaced.mov", (787, 576)),
        ("odd/sar_2by3.mp4", (427, 360)),
        ("image/portrait_exif6.jpg", (840, 700)),
    ],
)
def test_real_media_as_shown(name: str, shown: tuple[int, int]) -> None:
    video = report_media(MEDIA / name).video[0]
    assert (video.display_width, video.display_height) == shown
