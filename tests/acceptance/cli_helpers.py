"""Run the command `farm` as a user does: as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DEADLINE_SECONDS = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """The command, with all files of its farm in one folder."""

    folder: Path

    @property
    def storage(self) -> Path:
        return self.folder / "storage"

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._argv(*arguments),
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        )

    def read(self, *arguments: str | Path) -> Any:  # noqa: ANN401  # plain data
        """Return what a command prints with --json."""
        return json.loads(self.run(*arguments, "--json").stdout)

    @contextmanager
    def start(self, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
        with subprocess.Popen(
            self._argv(*arguments),
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGTERM)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def processes(self) -> list[str]:
        """Return the command lines of all processes of this farm."""
        mine = str(self.storage)
        found = []
        for process in psutil.process_iter():
            try:
                # FFmpeg gets none of the farm's variables, but works in its storage
                is_mine = mine in process.environ().get("FARM_STORAGE", "")
                if is_mine or process.cwd().startswith(mine):
                    found.append(" ".join(process.cmdline()))
            except psutil.Error:
                continue
        return [line for line in found if line]

    def _argv(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, "-m", "farm", *map(str, arguments)]

    def environment(self) -> dict[str, str]:
        """Return the variables that its commands see."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("FARM_")
        }
        return {**kept, "FARM_STORAGE": str(self.storage), "FARM_CPU_SLOTS": "2"}


def color_timeline(seconds: float, *, width: int = 64, height: int = 36) -> str:
    """Return a timeline of one colour."""
    clip = {
        "type": "clip",
        "name": "ground",
        "media": {"type": "color", "color": "#2060a0"},
        "duration": str(seconds),
    }
    return json.dumps(
        {
            "format": "farm-timeline/1",
            "rate": 25,
            "width": width,
            "height": height,
            "tracks": [{"kind": "video", "items": [clip]}],
        }
    )


def wait_until(is_so: Callable[[], bool], *, what: str) -> None:
    """Wait for a condition; fail when it does not come true in time."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"still not: {what}"
        time.sleep(0.05)
