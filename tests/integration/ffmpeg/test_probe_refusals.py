"""What is no media, or not whole, is told by the probe."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from farm.errors import MediaMissing, MediaUnreadable
from farm.ffmpeg.probe import probe_media
from tests.integration.ffmpeg.test_probe import BARS, TONE, film

if TYPE_CHECKING:
    from tests.integration.ffmpeg.conftest import Make


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        (".mp4", ("-movflags", "+faststart")),
        (".mkv", ()),
        (".avi", ()),
        (".wav", ()),
    ],
)
def test_a_file_cut_off_is_truncated(
    make: Make, suffix: str, options: tuple[str, ...]
) -> None:
    picture = ("-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=4")
    sound = ("-f", "lavfi", "-i", "sine=duration=4")
    inputs = sound if suffix == ".wav" else (*picture, *sound)
    path = make(*inputs, *options, f"film{suffix}")
    assert not probe_media(path).truncated
    os.truncate(path, path.stat().st_size // 2)
    facts = probe_media(path)
    assert facts.truncated
    assert 0.5 < facts.duration < 3


def test_a_picture_cut_off_behind_its_sound_is_truncated(make: Make) -> None:
    """All sound lies before the picture, so the file seems as long as it should be."""
    source = ("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=4")
    tone = ("-f", "lavfi", "-i", "sine=duration=4")
    encode = ("-c:v", "ffv1", "-c:a", "pcm_s16le", "-movflags", "+faststart")
    path = make(*source, *tone, *encode, "-max_interleave_delta", "1", "film.mov")
    os.truncate(path, path.stat().st_size * 2 // 3)
    assert probe_media(path).truncated


def test_a_longer_track_that_nobody_needs_is_no_promise(make: Make) -> None:
    """Subtitles that go on after the film do not make it truncated."""
    cues = "1\n00:00:00,000 --> 00:00:09,000\nlong\n"
    make(*BARS, "-c:v", "libx264", "film.mp4").with_name("cues.srt").write_text(
        cues, encoding="utf-8"
    )
    inputs = ("-i", "film.mp4", "-i", "cues.srt")
    for options in (("-c:s", "mov_text", "with.mp4"), ("with.mkv",)):
        facts = probe_media(make(*inputs, "-c:v", "copy", *options))
        assert not facts.truncated
        assert float(facts.duration) == pytest.approx(1, abs=0.01)
        assert len(facts.subtitles) == 1


def test_a_stream_format_cannot_be_truncated(make: Make) -> None:
    path = make(*BARS, "-c:v", "mpeg2video", "film.ts")
    os.truncate(path, path.stat().st_size // 2)
    assert not probe_media(path).truncated


@pytest.mark.parametrize(
    "name", ["-i.mkv", "it's a film.mkv", "a:b.mkv", "100%d.mkv", "ü ß.mkv", "#x.mkv"]
)
def test_any_name_will_do(make: Make, name: str) -> None:
    plain = make(*BARS, "-c:v", "ffv1", "plain.mkv")
    path = plain.rename(plain.with_name(name))
    assert film(path).frames == 25


def test_a_percent_sign_names_no_series_of_pictures(make: Make, tmp_path: Path) -> None:
    make(*BARS, "-frames:v", "3", "%d.png")
    with pytest.raises(MediaMissing):
        probe_media(tmp_path / "scratch" / "%d.png")


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "no.mp4"
    with pytest.raises(MediaMissing, match="is not there: put the file back") as caught:
        probe_media(path)
    assert caught.value.facts == {"source": str(path)}
    (tmp_path / "file").touch()
    with pytest.raises(MediaMissing):
        probe_media(tmp_path / "file" / "no.mp4")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").touch()
    for name, why in (("", "folder"), ("pipe", "regular file"), ("empty", "empty")):
        with pytest.raises(MediaUnreadable, match=why):
            probe_media(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{}\n"),
        ("list.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{}\n"),
        ("list.txt", "ffconcat version 1.0\nfile {}\n"),
        ("list.mkv", "ffconcat version 1.0\nfile {}\n"),
        ("film.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n"),
        (
            "film.mpd",
            '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011">',
        ),
        (
            "film.svg",
            '<svg xmlns="http://www.w3.org/2000/svg"><image href="file://{}"/></svg>',
        ),
    ],
)
def test_files_that_name_others_are_refused(
    make: Make, tmp_path: Path, name: str, text: str
) -> None:
    film_path = make(*BARS, "-c:v", "mpeg2video", "film.ts")
    path = tmp_path / name
    path.write_text(text.format(film_path), encoding="utf-8")
    with pytest.raises(MediaUnreadable):
        probe_media(path)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/x.mp4", "concat:a|b", "pipe:0"]
)
def test_addresses_are_no_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MediaMissing):
        probe_media(Path(address))


def test_sound_that_cannot_be_decoded_is_left_out(make: Make) -> None:
    path = make(*BARS, *TONE, "-c:v", "ffv1", "-c:a", "aac", "film.mkv")
    data = path.read_bytes()
    path.write_bytes(data.replace(b"A_AAC", b"A_NIX"))
    facts = probe_media(path)
    assert len(facts.video) == 1
    assert facts.audio == ()
