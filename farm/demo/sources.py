"""Source clips with sound, made by FFmpeg's own generators."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from farm.demo.run import run_again
from farm.ffmpeg.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A clip to be made: a test picture on a plain ground, and a tone."""

    name: str
    width: int
    height: int
    rate: str
    seconds: int
    color: str
    """Of the ground, ``#rrggbb``."""
    hertz: int
    sample_rate: int = 48000
    layout: str = "stereo"
    matrix: str = "bt709"
    """How its colours are coded; small pictures are coded as television was."""


HARBOUR = Film(
    name="harbour.mp4",
    width=1280,
    height=720,
    rate="30",
    seconds=8,
    color="#205080",
    hertz=440,
)
INTERVIEW = Film(
    name="interview.mp4",
    width=1920,
    height=1080,
    rate="25",
    seconds=7,
    color="#a03828",
    hertz=660,
)
ARCHIVE = Film(
    name="archive.mp4",
    width=640,
    height=480,
    rate="30000/1001",
    seconds=6,
    color="#307848",
    hertz=330,
    sample_rate=44100,
    layout="mono",
    matrix="smpte170m",
)
FILMS = (HARBOUR, INTERVIEW, ARCHIVE)

MUSIC = "music.wav"
MUSIC_HERTZ = 196
MUSIC_SECONDS = 60


def make_films(folder: Path, *, ffmpeg: Path) -> int:
    """Make the clips that are not there yet; return how many were made."""
    folder.mkdir(parents=True, exist_ok=True)
    commands = [build_film_command(film) for film in FILMS]
    return _make([*commands, build_music_command()], folder=folder, ffmpeg=ffmpeg)


def make_music(folder: Path, *, ffmpeg: Path) -> Path:
    """Make the music track where it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    _make([build_music_command()], folder=folder, ffmpeg=ffmpeg)
    return folder / MUSIC


def build_film_command(film: Film) -> Command:
    """Build the command that makes a clip."""
    inner = f"testsrc2=s={film.width // 2}x{film.height // 2}"
    tone = f"sine=f={film.hertz}:r={film.sample_rate}:d={film.seconds}"
    picture = (
        f"format=gbrp,pad={film.width}:{film.height}:-1:-1:{film.color},"
        f"scale=out_color_matrix={film.matrix}:out_range=tv,format=yuv420p"
    )
    return Command(
        arguments=(
            *("-f", "lavfi", "-i", f"{inner}:r={film.rate}:d={film.seconds}"),
            *("-f", "lavfi", "-i", tone),
            *("-vf", picture, "-c:v", "libx264", "-preset", "ultrafast", "-crf", "18"),
            *("-color_range", "tv", "-colorspace", film.matrix),
            *("-color_primaries", film.matrix, "-color_trc", film.matrix),
            *("-c:a", "aac", "-b:a", "160k"),
            *("-af", f"aformat=channel_layouts={film.layout}"),
            *("-movflags", "+faststart", film.name),
        ),
        output=film.name,
        seconds=float(film.seconds),
    )


def build_music_command() -> Command:
    """Build the command that makes a chord that swells and fades."""
    voices = "+".join(
        f"{volume}*sin({MUSIC_HERTZ * factor}*2*PI*t)"
        for factor, volume in ((1, 0.5), (2, 0.05), (2.5, 0.04), (3, 0.03))
    )
    swell = "(0.85+0.15*sin(2*PI*t/4))"
    wave = f"aevalsrc='{swell}*({voices})'|'{swell}*({voices})'"
    return Command(
        arguments=(
            *("-f", "lavfi", "-i", f"{wave}:s=48000:c=stereo:d={MUSIC_SECONDS}"),
            *("-c:a", "pcm_s16le", MUSIC),
        ),
        output=MUSIC,
        seconds=float(MUSIC_SECONDS),
    )


def _make(commands: list[Command], *, folder: Path, ffmpeg: Path) -> int:
    missing = [each for each in commands if not (folder / each.output).exists()]
    for command in missing:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as scratch:
            made = run_again(command, ffmpeg=ffmpeg, scratch=Path(scratch))
            shutil.move(made, folder / command.output)
    return len(missing)
