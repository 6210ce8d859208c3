"""The timeline of three clips, made by what else a user might take."""

from __future__ import annotations

import json
import os
import subprocess
import time
from typing import TYPE_CHECKING

from benchmarks.bare import Ran
from benchmarks.command import reap
from benchmarks.machine import CORES
from benchmarks.media import HEAD_SECONDS, RATE, TRANSITION_SECONDS
from benchmarks.peers.found import PEERS, find_melt, python_with
from farm.presets.catalog import find_preset

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.media import Edit

_PROFILE = """description=benchmark
frame_rate_num={rate}
frame_rate_den=1
width={width}
height={height}
progressive=1
sample_aspect_num=1
sample_aspect_den=1
display_aspect_num={width}
display_aspect_den={height}
colorspace=709
"""


def find_peers(ffmpeg: Path) -> dict[str, Callable[[Edit, Path], Ran]]:
    """Return what is installed here, by name: each makes an edit into a file."""
    found: dict[str, Callable[[Edit, Path], Ran]] = {}
    if melt := find_melt():
        found["melt"] = lambda edit, output: run_melt(melt, edit, output)
    if python := python_with("moviepy"):
        found["MoviePy"] = lambda edit, output: run_moviepy(
            python, ffmpeg, edit, output
        )
    return found


def run_melt(melt: Path, edit: Edit, output: Path) -> Ran:
    """Let MLT's command make it, with a thread a core for frames."""
    video, audio = find_preset("source").video, find_preset("source").audio
    profile = output.with_suffix(".profile")
    profile.write_text(
        _PROFILE.format(rate=RATE, width=edit.size[0], height=edit.size[1])
    )
    half = TRANSITION_SECONDS * RATE // 2
    last = len(edit.clips) - 1
    cuts = []
    for number, clip in enumerate(edit.clips):
        begin = HEAD_SECONDS * RATE - (half if number else 0)
        end = (HEAD_SECONDS + edit.shown_seconds) * RATE + (
            half if number < last else 0
        )
        cuts += [str(clip), f"in={begin}", f"out={end - 1}"]
        if number:
            cuts += ["-mix", str(2 * half), "-mixer", "luma", "-mixer", "mix:-1"]
    return _run(
        [
            *(str(melt), "-silent", "-profile", str(profile), *cuts),
            *("-consumer", f"avformat:{output}", f"real_time=-{CORES}"),
            *("vcodec=libx264", f"preset={video.options['preset']}"),
            *(f"crf={video.options['crf']}", f"threads={CORES}", "pix_fmt=yuv420p"),
            *("acodec=aac", f"ab={audio.bitrate_kbps}k", "movflags=+faststart"),
        ],
        {"QT_QPA_PLATFORM": "offscreen"},
    )


def run_moviepy(python: Path, ffmpeg: Path, edit: Edit, output: Path) -> Ran:
    """Let MoviePy make it, with the same FFmpeg for decoding and encoding."""
    video, audio = find_preset("source").video, find_preset("source").audio
    asked = output.with_suffix(".json")
    asked.write_text(
        json.dumps(
            {
                "clips": [str(clip) for clip in edit.clips],
                "shown": edit.shown_seconds,
                "head": HEAD_SECONDS,
                "dissolve": TRANSITION_SECONDS,
                "rate": RATE,
                "preset": video.options["preset"],
                "crf": video.options["crf"],
                "audio_bitrate": f"{audio.bitrate_kbps}k",
            }
        )
    )
    return _run(
        [str(python), str(PEERS / "movie.py"), str(asked), str(output)],
        {"IMAGEIO_FFMPEG_EXE": str(ffmpeg), "FFMPEG_BINARY": str(ffmpeg)},
    )


def _run(command: list[str], environment: dict[str, str]) -> Ran:
    start = time.monotonic()
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    spent = reap(process)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Ran(seconds=time.monotonic() - start, cpu_seconds=spent)
