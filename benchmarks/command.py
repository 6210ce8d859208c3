"""The command `farm`, as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.machine import CORES


def _farm_command(*arguments: str | Path) -> list[str]:
    """Return the command line of a command."""
    return [str(Path(sys.executable).parent / "farm"), *map(str, arguments)]


def _command_environment(storage: Path) -> dict[str, str]:
    """Return an environment in which a command starts a farm of its own."""
    others = {k: v for k, v in os.environ.items() if not k.startswith("FARM_")}
    return {**others, "FARM_STORAGE": str(storage), "FARM_CPU_SLOTS": str(CORES)}


def start_command(*arguments: str | Path, storage: Path) -> subprocess.Popen[bytes]:
    """Start a command that starts a farm of its own; what it prints is not read."""
    return subprocess.Popen(
        _farm_command(*arguments),
        cwd=storage.parent,
        env=_command_environment(storage),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def reap(process: subprocess.Popen[bytes]) -> float:
    """Wait for a process; return what it and all below it took of the processor."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime
