"""Moving pictures of films whose frames are told apart by their grey."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from farm.api.source import read_timeline_or_media
from farm.errors import InvalidOption
from farm.ffmpeg.gif import Look, smaller_looks
from farm.ffmpeg.locate import find_ffmpeg
from farm.ffmpeg.probe import probe_media
from farm.jobs.status import JobKind
from farm.settings import Settings
from tests.here import Done, do_here

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.sounds.conftest import Make


def gif_here(
    settings: Settings,
    source: Path,
    suffix: str,
    **spec: Any,  # noqa: ANN401
) -> Done:
    """Make a moving picture in this process."""
    timeline = read_timeline_or_media(source, facts_of=probe_media).timeline.model_dump(
        mode="json"
    )
    given = {"timeline": timeline, "output": f"/nowhere/out{suffix}", **spec}
    return do_here(JobKind.GIF, given, settings=settings)


def greys(path: Path) -> list[int]:
    """Return the grey in the middle of each frame, decoded by FFmpeg to 8 bits."""
    ffmpeg = str(find_ffmpeg(Settings()))
    moves = "0:v:1" if path.suffix == ".avif" else "0:v:0"
    command = [ffmpeg, "-v", "error", "-i", str(path), "-map", moves]
    command += ["-fps_mode", "passthrough", "-vf", "crop=2:2,scale=1:1,format=rgb24"]
    done = subprocess.run(
        [*command, "-f", "rawvideo", "-"], check=True, capture_output=True
    )
    return [*done.stdout[::3]]


@pytest.fixture
def steps(make: Make) -> Path:
    """Return a film of 25 frames a second; frame n is of luma 16 + 8n, up to 24."""
    return make(
        "steps.mkv",
        *("-f", "lavfi", "-i", "color=s=64x48:r=25:d=1"),
        *("-vf", "geq=lum='16+8*N':cb=128:cr=128", "-c:v", "ffv1"),
        *("-colorspace", "bt709", "-color_range", "tv"),
    )


def grey_of(frame: int) -> int:
    """Return the grey that a frame is shown with."""
    return round(8 * frame * 255 / 219)


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".avif"])
def test_each_frame_is_that_of_its_time(
    steps: Path, settings: Settings, suffix: str
) -> None:
    done = gif_here(
        settings, steps, suffix, start="0.2", duration="0.6", fps=10, width=64
    )
    wanted = [grey_of(int((0.2 + number / 10) * 25 + 1e-9)) for number in range(6)]
    assert greys(done.file) == pytest.approx(wanted, abs=4)


def test_colors_are_right(make: Make, settings: Settings) -> None:
    film = make(
        "colors.mkv",
        *("-f", "lavfi", "-i", "color=c=0xc03020:s=64x64:r=10:d=1,format=gbrp"),
        *("-vf", "scale=out_color_matrix=bt709,format=yuv444p"),
        *("-c:v", "ffv1", "-colorspace", "bt709"),
    )
    for suffix in (".gif", ".webp"):
        made = gif_here(settings, film, suffix, duration=1).file
        with Image.open(made) as picture:
            seen = picture.convert("RGB").getpixel((32, 32))
        assert seen == pytest.approx((0xC0, 0x30, 0x20), abs=5), suffix


@pytest.mark.parametrize(("loop", "again"), [(0, 0), (1, None), (3, 2)])
def test_how_often_a_gif_is_played(
    steps: Path, settings: Settings, loop: int, again: int | None
) -> None:
    done = gif_here(settings, steps, ".gif", duration=1, loop=loop)
    with Image.open(done.file) as picture:
        assert picture.info.get("loop") == again
        assert picture.info["duration"] == 80
        assert picture.size == (64, 48)


@pytest.fixture
def busy(make: Make) -> Path:
    """Return a film that is hard to make small."""
    return make(
        "busy.mp4",
        *("-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=2,noise=alls=30:allf=t"),
        *("-c:v", "libx264", "-preset", "ultrafast"),
    )


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".avif"])
def test_bytes_are_kept(busy: Path, settings: Settings, suffix: str) -> None:
    free = gif_here(settings, busy, suffix, duration=2).file.stat().st_size
    most = free // 3
    done = gif_here(settings, busy, suffix, duration=2, max_bytes=most)
    assert most // 3 < done.file.stat().st_size <= most


def test_bytes_that_cannot_be_kept(busy: Path, settings: Settings) -> None:
    with pytest.raises(InvalidOption, match="within 200 bytes: 32 pixels wide"):
        gif_here(settings, busy, ".gif", duration=2, max_bytes=200)


def test_looks_get_smaller_and_end() -> None:
    first = Look(width=480, height=270, fps=Fraction(25, 2))
    looks = smaller_looks(first, suffix=".gif")
    assert looks[0] == first
    assert (looks[-1].width, float(looks[-1].fps), looks[-1].colors) == (32, 2.0, 8)
    amounts = [look.width * look.height * look.fps * look.colors for look in looks]
    assert all(one > next_ for one, next_ in pairwise(amounts))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"duration": 0}, "cannot be 0 s long"),
        ({"duration": 301}, "at most 300 s"),
        ({"duration": 1, "start": 1}, "no frame at 1 s"),
        ({"duration": 1, "fps": 60}, "at most 50"),
        ({"duration": 1, "output": "/nowhere/out.mp4"}, "cannot be written"),
        ({"duration": 1, "width": 100_000}, "less than or equal to 4096"),
    ],
)
def test_what_cannot_be(
    steps: Path, settings: Settings, wrong: dict[str, Any], why: str
) -> None:
    with pytest.raises((InvalidOption, ValueError), match=why):
        gif_here(settings, steps, ".gif", **wrong)
