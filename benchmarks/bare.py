"""The same picture and sound, made by one FFmpeg command as an expert writes it."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.command import reap
from benchmarks.encoding import encoding
from benchmarks.media import HEAD_SECONDS, RATE, TRANSITION_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.media import Edit

_HALF = TRANSITION_SECONDS / 2
_CHANGE = TRANSITION_SECONDS * RATE
"""Frames of a dissolve."""
#: Ways to write it; the fastest of them is what the farm is compared with.
VARIANTS = ("blend all", "blend parts", "blend parts, 2 threads")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A command that ended well."""

    seconds: float
    cpu_seconds: float


def run_bare(ffmpeg: Path, edit: Edit, output: Path, *, variant: str) -> Ran:
    """Run one of the variants, and wait for it."""
    start = time.monotonic()
    process = subprocess.Popen(build_bare(ffmpeg, edit, output, variant=variant))
    spent = reap(process)
    seconds = time.monotonic() - start
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, "ffmpeg")
    return Ran(seconds=seconds, cpu_seconds=spent)


def build_bare(ffmpeg: Path, edit: Edit, output: Path, *, variant: str) -> list[str]:
    """Return the command line of a variant."""
    whole = variant == "blend all"
    graph = ";".join(
        [_blend_all(edit) if whole else _blend_parts(edit), _mix(len(edit.clips))]
    )
    threads = ["-threads", "2"] if variant.endswith("2 threads") else []
    return [
        *(str(ffmpeg), "-nostdin", "-loglevel", "error", "-y"),
        *_inputs(edit),
        *("-filter_complex", graph, *encoding(output, more=threads)),
    ]


def _inputs(edit: Edit) -> list[str]:
    """Open each clip where it is first seen, for as long as it is seen."""
    arguments = []
    for number, clip in enumerate(edit.clips):
        before = _HALF if number > 0 else 0
        after = _HALF if number < len(edit.clips) - 1 else 0
        arguments += [
            *("-ss", f"{HEAD_SECONDS - before:g}"),
            *("-t", f"{before + edit.shown_seconds + after:g}"),
            *("-i", str(clip)),
        ]
    return arguments


def _blend_all(edit: Edit) -> str:
    """Let the filter xfade see every frame: short to write."""
    count = len(edit.clips)
    steps = [f"[{number}:v]settb=1/{RATE}[v{number}]" for number in range(count)]
    last = "v0"
    for number in range(1, count):
        offset = number * edit.shown_seconds - _HALF
        steps.append(
            f"[{last}][v{number}]xfade=duration={TRANSITION_SECONDS}:offset={offset:g}"
            f"[x{number}]"
        )
        last = f"x{number}"
    return ";".join([*steps, f"[{last}]format=yuv420p[picture]"])


def _blend_parts(edit: Edit) -> str:
    """Let the filter xfade, which needs 4:4:4, see the frames of the dissolves only."""
    steps, parts = [], []
    last = len(edit.clips) - 1
    for number in range(len(edit.clips)):
        alone = edit.shown_seconds * RATE - (_CHANGE // 2) * (
            (number > 0) + (number < last)
        )
        start = _CHANGE if number > 0 else 0
        wanted = [("a", start, start + alone)]
        if number > 0:
            wanted.append(("i", 0, _CHANGE))
        if number < last:
            wanted.append(("o", start + alone, start + alone + _CHANGE))
        names = "".join(f"[{name}{number}s]" for name, *_ in wanted)
        steps.append(f"[{number}:v]split={len(wanted)}{names}")
        steps += [
            f"[{name}{number}s]trim=start_frame={first}:end_frame={end},"
            f"setpts=PTS-STARTPTS,format=yuv420p[{name}{number}]"
            for name, first, end in wanted
        ]
        if number > 0:
            steps.append(
                f"[o{number - 1}][i{number}]"
                f"xfade=duration={TRANSITION_SECONDS}:offset=0,format=yuv420p[x{number}]"
            )
            parts.append(f"[x{number}]")
        parts.append(f"[a{number}]")
    return ";".join(
        [
            *steps,
            f"{''.join(parts)}concat=n={len(parts)}:v=1:a=0,format=yuv420p[picture]",
        ]
    )


def _mix(clips: int) -> str:
    steps, last = [], "0:a"
    for number in range(1, clips):
        name = "sound" if number == clips - 1 else f"y{number}"
        steps.append(
            f"[{last}][{number}:a]acrossfade=d={TRANSITION_SECONDS}:c1=qsin:c2=qsin[{name}]"
        )
        last = name
    return ";".join(steps)
