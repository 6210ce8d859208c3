"""Begin and end attempts, and say how one ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from farm.jobs.models.work import attempts, tasks
from farm.jobs.rows import write_log

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, RowMapping


OF_ATTEMPT = update(attempts).where(
    attempts.c.task_id == bindparam("of_task"),
    attempts.c.number == bindparam("by_attempt"),
)
"""What changes one attempt: its task and number are parameters."""
BEGIN = {
    "task_id": "id",
    "number": "attempt",
    "worker": "worker",
    "started": "started",
    "lease_until": "lease_until",
}
"""What an attempt has when it begins, and what of its task that is."""
END = {
    name: bindparam(f"its_{name}", type_=attempts.c[name].type)
    for name in ("outcome", "error", "argv", "log")
}
"""What it has more when it ends: see `Ending`."""
_BEGIN = insert(attempts).inline()
_END = OF_ATTEMPT.values(finished=bindparam("at"), **END)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How an attempt ended."""

    outcome: str
    error: dict[str, Any] | None = None
    argv: str | None = None
    log: str | None = None

    def parameters(self) -> dict[str, Any]:
        """Return what a statement with `END` in it asks for."""
        return {
            "its_outcome": self.outcome,
            "its_error": self.error,
            "its_argv": write_log(self.argv),
            "its_log": write_log(self.log),
        }


def begin_attempts(connection: Connection, moved: Sequence[RowMapping]) -> None:
    """Begin an attempt at each of these tasks."""
    begun = [{name: row[of] for name, of in BEGIN.items()} for row in moved]
    if begun:
        connection.execute(_BEGIN, begun)


def end_attempts(
    connection: Connection, moved: Sequence[RowMapping], ending: Ending
) -> None:
    """End the attempts of tasks that were moved just now."""
    told = ending.parameters()
    ended = [
        {"of_task": row["id"], "by_attempt": row["attempt"], "at": row["at"], **told}
        for row in moved
    ]
    if ended:
        connection.execute(_END, ended)


def has_ended_so(
    connection: Connection, task_id: str, *, attempt: int, outcome: str
) -> bool:
    """Whether this attempt is the task's last one and ended with this outcome."""
    found = (
        select(attempts.c.number)
        .join(tasks, tasks.c.id == attempts.c.task_id)
        .where(
            attempts.c.task_id == task_id,
            attempts.c.number == attempt,
            attempts.c.outcome == outcome,
            tasks.c.attempt == attempt,
        )
    )
    return connection.execute(found).first() is not None
