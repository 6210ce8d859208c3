"""The progress of a job on stderr: a bar on a terminal, seldom a line elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from farm.cli.output import say_aside, show_seconds

if TYPE_CHECKING:
    from farm.api import Job, Progress

_LINE_SECONDS = 10.0  # between two lines where there is no terminal


def follow(job: Job, *, quiet: bool = False) -> None:
    """Show a job's progress until it has ended."""
    if sys.stderr.isatty():
        _draw_bar(job)
    elif quiet:
        job.wait()
    else:
        _write_lines(job)


def _draw_bar(job: Job) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("{task.description:<10}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[pace]}"),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        line = bar.add_task("queued", total=1.0, pace="")
        for progress in job.watch():
            bar.update(
                line,
                completed=progress.fraction,
                description=progress.stage,
                pace=_show_pace(progress),
            )


def _write_lines(job: Job) -> None:
    written = time.monotonic()
    for progress in job.watch():
        now = time.monotonic()
        if now - written < _LINE_SECONDS or progress.status.is_final:
            continue
        written = now
        pace = _show_pace(progress)
        done = f"{progress.stage} {progress.fraction:.0%}"
        say_aside(f"{done}{', ' if pace else ''}{pace}")


def _show_pace(progress: Progress) -> str:
    if not progress.fps or progress.status.is_final:
        return ""
    pace = f"{progress.fps:.0f} frames/s"
    if progress.eta_seconds is not None:
        pace += f", {show_seconds(progress.eta_seconds)} left"
    return pace
