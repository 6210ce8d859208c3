"""Which peers are installed here; one that is not is left out, and named."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

PEERS = Path(__file__).parent
_PYTHON = PEERS.parent.parent / ".peers" / "bin" / "python"
"""Made by ``make peers``: some of them want other versions than the farm does."""


@cache
def python_with(package: str) -> Path | None:
    """Return the Python that a peer's package is installed for, if there is one."""
    if not _PYTHON.exists():
        return None
    tried = [str(_PYTHON), "-c", f"import {package}"]
    found = subprocess.run(tried, capture_output=True, check=False)
    return _PYTHON if found.returncode == 0 else None


@cache
def find_melt() -> Path | None:
    """Return MLT's command, if it is installed."""
    found = shutil.which("melt") or shutil.which("melt-7")
    return Path(found) if found else None


def versions() -> dict[str, str]:
    """Return the versions of the peers that are installed."""
    found = {}
    for package in ("moviepy", "rq"):
        if python := python_with(package):
            asked = (
                f"from importlib.metadata import version as v; print(v({package!r}))"
            )
            found[package] = _first_line([str(python), "-c", asked])
    if melt := find_melt():
        found["melt"] = _first_line([str(melt), "--version"])
    return found


def _first_line(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip().splitlines()[0]
