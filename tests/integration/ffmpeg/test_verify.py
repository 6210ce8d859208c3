from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from farm.errors import OutputWrong
from farm.ffmpeg.command import Command
from farm.ffmpeg.run import run
from farm.ffmpeg.verify import scan_picture, scan_sound
from farm.presets.catalog import load_presets

if TYPE_CHECKING:
    from pathlib import Path

    from farm.presets.preset import Preset

PRESETS = load_presets()
FRAMES, RATE, SAMPLE_RATE = 30, 30, 48000


def _make(ffmpeg: Path, scratch: Path, name: str, *arguments: str) -> Path:
    command = Command(arguments=(*arguments, name), output=name)
    run(command, ffmpeg=ffmpeg, scratch=scratch, stall_seconds=60, limit_seconds=60)
    return scratch / name


def _make_film(ffmpeg: Path, scratch: Path, preset: Preset) -> Path:
    video = preset.video
    source = f"testsrc2=s=320x180:r={RATE},noise=alls=9:allf=t"
    options = [
        part for key, value in video.options.items() for part in (f"-{key}", value)
    ]
    return _make(
        ffmpeg,
        scratch,
        f"film{video.piece_suffix}",
        *("-f", "lavfi", "-i", source, "-frames:v", str(FRAMES)),
        *("-c:v", video.encoder, "-pix_fmt", video.pix_fmt, *options),
    )


def _make_sound(ffmpeg: Path, scratch: Path, preset: Preset) -> Path:
    audio = preset.audio
    return _make(
        ffmpeg,
        scratch,
        f"sound{audio.piece_suffix}",
        *("-f", "lavfi", "-i", f"sine=r={SAMPLE_RATE}:d=1", "-c:a", audio.encoder),
    )


def _wipe(path: Path, *, at: float, size: int = 400) -> None:
    with path.open("r+b") as file:
        file.seek(int(path.stat().st_size * at))
        file.write(bytes(size))


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_a_whole_film_of_each_preset_is_counted(
    preset: Preset, ffmpeg: Path, scratch: Path
) -> None:
    film = _make_film(ffmpeg, scratch, preset)

    found = scan_picture(film, decode=True)

    assert (found.frames, found.width, found.height) == (FRAMES, 320, 180)
    assert found.pix_fmt == preset.video.pix_fmt
    assert found.first == 0
    assert abs(found.longest_step - Fraction(1, RATE)) < Fraction(1, 1000)


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_whole_sound_of_each_preset_is_counted(
    preset: Preset, ffmpeg: Path, scratch: Path
) -> None:
    found = scan_sound(_make_sound(ffmpeg, scratch, preset))

    assert 0 <= found.samples - SAMPLE_RATE <= 2048
    assert found.codec == preset.audio.codec


@pytest.mark.parametrize("name", ["source", "lossless", "prores-422"])
def test_a_film_with_a_hole_is_refused(name: str, ffmpeg: Path, scratch: Path) -> None:
    film = _make_film(ffmpeg, scratch, PRESETS[name])
    _wipe(film, at=0.5)

    with pytest.raises(OutputWrong, match=r"film\.\w+ does not decode to the end"):
        scan_picture(film, decode=True)


def test_sound_with_a_hole_is_refused(ffmpeg: Path, scratch: Path) -> None:
    sound = _make_sound(ffmpeg, scratch, PRESETS["source"])
    _wipe(sound, at=0.5)

    with pytest.raises(OutputWrong, match=r"sound of sound\.m4a does not decode"):
        scan_sound(sound)


def test_a_film_that_was_cut_off_is_refused(ffmpeg: Path, scratch: Path) -> None:
    film = _make_film(ffmpeg, scratch, PRESETS["source"])
    film.write_bytes(film.read_bytes()[:2000])

    with pytest.raises(OutputWrong):
        scan_picture(film, decode=True)
