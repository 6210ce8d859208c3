"""What commands print: results on stdout, everything for people on stderr."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction
    from pathlib import Path

    from pydantic import JsonValue

    from farm.errors import FarmError


def say(text: str) -> None:
    """Print a result on stdout."""
    typer.echo(text)


def say_json(value: JsonValue) -> None:
    """Print one JSON object on stdout."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def say_aside(text: str) -> None:
    """Print something for a person on stderr."""
    typer.echo(text, err=True)


def say_written(
    output: Path, warnings: Sequence[str], *, as_json: bool = False
) -> None:
    """Print the path of a file that a command wrote, and what it warns of."""
    path = str(output.absolute())
    if as_json:
        say_json({"output": path, "warnings": [*warnings]})
        return
    for warning in warnings:
        say_aside(f"farm: warning: {warning}")
    say(path)


def say_error(error: FarmError, *, as_json: bool = False) -> int:
    """Print an error as one sentence, or as JSON; return the exit status."""
    if as_json:
        say_json({"error": error_to_json(error)})
    else:
        say_aside(f"farm: {error.message}")
        for problem in _further_problems(error):
            say_aside(f"  - {problem}")
    return error.exit_code


def error_to_json(error: FarmError) -> dict[str, JsonValue]:
    """Return an error as plain data."""
    record = error.to_record()
    return {
        "kind": record.kind,
        "message": record.message,
        "retry": record.retry,
        "facts": {
            name: list(fact) if isinstance(fact, list) else fact
            for name, fact in record.facts.items()
        },
    }


def say_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under headings; plain text where stdout is no terminal."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    width = None if sys.stdout.isatty() else 200  # columns
    Console(width=width, highlight=False, markup=False).print(table)


def show_moment(seconds: float | None) -> str:
    """Write a moment as local date and time."""
    if seconds is None:
        return "-"
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def show_seconds(seconds: float) -> str:
    """Write a length of time: 8.4 s, 3:05, 1:02:03."""
    if seconds < 60:  # noqa: PLR2004  # seconds of a minute
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def show_time(seconds: Fraction) -> str:
    """Write an exact time or length: 2.5 s, 1.001 s, 1:02:03.04."""
    if abs(seconds) < 60:  # noqa: PLR2004  # seconds of a minute
        return f"{show_number(seconds)} s"
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(int(minutes), 60)
    sign = "-" if seconds < 0 else ""
    text = f"{float(rest):06.3f}".rstrip("0").rstrip(".")
    return f"{sign}{hours}:{minutes:02}:{text}" if hours else f"{sign}{minutes}:{text}"


def show_number(value: Fraction | float) -> str:
    """Write a number with at most three decimals, and none that say nothing."""
    text = f"{float(value):.3f}"
    return text.rstrip("0").rstrip(".")


def show_bytes(size: int) -> str:
    """Write a size: 640 bytes, 2.9 MB."""
    if size < 1000:  # noqa: PLR2004  # bytes of a kilobyte
        return f"{size} bytes"
    for unit, exponent in (("kB", 3), ("MB", 6), ("GB", 9)):
        if size < 1000 * 10**exponent:
            return f"{size / 10**exponent:.1f} {unit}"
    return f"{size / 10**12:.1f} TB"


def _further_problems(error: FarmError) -> list[str]:
    problems = error.facts.get("problems")
    return problems if isinstance(problems, list) and len(problems) > 1 else []
