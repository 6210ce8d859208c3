"""The commands of what a person waits for, argument by argument."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from farm.effects.catalog import read_effect_use
from farm.ffmpeg.analyse import Sources, build_analyse_command
from farm.ffmpeg.copy import build_copy_command
from farm.ffmpeg.effect_preview import build_effect_preview_command
from farm.ffmpeg.encode import build_segment_command
from farm.ffmpeg.gif import Look, build_frames_command, build_gif_command
from farm.ffmpeg.index import FrameIndex
from farm.ffmpeg.join_sound import build_sound_join_commands
from farm.ffmpeg.scenes import build_scores_command
from farm.ffmpeg.sheet import build_sheet_command
from farm.ffmpeg.stills import build_stills_command, plan_runs
from farm.ffmpeg.waveform import build_drawing_command, build_samples_command
from farm.presets.catalog import find_preset
from farm.presets.sound import SOUNDS
from farm.timeline.analysis import Measure, Thresholds
from farm.timeline.applied import effect_timeline, transition_timeline
from farm.timeline.place import place
from farm.timeline.slice import slice_picture
from farm.timeline.whole import film_source, main_picture, timeline_of
from tests.factories import make_media_facts, make_video_facts

if TYPE_CHECKING:
    from collections.abc import Callable

    from farm.ffmpeg.command import Command
    from farm.timeline.slice import PictureSlice
    from farm.timeline.timeline import Timeline

    Compare = Callable[[Command], None]

FACTS = {path: make_media_facts(path) for path in ("/a.mp4", "/b.mp4")}
FILM = FACTS["/a.mp4"]
#: Ten seconds with a key frame every two.
INDEX = FrameIndex(
    tick=Fraction(1, 12800), times=range(0, 128_000, 512), keys=range(0, 250, 50)
)
HDR = make_media_facts(
    "/hdr.mov",
    video=(
        make_video_facts(
            width=2160,
            height=3840,
            pix_fmt="yuv420p10le",
            bit_depth=10,
            rotation=90,
            color_space="bt2020nc",
            color_primaries="bt2020",
            color_transfer="arib-std-b67",
            color_range="tv",
        ),
    ),
)


def cut(timeline: Timeline, start: int, end: int) -> PictureSlice:
    """Return frames of a timeline of known films."""
    return slice_picture(place(timeline, FACTS).composition, start, end)


def test_thumbnails(compare: Compare) -> None:
    """Key frames close to each other are one run, which decodes nothing else."""
    source = film_source(FILM)
    runs = plan_runs(source, INDEX, [0, 50, 125, 200], loose=True)
    compare(
        build_stills_command(
            source, INDEX, runs, size=(320, 180), suffix=".jpg", threads=1
        )
    )


def test_thumbnails_of_hdr_turned(compare: Compare) -> None:
    """They are turned upright, and their light is brought into the usual range."""
    source = film_source(HDR)
    runs = plan_runs(source, INDEX, [60], loose=False)
    compare(
        build_stills_command(
            source, INDEX, runs, size=(320, 180), suffix=".png", threads=1
        )
    )


def test_looks(compare: Compare) -> None:
    """Frames that are only looked at are not written."""
    source = film_source(FILM)
    runs = plan_runs(source, INDEX, [60, 70], loose=False)
    compare(
        build_stills_command(
            source, INDEX, runs, size=(320, 180), suffix=None, threads=1
        )
    )


def test_scores(compare: Compare) -> None:
    """All of a film is decoded small, and each change noted."""
    compare(build_scores_command(film_source(FILM), threads=1))


@pytest.mark.parametrize("name", ["board.jpg", "board.avif"])
def test_sheet(compare: Compare, name: str) -> None:
    """Pictures are laid in rows."""
    compare(
        build_sheet_command(
            "tile-%05d.png", first=20, count=17, columns=5, rows=4, name=name
        )
    )


def test_waveform(compare: Compare) -> None:
    """Sound goes through a pipe."""
    compare(
        build_samples_command(
            "/a.mp4", stream=1, sample_rate=48000, channels=2, seconds=10
        )
    )


def test_drawing(compare: Compare) -> None:
    """What was drawn becomes a PNG."""
    compare(build_drawing_command())


def test_gif_frames(compare: Compare) -> None:
    """The frames of a moving picture are composed once."""
    picture = cut(timeline_of(FILM), 25, 50)
    compare(
        build_frames_command(picture, size=(480, 270), fps=Fraction(25, 2), threads=1)
    )


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".avif"])
def test_moving_picture(compare: Compare, suffix: str) -> None:
    """Each has a palette or quality of its own."""
    look = Look(width=480, height=270, fps=Fraction(25, 2))
    compare(build_gif_command(look, suffix=suffix, frames=13, loop=0, threads=1))


def test_preview(compare: Compare) -> None:
    """A proxy is composed small, with a key frame each quarter of a second."""
    compare(
        build_segment_command(
            cut(timeline_of(FILM), 0, 100),
            find_preset("preview"),
            size=(320, 180),
            threads=1,
        )
    )


def test_rendition(compare: Compare) -> None:
    """A platform's preset fits the picture into its size."""
    compare(
        build_segment_command(
            cut(timeline_of(FILM), 0, 100),
            find_preset("youtube-1080p"),
            size=(1920, 1080),
            threads=1,
        )
    )


