"""Ids of jobs and tasks: short, sortable by time, safe in a URL and a file name."""

from __future__ import annotations

import re
import secrets
import threading

from farm.jobs.records import JobId, TaskId

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no i, l, o or u, which are misread."""

JOB_ID_LENGTH = 13
"""Nine characters of milliseconds since 1970 (until the year 3084), four of chance."""

SHORTEST_PREFIX = 4
"""Fewer characters of a job's id are not looked up."""

_CHANCE_LENGTH = 4
_CHANCES = len(ALPHABET) ** _CHANCE_LENGTH
_MISREAD = str.maketrans("ilo", "110")
_ID = re.compile(f"[{ALPHABET}]+")


class _Chances:
    """The part of ids that is chance: one more than before in the same millisecond.

    So jobs that one process submits come in its order (as ULID's monotonic ids do).
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = (0, 0)

    def next(self, milliseconds: int) -> int:
        """Return the part of an id of this millisecond."""
        with self._lock:
            before, chance = self._last
            if before == milliseconds and chance + 1 < _CHANCES:
                chance += 1
            else:  # of the lower half: there is room for all of this millisecond
                chance = secrets.randbelow(_CHANCES // 2)
            self._last = milliseconds, chance
            return chance


_chances = _Chances()


def new_job_id(at: float) -> JobId:
    """Return a new id for a job submitted at this time (seconds since 1970)."""
    milliseconds = int(at * 1000)
    return JobId(
        _encode(milliseconds, length=JOB_ID_LENGTH - _CHANCE_LENGTH)
        + _encode(_chances.next(milliseconds), length=_CHANCE_LENGTH)
    )


def task_id(job_id: JobId, number: int) -> TaskId:
    """Return the id of a job's task with this number, counted from 1."""
    return TaskId(f"{job_id}-{number}")


def read_job_id(text: str) -> str | None:
    """Return what was typed as the start of a job's id; ``None`` when it is none."""
    read = text.strip().lower().translate(_MISREAD)
    if not SHORTEST_PREFIX <= len(read) <= JOB_ID_LENGTH:
        return None
    return read if _ID.fullmatch(read) else None


def last_with_prefix(prefix: str) -> str:
    """Return the last id, in order, that starts so."""
    return prefix.ljust(JOB_ID_LENGTH, ALPHABET[-1])


def _encode(value: int, *, length: int) -> str:
    digits = []
    for _ in range(length):
        value, digit = divmod(value, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
