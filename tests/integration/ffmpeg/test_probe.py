"""Facts of media made here, one property each."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import psutil
import pytest
from PIL import Image

from farm.errors import MediaUnreadable
from farm.ffmpeg.probe import probe_media

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from farm.timeline.media import MediaFacts, VideoFacts
    from tests.integration.ffmpeg.conftest import Make

BARS = ("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=1")
TONE = ("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=1")


def film(path: Path) -> VideoFacts:
    """Return the facts of the first picture stream."""
    return probe_media(path).video[0]


def test_start_end_and_counts_are_exact(make: Make) -> None:
    facts = probe_media(
        make(
            *(*BARS, *TONE, "-r", "30000/1001", "-c:v", "libx264", "-c:a", "aac"),
            "film.mp4",
        )
    )
    (video,), (audio,) = facts.video, facts.audio
    assert (video.frames, video.rate) == (30, Fraction(30000, 1001))
    assert video.start == 0
    assert video.end == Fraction(30030, 30000)
    assert audio.start == 0
    assert audio.end == 1
    assert (audio.codec, audio.channels, audio.layout) == ("aac", 1, "mono")
    assert facts.duration == Fraction(30030, 30000)
    assert facts.claimed_duration == pytest.approx(1.001)
    assert not facts.truncated
    assert facts.size_bytes > 0
    assert facts.modified_ns > 0


def test_start_time_is_that_of_the_file(make: Make) -> None:
    path = make(*BARS, "-c:v", "libx264", "-output_ts_offset", "10", "late.mp4")
    facts = probe_media(path)
    assert facts.start == 10
    assert facts.duration == 1
    assert facts.video[0].start == 10
    assert facts.video[0].end == 11


def test_a_rate_that_changes_is_variable(make: Make) -> None:
    late = "settb=1/90000,setpts='if(gt(N,12),PTS+0.3/TB,PTS)'"
    encode = ("-fps_mode", "vfr", "-enc_time_base", "1:90000", "-c:v", "libx264")
    found = film(make(*BARS, "-vf", late, *encode, "vfr.mp4"))
    assert found.variable_rate
    assert found.frames == 25
    assert found.longest_frame == Fraction(34, 100)
    assert found.rate == 24 / Fraction(126, 100)


@pytest.mark.parametrize(
    ("pix_fmt", "codec", "bits", "alpha"),
    [
        ("yuv420p", "ffv1", 8, False),
        ("yuv422p10le", "prores_ks", 10, False),
        ("yuva444p10le", "prores_ks", 10, True),
        ("gray16le", "ffv1", 16, False),
        ("rgba", "qtrle", 8, True),
    ],
)
def test_depth_and_alpha(
    make: Make, pix_fmt: str, codec: str, bits: int, *, alpha: bool
) -> None:
    found = film(make(*BARS, "-pix_fmt", pix_fmt, "-c:v", codec, "film.mov"))
    assert (found.bit_depth, found.has_alpha) == (
        12 if codec == "prores_ks" and alpha else bits,
        alpha,
    )


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuva420p"])
def test_alpha_beside_the_picture_is_found(make: Make, pix_fmt: str) -> None:
    encode = ("-c:v", "libvpx-vp9", "-pix_fmt", pix_fmt, "-deadline", "realtime")
    found = film(make(*BARS, *encode, "film.webm"))
    assert found.pix_fmt == "yuv420p"
    assert found.has_alpha == (pix_fmt == "yuva420p")


@pytest.mark.parametrize("first", ["tff", "bff"])
def test_field_order(make: Make, first: str) -> None:
    fields = ("-vf", f"setfield={first}", "-flags", "+ildct+ilme")
    found = film(make(*BARS, *fields, "-c:v", "mpeg2video", "film.mov"))
    assert found.interlaced
    assert found.top_field_first == (first == "tff")


def test_colour_and_hdr(make: Make) -> None:
    params = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:range=limited"
    encode = ("-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params", params)
    found = film(make(*BARS, *encode, "hdr.mp4"))
    assert found.is_hdr
    assert found.bit_depth == 10
    names = (found.color_primaries, found.color_transfer, found.color_space)
    assert names == ("bt2020", "smpte2084", "bt2020nc")
    assert found.color_range == "tv"


def test_pixel_shape_languages_and_titles(make: Make) -> None:
    facts = probe_media(
        make(
            *(*BARS, *TONE, *TONE, "-vf", "setsar=64/45", "-c:v", "ffv1"),
            *("-map", "0", "-map", "1", "-map", "2", "-c:a", "pcm_s16le"),
            *("-metadata:s:a:0", "language=deu", "film.mkv"),
        )
    )
    assert facts.video[0].sample_aspect == Fraction(64, 45)
    assert [stream.language for stream in facts.audio] == ["deu", None]


def test_a_still_has_no_time(make: Make) -> None:
    for name in ("still.png", "still.jpg", "still.webp", "still.avif", "still.gif"):
        facts = probe_media(make(*BARS, "-frames:v", "1", name))
        (found,) = facts.video
        assert found.is_image, name
        assert found.frames == 1, name
        assert found.rate == facts.start == facts.duration == 0, name
        assert facts.claimed_duration is None, name


def test_an_animation_is_no_still(make: Make) -> None:
    found = film(make(*BARS, "-frames:v", "5", "animation.gif"))
    assert not found.is_image
    assert found.frames == 5
    assert found.rate == 25


def test_a_cover_is_no_film(make: Make) -> None:
    make(*BARS, "-frames:v", "1", "cover.png")
    path = make(
        *(*TONE, "-i", "cover.png", "-map", "0", "-map", "1", "-c:v", "copy"),
        *("-disposition:v", "attached_pic", "song.mp3"),
    )
    facts = probe_media(path)
    assert facts.video[0].is_cover
    assert facts.video[0].rate == 0
    assert float(facts.duration) == pytest.approx(1, abs=0.03)


#: EXIF orientation, and the clockwise turn and the mirror that undo it.
ORIENTATIONS = {
    1: (0, False),
    2: (0, True),
    3: (180, False),
    4: (180, True),
    5: (90, True),
    6: (90, False),
    7: (270, True),
    8: (270, False),
}


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".avif"])
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_orientation_of_stills(tmp_path: Path, orientation: int, suffix: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"still{suffix}"
    Image.new("RGB", (64, 32), "red").save(path, exif=exif.tobytes())
    found = film(path)
    assert (found.width, found.height) == (64, 32)
    assert (found.rotation, found.flipped) == ORIENTATIONS[orientation]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("mirror", [(), ("-display_hflip",), ("-display_vflip",)])
def test_display_matrix_is_read_as_ffmpeg_does(
    make: Make, turn: int, mirror: tuple[str, ...]
) -> None:
    """What the facts say does the same to the picture as FFmpeg's autorotate."""
    make(*BARS, "-c:v", "libx264", "-qp", "0", "plain.mp4")
    path = make(
        *("-display_rotation", str(turn), *mirror, "-i", "plain.mp4", "-c", "copy"),
        "turned.mp4",
    )
    shown = _picture(make("-i", "turned.mp4", "-frames:v", "1", "shown.png"))
    stored = _picture(
        make("-noautorotate", "-i", "turned.mp4", "-frames:v", "1", "stored.png")
    )
    facts = film(path)
    upright = np.rot90(stored, -facts.rotation // 90)
    if facts.flipped:
        upright = np.fliplr(upright)
    assert upright.shape == shown.shape
    assert np.abs(upright.astype(int) - shown).mean() < 3


def _picture(path: Path) -> NDArray[np.uint8]:
    return np.asarray(Image.open(path).convert("RGB"))


def test_nothing_is_written_to_the_terminal(
    make: Make, capfd: pytest.CaptureFixture[str]
) -> None:
    source = ("-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=2")
    path = make(*source, "-c:v", "libx264", "-movflags", "+faststart", "film.mp4")
    capfd.readouterr()
    data = bytearray(path.read_bytes())
    data[-20000:] = b"\xff" * 20000
    path.write_bytes(data)
    probe_media(path)
    path.write_bytes(b"nonsense" * 1000)
    with pytest.raises(MediaUnreadable):
        probe_media(path)
    assert capfd.readouterr() == ("", "")


def test_files_are_closed(make: Make) -> None:
    path = make(*BARS, "-c:v", "ffv1", "film.mkv")
    facts: list[MediaFacts] = [probe_media(path) for _ in range(5)]
    assert len(set(facts)) == 1
    opened = [Path(file.path) for file in psutil.Process().open_files()]
    assert path not in opened


@pytest.mark.parametrize("encoder", ["libvpx", "libvpx-vp9"])
def test_hidden_frames_are_not_counted(make: Make, encoder: str) -> None:
    """VP8 and VP9 have frames for reference alone, some in packets of their own."""
    source = ("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=3")
    encode = ("-c:v", encoder, "-b:v", "100k", "-auto-alt-ref", "1")
    lag = ("-lag-in-frames", "25")
    make(*source, *encode, *lag, "-pass", "1", "-f", "null", "-")
    make(*source, *encode, *lag, "-pass", "2", "film.webm")
    split = ("-bsf:v", "vp9_superframe_split") if encoder == "libvpx-vp9" else ()
    path = make(
        "-i", "film.webm", "-c", "copy", *split, "-fflags", "-autobsf", "s.webm"
    )
    with av.open(str(path)) as container:
        packets = sum(1 for packet in container.demux(video=0) if packet.size)
    assert packets > 75
    assert film(path).frames == film(path.with_name("film.webm")).frames == 75
