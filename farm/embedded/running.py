"""Which process runs the farm of a storage, and where its broker and table are."""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Self

from farm.errors import FarmUnavailable

if TYPE_CHECKING:
    from pathlib import Path

    from farm.settings import Settings

_LOCK = "farm.lock"
_FILE = "farm.json"
_TRY_SECONDS = 1.0
"""How long to try for the lock: who only asks for it holds it for a moment."""
_STARTING_SECONDS = 2.0
"""How long a farm may take from its lock to its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningFarm:
    """A farm that runs on this machine; readable by its user only."""

    pid: int
    broker_url: str
    database_url: str
    flower_url: str | None = None


def find_running_farm(settings: Settings) -> RunningFarm | None:
    """Return the farm that runs on the storage, if there is one."""
    folder = settings.machine_folder
    deadline = time.monotonic() + _STARTING_SECONDS
    while _is_locked(folder / _LOCK):
        with suppress(FileNotFoundError, ValueError, TypeError):
            return RunningFarm(**json.loads((folder / _FILE).read_text("utf-8")))
        if time.monotonic() >= deadline:
            return None
        time.sleep(0.02)
    return None


class FarmLock:
    """Held by the one process that runs a farm on a storage."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: int | None = None

    def take(self) -> Self:
        """Take the lock, or raise `FarmUnavailable` when another farm has it."""
        file = self._open()
        deadline = time.monotonic() + _TRY_SECONDS
        while not _lock(file, fcntl.LOCK_EX):
            if time.monotonic() >= deadline:
                os.close(file)
                raise FarmUnavailable(
                    f"another farm runs on {self._folder}: use it, or end it first"
                )
            time.sleep(0.05)
        self._file = file
        return self

    def _open(self) -> int:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise FarmUnavailable(
                f"the storage {self._folder} cannot be used: {error.strerror}; "
                "name another folder (FARM_STORAGE)"
            ) from error

    def publish(self, farm: RunningFarm) -> None:
        """Tell other commands of this user where the farm is."""
        aside = self._folder / f".{_FILE}.part"
        aside.unlink(missing_ok=True)
        opened = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w", encoding="utf-8") as file:
            json.dump(asdict(farm), file)
        aside.replace(self._folder / _FILE)

    def free(self) -> None:
        """Free the lock."""
        if self._file is not None:
            (self._folder / _FILE).unlink(missing_ok=True)
            os.close(self._file)
            self._file = None


def _is_locked(path: Path) -> bool:
    try:
        file = os.open(path, os.O_RDWR)
    except OSError:  # there is none, or it is another user's
        return False
    try:
        return not _lock(file, fcntl.LOCK_SH)
    finally:
        os.close(file)


def _lock(file: int, how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
