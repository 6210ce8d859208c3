"""Commands for a GPU show what the CPU's show: run by the CPU's twin of each part.

There is a filter or an encoder of the CPU for each that a command names on the GPU; in
their place, all else of the command is run as it is: which frames are taken, where
they lie, how large they are.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from farm.ffmpeg.encode import build_segment_command
from farm.ffmpeg.gpu import GpuUse
from farm.ffmpeg.locate import find_ffmpeg
from farm.ffmpeg.run import run
from farm.kinds.fonts import link_fonts
from farm.presets.catalog import find_preset
from farm.timeline.slice import slice_picture
from tests.integration.render.measure import decode
from tests.integration.render.media import BAND
from tests.integration.render.pieces import Cutter
from tests.integration.render.timelines import change, clip, timeline, title, video

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from farm.ffmpeg.command import Command
    from farm.settings import Settings
    from tests.integration.render.measure import Film
    from tests.integration.render.media import MediaFolder

SIZE = (320, 192)
GPU = GpuUse(
    model="Tesla T4",
    driver="550",
    encode=True,
    decode=("h264-8", "hevc-10", "hevc-8", "mpeg2video-8"),
)
_BEFORE = frozenset(
    {
        *("-init_hw_device", "-hwaccel", "-hwaccel_device", "-hwaccel_output_format"),
        "-extra_hw_frames",
    }
)
_NVENC = frozenset(
    {
        *("-b:v", "-cq", "-rc", "-tune", "-preset", "-forced-idr", "-strict_gop"),
        *("-no-scenecut", "-rc-lookahead", "-gpu"),
    }
)


def make_twin(command: Command) -> Command:
    """Let the CPU do each part that is for the GPU."""
    words = list(command.arguments)
    kept: list[str] = []
    while words:
        word = words.pop(0)
        if word in _BEFORE | _NVENC:
            words.pop(0)
        elif word == "h264_nvenc":
            kept += ["libx264", "-qp", "4", "-preset", "ultrafast"]
        else:
            kept.append(word)
    graph = kept.index("-filter_complex") + 1
    text = re.sub(
        r"scale_cuda=(?:(\d+):(\d+):)?format=(\w+)(?::interp_algo=bicubic)?",
        lambda m: f"scale={m[1]}:{m[2]},format={m[3]}" if m[1] else f"format={m[3]}",
        kept[graph],
    )
    text = text.replace("hwdownload", "null").replace("bwdif_cuda", "bwdif")
    kept[graph] = text
    assert "cuda" not in " ".join(kept)
    return replace(command, arguments=tuple(kept))


@pytest.fixture
def compare(settings: Settings, tmp_path: Path) -> Callable[..., tuple[Film, Film]]:
    """Run a slice's command of the CPU, and the twin of the GPU's."""

    def do(document: dict[str, Any], start: int, end: int) -> tuple[Film, Film]:
        composition = Cutter(settings=settings).compose(document)
        picture = slice_picture(composition, start, end)
        films: list[Film] = []
        for gpu in (None, GPU):
            command = build_segment_command(
                picture, find_preset("source"), size=SIZE, threads=1, gpu=gpu
            )
            if gpu is not None:
                assert "cuda" in str(command.arguments)
                command = make_twin(command)
            scratch = tmp_path / str(len(films))
            scratch.mkdir()
            if command.files:
                link_fonts(scratch, settings, command.files.values())
            run(
                command,
                ffmpeg=find_ffmpeg(settings),
                scratch=scratch,
                stall_seconds=60,
                limit_seconds=120,
            )
            films.append(decode(scratch / command.output))
        return films[0], films[1]

    return do


def numbers(film: Film, height: int) -> list[int]:
    """Return the numbers that frames carry, of a source so high."""
    blocks = (0, 0, SIZE[0], BAND * SIZE[1] / height)
    return [film.number(at, blocks=blocks) for at in range(len(film.frames))]


def check_alike(films: tuple[Film, Film], frames: int) -> None:
    """See that each frame is the same one, in the same place and colours."""
    cpu, gpu = films
    assert len(cpu.frames) == len(gpu.frames) == frames
    assert gpu.times == cpu.times
    assert (gpu.size, gpu.pix_fmt, gpu.tags) == (SIZE, cpu.pix_fmt, cpu.tags)
    for one, other in zip(cpu.frames, gpu.frames, strict=True):
        for plane, twin in zip(one, other, strict=True):
            difference = np.abs(plane.astype(int) - twin.astype(int))
            assert difference.mean() < 2


def test_a_film_that_stays_on_the_gpu(
    media: MediaFolder, compare: Callable[..., tuple[Film, Film]]
) -> None:
    """Of another rate, and four times as large in both directions."""
    film = media.numbered("30000/1001", film=3, size=(1280, 768))
    films = compare(
        timeline(video(clip(film, "0.5", 2)), width=SIZE[0], height=SIZE[1]), 7, 40
    )

    assert numbers(films[1], 768) == numbers(films[0], 768)
    check_alike(films, 33)


def test_a_film_that_ends_within_its_clip(
    media: MediaFolder, compare: Callable[..., tuple[Film, Film]]
) -> None:
    """Its last frame is held."""
    film = media.numbered(film=4, size=(640, 384))
    films = compare(
        timeline(video(clip(film, 2, 2, speed="1/2")), width=SIZE[0], height=SIZE[1]),
        60,
        100,
    )

    assert numbers(films[1], 384) == numbers(films[0], 384)
    check_alike(films, 40)


def test_films_that_come_down_to_be_composed(
    media: MediaFolder, compare: Callable[..., tuple[Film, Film]]
) -> None:
    """Two films, a dissolve between them, an effect, an inset and a title."""
    first = media.numbered(film=1, size=(640, 384))
    second = media.numbered("24", film=2, size=(320, 192))
    inset = clip(
        second, 1, 2, transform={"x": 0.8, "y": 0.8, "scale": 0.4}, opacity=0.5
    )
    films = compare(
        timeline(
            video(
                clip(first, 1, "1.5", effects=[{"name": "mirror"}]),
                change("0.4"),
                clip(second, 1, 1),
            ),
            video(inset),
            video(title("Morning", 2)),
            width=SIZE[0],
            height=SIZE[1],
        ),
        5,
        55,
    )

    check_alike(films, 50)


@pytest.mark.parametrize("codec", ["h264-interlaced", "mpeg2-ts", "hevc-open-gop"])
def test_other_codecs(
    codec: str, media: MediaFolder, compare: Callable[..., tuple[Film, Film]]
) -> None:
    film = media.numbered(film=5, size=(320, 192), codec=codec)
    films = compare(
        timeline(video(clip(film, 1, 2)), width=SIZE[0], height=SIZE[1]), 10, 40
    )

    check_alike(films, 30)
