"""Keep house: forget what ended long ago, and remove what the forgotten left."""

from __future__ import annotations

import re
import shutil
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from farm.cache.storage import open_storage
from farm.jobs.ids import ALPHABET, JOB_ID_LENGTH
from farm.jobs.keeping import Kept
from farm.jobs.status import JobStatus
from farm.logs import get_log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from farm.jobs.table import JobTable
    from farm.settings import Settings

TURN_SECONDS = 20.0
"""One coordinator keeps house, at most so often."""
_LONGEST_SECONDS = 10.0
"""How long it goes on at one time; the rest is for the next."""
_PAUSE_SECONDS = 0.05
"""Between two batches: others write meanwhile."""
_LEFT_SECONDS = 24 * 3600.0
"""Folders that nobody knows are removed when nothing was changed in them so long."""
_DAY = 24 * 3600.0
_SCRATCH = re.compile(r"\.?(?P<task>[^@]+)-(?P<attempt>\d+)@.+")
_JOB_ID = re.compile(f"[{ALPHABET}]{{{JOB_ID_LENGTH}}}")

_log = get_log(__name__)


def keep_house(table: JobTable, *, settings: Settings) -> int:
    """Forget what ended long ago, where it is this process's turn; return how much.

    Outputs that were published at a path of the user stay, whatever is forgotten.
    """
    if not table.keeping.take_turn(seconds=TURN_SECONDS):
        return 0
    table.sums.add_up()  # what happened is in the sums before it is forgotten
    kept, storage = read_kept(settings), open_storage(settings)
    until = time.monotonic() + _LONGEST_SECONDS
    forgotten = 0
    while ids := table.keeping.forget_jobs(kept):
        forgotten += len(ids)
        for job_id in ids:
            storage.remove_all(f"artifacts/{job_id}")
        if time.monotonic() > until:
            break
        time.sleep(_PAUSE_SECONDS)
    if forgotten:
        _log.info("jobs_forgotten", count=forgotten)
    while table.keeping.forget_others(kept) and time.monotonic() < until:
        time.sleep(_PAUSE_SECONDS)
    return forgotten


def read_kept(settings: Settings) -> Kept:
    """Return how long what has ended is kept, as the settings say."""
    return Kept(
        seconds={
            JobStatus.COMPLETED: settings.keep_completed_days * _DAY,
            JobStatus.FAILED: settings.keep_failed_days * _DAY,
            JobStatus.CANCELLED: settings.keep_cancelled_days * _DAY,
        },
        jobs=settings.keep_jobs,
        alert_seconds=settings.keep_alerts_days * _DAY,
    )


def remove_unknown(table: JobTable, *, settings: Settings) -> int:
    """Remove parts of forgotten jobs, and scratch of attempts that nobody is at.

    A worker sweeps the scratch of its own host; this is for hosts that never came
    back, where the folder is shared. Returns how many folders were removed.
    """
    parts = {
        folder.name: folder
        for folder in _old_folders(settings.storage_folder / "artifacts")
        if _JOB_ID.fullmatch(folder.name)
    }
    gone = [parts[name] for name in table.keeping.find_unknown(parts.keys())]
    scratch = [*_old_folders(settings.scratch_folder)]
    active = table.keeping.active_attempts() if scratch else set()
    for folder in scratch:
        named = _SCRATCH.fullmatch(folder.name)
        if named and (named["task"], int(named["attempt"])) not in active:
            gone.append(folder)
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)
    return len(gone)


def _old_folders(root: Path) -> Iterator[Path]:
    last = time.time() - _LEFT_SECONDS
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        with suppress(OSError):  # it has gone just now
            if folder.is_dir() and folder.stat().st_mtime < last:
                yield folder
