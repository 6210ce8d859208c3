"""Joined files: copied where they fit, rendered where they do not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from farm.errors import InvalidJob, InvalidOption, MediaUnreadable
from farm.ffmpeg.verify import scan_picture, scan_sound
from farm.jobs.status import JobKind
from tests.here import Done, do_here
from tests.integration.sounds.test_gif import greys

if TYPE_CHECKING:
    from pathlib import Path

    from farm.settings import Settings
    from tests.integration.sounds.conftest import Make

_SOUND = ("-f", "lavfi", "-i", "sine=f=500:r=48000:d=1", "-c:a", "aac")
_CODED = (
    *("-c:v", "libx264", "-crf", "10", "-colorspace", "bt709"),
    *("-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"),
)


def film(
    make: Make, name: str, luma: int, *more: str, size: str = "64x48", rate: int = 25
) -> Path:
    """Return a second of a film of one luma."""
    return make(
        name,
        *("-f", "lavfi", "-i", f"color=s={size}:r={rate}:d=1"),
        *more,
        *("-vf", f"geq=lum={luma}:cb=128:cr=128,format=yuv420p", *_CODED),
    )


def concat_here(settings: Settings, *media: Path, **spec: Any) -> Done:  # noqa: ANN401
    """Join files in this process."""
    given = {"media": [*map(str, media)], "output": "/nowhere/out.mp4", **spec}
    return do_here(JobKind.CONCAT, given, settings=settings)


def kinds(done: Done) -> set[str]:
    """Return the kinds of the tasks."""
    return {task.kind.value for task in done.tasks}


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_files_that_fit_are_copied(make: Make, settings: Settings, suffix: str) -> None:
    one = film(make, "it's one.mp4", 80, *_SOUND)
    two = film(make, "two.mp4", 160, *_SOUND)
    done = concat_here(settings, one, two, one, output=f"/nowhere/out{suffix}")
    assert kinds(done) == {"probe", "copy"}
    assert done.warnings == (
        "the streams of the files were copied: all files fit together",
    )
    dark, light = round(64 * 255 / 219), round(144 * 255 / 219)
    seen = greys(done.file)
    assert seen == pytest.approx([dark] * 25 + [light] * 25 + [dark] * 25, abs=3)
    sound = scan_sound(done.file)
    assert sound.samples == pytest.approx(3 * 48_000, abs=3 * 2048)
    assert scan_picture(done.file, decode=False).longest_step < 0.06


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"size": "32x32"}, "differ in their width"),
        ({"rate": 30}, "differ in their frame rate"),
        ({"more": ("-an",)}, "only one has sound"),
        ({"more": (*_SOUND, "-x264-params", "ref=1:cabac=0")}, "differ|other settings"),
    ],
)
def test_unlike_files_are_rendered(
    make: Make, settings: Settings, other: dict[str, Any], why: str
) -> None:
    one = film(make, "one.mp4", 80, *_SOUND)
    two = film(make, "two.mp4", 160, *other.pop("more", _SOUND), **other)
    done = concat_here(settings, one, two)
    assert "copy" not in kinds(done)
    assert done.warnings[0].startswith("the files were rendered, not copied: ")
    assert re.search(why, done.warnings[0])
    found = scan_picture(done.file, decode=True)
    assert (found.width, found.height, found.frames) == (64, 48, 50)
    assert scan_sound(done.file).samples == pytest.approx(96_000, abs=2048)
    assert greys(done.file)[10] == pytest.approx(round(64 * 255 / 219), abs=3)
    assert greys(done.file)[40] == pytest.approx(round(144 * 255 / 219), abs=3)


def test_copying_can_be_forbidden(make: Make, settings: Settings) -> None:
    one = film(make, "one.mp4", 80)
    done = concat_here(settings, one, one, copied="off")
    assert "copy" not in kinds(done)
    assert scan_picture(done.file, decode=True).frames == 50


def test_what_cannot_be(make: Make, settings: Settings, tmp_path: Path) -> None:
    one = film(make, "one.mp4", 80)
    sound = make("sound.wav", "-f", "lavfi", "-i", "sine=d=1")
    text = tmp_path / "text.mp4"
    text.write_text("no film\n")
    with pytest.raises(InvalidOption, match="cannot be written to"):
        concat_here(settings, one, output="/nowhere/out.txt")
    with pytest.raises(InvalidJob, match="none of the files holds a picture"):
        concat_here(settings, sound, sound)
    with pytest.raises(MediaUnreadable, match=r"text\.mp4"):
        concat_here(settings, one, text)
