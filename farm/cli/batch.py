"""The command batch: many jobs of one list."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

import typer

from farm.cli.options import JsonOption, WebhookOption
from farm.cli.output import say, say_aside, say_json
from farm.cli.owned import owned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue
    from rich.progress import Progress

    from farm.api.batch import BatchEntry
    from farm.api.batch_list import BatchLine

_LINE_SECONDS = 10.0  # between two lines where there is no terminal


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(owned(batch))


def batch(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="*.jsonl, an object a line, or *.csv with a head."
        ),
    ],
    at_once: Annotated[
        int, typer.Option("--at-once", min=1, help="Jobs that go on at a time.")
    ] = 8,
    report: Annotated[
        Path | None,
        typer.Option(metavar="OUT", help="Write what became of each line, as JSON."),
    ] = None,
    webhook: WebhookOption = None,
    as_json: JsonOption = False,
) -> int:
    """Do the jobs of a list; run again, it does what is not done."""
    from farm.api.batch import run_batch
    from farm.api.batch_list import add_webhook, read_batch
    from farm.api.batch_trial import check_lines
    from farm.api.output import check_output
    from farm.cli.session import open_farm

    lines = add_webhook(read_batch(path), webhook)
    target = None if report is None else check_output(report)
    entries: list[BatchEntry] = []
    with open_farm() as farm:
        check_lines(farm.settings, lines)
        try:
            with _View(len(lines), quiet=as_json) as view:
                for entry, going in run_batch(farm, lines, at_once=at_once):
                    if entry is not None:
                        entries.append(entry)
                        view.say(entry)
                    view.show(len(entries), going)
        finally:  # Ctrl-C, too: what is done is told
            _tell(lines, entries, target=target, as_json=as_json)
    return int(any(entry.error is not None for entry in entries))


def _tell(
    lines: Sequence[BatchLine],
    entries: Sequence[BatchEntry],
    *,
    target: Path | None,
    as_json: bool,
) -> None:
    counts = Counter(str(entry.outcome) for entry in entries)
    if left := len(lines) - len(entries):
        counts["not done"] = left
    by_line = sorted(entries, key=lambda entry: entry.line.number)
    whole: JsonValue = {
        "lines": len(lines),
        "counts": dict(counts),
        "jobs": [entry.to_json() for entry in by_line],
    }
    if target is not None:
        target.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    if as_json:
        say_json(whole)
    else:
        told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
        say_aside(f"farm: {len(lines)} jobs: {told}")


class _View:
    """A bar on a terminal, seldom a line elsewhere; and a line for each end."""

    def __init__(self, jobs: int, *, quiet: bool) -> None:
        self._jobs, self._quiet = jobs, quiet
        self._written = time.monotonic()
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty() and not self._quiet:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn

            self._bar = Progress(
                TextColumn("{task.completed:.0f} of {task.total:.0f} jobs"),
                BarColumn(),
                TextColumn("{task.description}"),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.add_task("", total=self._jobs)
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def say(self, entry: BatchEntry) -> None:
        """Tell the end of a job: its output on stdout, or its error on stderr."""
        if self._quiet:
            return
        if entry.error is not None:
            say_aside(f"farm: {entry.line.name}: {entry.error.message}")
        elif entry.job is not None and entry.job.row.output:
            say(entry.job.row.output)

    def show(self, done: int, going: Sequence[BatchEntry]) -> None:
        """Show how far the whole is."""
        if self._bar is not None:
            (task,) = self._bar.task_ids
            names = ", ".join(f"line {entry.line.number}" for entry in going[:4])
            self._bar.update(task, completed=done, description=names)
        elif not self._quiet and time.monotonic() - self._written >= _LINE_SECONDS:
            self._written = time.monotonic()
            say_aside(f"{done} of {self._jobs} jobs, {len(going)} going on")