def test_copies(compare: Compare) -> None:
    """Whole files are joined by their packets."""
    pieces = [("piece-0000.mp4", Fraction(1001, 300)), ("piece-0001.mp4", Fraction(2))]
    compare(
        build_copy_command(
            pieces, suffix=".mp4", has_picture=True, sources=["/a.mp4", "/b.mp4"]
        )
    )


def test_copied_sounds(compare: Compare) -> None:
    """Of sound alone, no picture is asked for."""
    compare(
        build_copy_command(
            [("piece-0000.wav", Fraction(1, 3))],
            suffix=".wav",
            has_picture=False,
            sources=["/a.wav"],
        )
    )


@pytest.mark.parametrize("suffix", SOUNDS)
def test_joined_sounds(compare: Compare, suffix: str) -> None:
    """Sounds are brought to one rate and layout, joined, and encoded once."""
    (command,) = build_sound_join_commands(
        [("/a.mp4", 1), ("/b.wav", 0)],
        SOUNDS[suffix],
        sample_rate=48000,
        channels=2,
        seconds=20,
    )
    compare(command)


@pytest.mark.parametrize("suffix", [".png", ".mp4", ".gif"])
def test_effect_preview(compare: Compare, suffix: str) -> None:
    """Effects are applied to the frames of the time."""
    uses = [read_effect_use("blur=4"), read_effect_use("saturation=1.5")]
    count = 1 if suffix == ".png" else 50
    compare(
        build_effect_preview_command(
            cut(effect_timeline(FILM, uses), 30, 30 + count),
            size=(640, 360),
            suffix=suffix,
            threads=1,
            subtitles=None,
            start=Fraction(30, 25),
        )
    )


def test_transition_preview(compare: Compare) -> None:
    """A frame in the middle of a wipe."""
    timeline, middle = transition_timeline(
        FILM,
        FACTS["/b.mp4"],
        kind="wipeleft",
        seconds=Fraction(1),
        cut=None,
        into=None,
    )
    at = int(middle * 25)
    compare(
        build_effect_preview_command(
            cut(timeline, at, at + 1),
            size=(640, 360),
            suffix=".png",
            threads=1,
            subtitles=None,
            start=Fraction(at, 25),
        )
    )


def test_subtitle_preview(compare: Compare) -> None:
    """Subtitles are shown by the clock of the film."""
    compare(
        build_effect_preview_command(
            cut(effect_timeline(FILM, ()), 50, 51),
            size=(640, 360),
            suffix=".png",
            threads=1,
            subtitles="[Script Info]\n",
            start=Fraction(2),
        )
    )


def test_analyse(compare: Compare) -> None:
    """Each stream is decoded once, whatever is measured."""
    other = FACTS["/b.mp4"]
    command = build_analyse_command(
        Sources(
            path=FILM.path,
            video=main_picture(FILM),
            audio=FILM.audio[0],
            reference_path=other.path,
            reference=main_picture(other),
        ),
        tuple(Measure),
        thresholds=Thresholds(),
        seconds=10,
        threads=1,
    )
    assert command is not None
    compare(command)
