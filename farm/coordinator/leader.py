"""Which of several coordinators coordinates: the one whose name is in the job table.

The others stand by. They take over when it stops, when it was not heard of for
`LEAD_SECONDS`, and at once when its process is gone from this machine.
"""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from farm.errors import FarmUnavailable
from farm.logs import get_log

if TYPE_CHECKING:
    from farm.jobs.table import JobTable

LEAD_SECONDS = 4.0
"""How long a coordinator leads without a sign of life."""
_RENEWALS = 3
_NAME = "coordinator"

_log = get_log(__name__)


def _own_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


@dataclass(slots=True)
class Leader:
    """This coordinator, as one of perhaps several."""

    table: JobTable
    holder: str = field(default_factory=_own_name)
    is_leading: bool = False
    next_look: float = 0.0
    has_begun: bool = False

    def leads(self) -> bool:
        """Whether this coordinator coordinates; while the table is away, as before.

        A new process of the name in the table is its successor: that one is gone.
        """
        if time.monotonic() < self.next_look:
            return self.is_leading
        before = self.is_leading
        with suppress(FarmUnavailable):
            self.is_leading = self._take()
            if self.is_leading:
                self.next_look = time.monotonic() + LEAD_SECONDS / _RENEWALS
        if self.is_leading and not before:
            _log.info("coordinator_leads", coordinator=self.holder)
        elif before and not self.is_leading:
            _log.warning("coordinator_superseded", coordinator=self.holder)
        elif not self.is_leading and not self.has_begun:
            _log.info("coordinator_stands_by", coordinator=self.holder)
        self.has_begun = True
        return self.is_leading

    def stop(self) -> None:
        """Let another coordinator take over at once."""
        with suppress(FarmUnavailable):
            self.table.stop_leading(self.holder, name=_NAME)

    def _take(self) -> bool:
        if self.table.lead(self.holder, lease_seconds=LEAD_SECONDS, name=_NAME):
            return True
        other = self.table.leader(_NAME)
        if other is None or not _is_gone(other):
            return False
        self.table.stop_leading(other, name=_NAME)
        return self.table.lead(self.holder, lease_seconds=LEAD_SECONDS, name=_NAME)


def _is_gone(holder: str) -> bool:
    """Whether a coordinator ran on this machine, and does not any more."""
    host, _, pid = holder.rpartition(":")
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
