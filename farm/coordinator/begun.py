"""Folders that a package is being put into: marked until it is whole, else emptied.

A player opens a package while it grows, so that its lists lie at the user's path before
the job has ended. When the job fails or is cancelled, they go, and all that they named.
The mark is a hidden file in the folder itself: whoever finds it can clear up, also when
all processes of the farm were killed.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from glob import escape
from typing import TYPE_CHECKING

from farm.jobs.settle import PARTS_KEPT_SECONDS
from farm.jobs.status import JobStatus
from farm.logs import get_log
from farm.place import ObjectPath, as_place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from farm.jobs.records import JobId
    from farm.jobs.table import JobTable

_log = get_log(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A folder that gets the package of a job."""

    folder: Path
    job_id: str
    lists: tuple[str, ...]
    """Names of the files that point at others; those players open come last."""
    tracks: tuple[str, ...]
    """What the names of all other files begin with."""

    def begin(self) -> None:
        """Mark the folder, and make it where needed; again is harmless.

        Lists of a package that was there before go: what they name will be replaced.
        """
        mark = _mark(self.folder, self.job_id)
        if mark.exists():
            return
        made_folder = not self.folder.exists()
        self.folder.mkdir(exist_ok=True)
        about = {
            "lists": self.lists,
            "tracks": self.tracks,
            "made_folder": made_folder,
        }
        aside = mark.with_name(f"{mark.name}.{os.getpid()}.part")
        aside.write_text(json.dumps(about), encoding="utf-8")
        aside.replace(mark)
        for name in reversed(self.lists):
            (self.folder / name).unlink(missing_ok=True)

    def settle(self, status: JobStatus) -> None:
        """Take the mark away from what is whole; empty what never will be."""
        if status is JobStatus.COMPLETED:
            _mark(self.folder, self.job_id).unlink(missing_ok=True)
        elif status.is_final and not withdraw(self.folder, self.job_id):
            # another has withdrawn it, and did not see what came just then
            _clear(self.folder, self.job_id, self.lists, self.tracks)


def withdraw_job(table: JobTable, job_id: JobId) -> None:
    """Remove what a job that failed or was cancelled has published of a package."""
    job = table.job(job_id)
    if job.output is not None and job.status in {
        JobStatus.FAILED,
        JobStatus.CANCELLED,
    }:
        try:
            withdraw(as_place(job.output), job.id)
        except OSError as error:  # it is tried again
            _log.warning("package_not_withdrawn", job_id=job.id, error=str(error))


def withdraw_left(table: JobTable) -> int:
    """Do so for all jobs that ended lately; return how many packages there were."""
    withdrawn = 0
    since = table.now() - PARTS_KEPT_SECONDS
    for job_id, output in table.unpublished_jobs(since=since):
        with suppress(OSError):  # such as a disk that is not there today
            withdrawn += withdraw(as_place(output), job_id)
    return withdrawn


def withdraw(folder: Path, job_id: str) -> bool:
    """Remove the lists of a package that was begun, then all else of it.

    Return whether one was begun. What others have put there stays. In an object store
    nothing grows: a package is put there when all of it was made.
    """
    if isinstance(folder, ObjectPath):
        return False
    mark = _mark(folder, job_id)
    try:
        about = json.loads(mark.read_text(encoding="utf-8"))
    except OSError:
        return False
    _clear(folder, job_id, about["lists"], about["tracks"])
    mark.unlink(missing_ok=True)
    if about["made_folder"]:
        with suppress(OSError):  # others have put something there
            folder.rmdir()
    return True


def _clear(
    folder: Path, job_id: str, lists: Sequence[str], tracks: Sequence[str]
) -> None:
    for name in reversed(lists):
        (folder / name).unlink(missing_ok=True)
    either = "|".join(re.escape(track) for track in tracks)
    of_package = re.compile(rf"({either})-(init\.mp4|\d{{5,}}\.m4s)")
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if of_package.fullmatch(path.name) and not path.is_dir():
            path.unlink(missing_ok=True)
    for left in folder.glob(f".*.{escape(job_id)}.*.part"):
        left.unlink(missing_ok=True)


def _mark(folder: Path, job_id: str) -> Path:
    return folder / f".growing.{job_id}"
