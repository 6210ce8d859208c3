"""Make the job table of a backup, where no farm runs on it."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

from farm.api.output import absolute
from farm.cache.marks import COORDINATOR, fresh_marks
from farm.embedded.running import FarmLock
from farm.errors import NotAllowed
from farm.jobs.database import Database
from farm.jobs.restore import restore_backup

if TYPE_CHECKING:
    import os

    from farm.jobs.backup import Backup
    from farm.settings import Settings

_ALIVE_SECONDS = 20.0
"""A coordinator makes its mark new every 5 seconds."""


def restore(
    settings: Settings, path: str | os.PathLike[str], *, force: bool = False
) -> Backup:
    """Make the job table of the settings of a backup; all of it, or nothing changes.

    The backup may be of the other kind of database, and of an older farm.

    Args:
        settings: they say where the table is.
        path: the backup, as `Farm.backup` wrote it.
        force: replace a table that holds jobs.

    Raises:
        BackupFailed: when the backup cannot be used.
        FarmUnavailable: when a farm of this machine runs on the storage.
        NotAllowed: when another farm runs on the table, or it holds jobs.
    """
    lock = FarmLock(settings.storage_folder).take()
    try:
        for name in fresh_marks(settings, since=time.time() - _ALIVE_SECONDS):
            if name.startswith(COORDINATOR):
                raise NotAllowed(
                    f"A farm runs on {settings.storage_folder}: its {name} was there "
                    "a moment ago. End it first, or wait half a minute."
                )
        with closing(Database(settings.database)) as database:
            return restore_backup(database, absolute(path), force=force)
    finally:
        lock.free()
