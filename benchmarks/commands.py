"""What the command line takes before it does anything."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.bare import Ran
from benchmarks.command import reap
from benchmarks.figures import Case, Figure

if TYPE_CHECKING:
    from benchmarks.turns import Turns

_MOST_HELP, _MOST_IMPORT = 200.0, 150.0
_WHAT = (
    "The command `farm --help`, and a Python that imports `farm` less one that imports "
    "nothing; the disk cache is warm."
)


def measure_commands(turns: Turns, *, rounds: int) -> Case:
    """Measure each in turn."""
    python = sys.executable
    things = {
        "farm --help": [str(Path(python).parent / "farm"), "--help"],
        "import farm": [python, "-c", "import farm"],
        "import nothing": [python, "-c", "pass"],
    }
    for command in things.values():
        _run(command)
    turns.take(
        {name: lambda it=command: _run(it) for name, command in things.items()},  # type: ignore[misc]
        rounds=rounds,
    )
    took = {name: [1000 * each for each in turns.seconds(name)] for name in things}
    return Case(
        name="commands",
        what=_WHAT,
        figures=(
            Figure(
                name="farm --help",
                unit="ms",
                values=tuple(took["farm --help"]),
                most=_MOST_HELP,
            ),
            Figure(
                name="import farm",
                unit="ms",
                values=tuple(
                    ours - bare
                    for ours, bare in zip(
                        took["import farm"], took["import nothing"], strict=True
                    )
                ),
                most=_MOST_IMPORT,
            ),
            Figure(
                name="Python alone", unit="ms", values=tuple(took["import nothing"])
            ),
        ),
        details={},
    )


def _run(command: list[str]) -> Ran:
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    spent = reap(process)
    assert process.returncode == 0
    return Ran(seconds=time.monotonic() - start, cpu_seconds=spent)
