"""Kill a process before each statement of each act in turn; nothing may remain of it.

Argument: the URL of the table. Prints, an act a line, how often it was killed and
whether the table was the same each time, and other after the act was left alive.
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, select

from farm.errors import DiskFull
from farm.jobs.models.base import metadata
from farm.jobs.table import JobTable
from tests.integration.jobs.factories import add_job, claim, new_job, new_task

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

url = sys.argv[1]


def prepare() -> dict[str, Callable[[JobTable], object]]:
    """Write jobs, and return acts that change them."""
    table = JobTable.open(url)
    whole = add_job(table, "a", "b", "c", "d", "e")
    queued, done, failing, released, lost = [task.id for task in table.tasks(whole.id)]
    for task_id in (done, failing, released):
        claim(table, task_id)
    claim(table, lost, lease=-1)
    unplanned = table.add_job(new_job(), planned=False)
    cancelled = add_job(table, "a", "b")
    table.cancel_job(cancelled.id)
    open_job = add_job(table, "a", "b")
    table.close()
    tasks = [new_task("a"), new_task("b"), new_task("output", "a", "b")]
    return {
        "add_job": lambda table: table.add_job(new_job(idempotency_key="k"), tasks),
        "add_failed_job": lambda table: table.add_failed_job(new_job(), DiskFull("x")),
        "add_tasks": lambda table: table.add_tasks(unplanned.id, tasks, warnings=["w"]),
        "claim": lambda table: claim(table, queued),
        "complete": lambda table: table.complete(done, attempt=1, result="r"),
        "fail": lambda table: table.fail(failing, attempt=1, error=DiskFull("x")),
        "release": lambda table: table.release(released, attempt=1, note="n"),
        "requeue_stalled": lambda table: table.requeue_stalled(),
        "cancel_job": lambda table: table.cancel_job(open_job.id),
        "retry_job": lambda table: table.retry_job(cancelled.id),
        "fail_job": lambda table: table.fail_job(whole.id, DiskFull("x")),
    }


def read_all() -> dict[str, list[str]]:
    """Return all rows of all tables."""
    table = JobTable.open(url)
    with table._database.reading() as connection:
        rows = {
            name: sorted(map(repr, connection.execute(select(found))))
            for name, found in metadata.tables.items()
        }
    table.close()
    return rows


def die_before(number: int, act: Callable[[JobTable], object]) -> bool:
    """Act in a child that is killed before this statement; return whether it was."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    table = JobTable.open(url)
    statements = count(1)

    def look(*_: object) -> None:
        if next(statements) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def look_before_commit(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        if connection.dialect.name == "sqlite" or driver.info.transaction_status:
            look()  # else each statement was a transaction by itself

    engine = table._database._engine
    event.listen(engine, "before_cursor_execute", look)
    event.listen(engine, "commit", look_before_commit)
    try:
        act(table)
    finally:
        os._exit(0)


for name, act in prepare().items():
    before = read_all()
    same = True
    number = 1
    while die_before(number, act):
        same = same and read_all() == before
        number += 1
    print(name, number - 1, same, read_all() != before, flush=True)  # noqa: T201
