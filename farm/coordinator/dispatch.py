"""Send tasks that are ready to the workers' queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.broker import Broker, Message
from farm.jobs.status import Queue

if TYPE_CHECKING:
    from farm.jobs.records import Task
    from farm.jobs.table import JobTable

WAITING_LIMIT = 256
"""Messages that may wait in one queue; the table keeps the rest, and their order."""
_FEW = 32
"""So many tasks are read at once, of whatever queue."""


def send_ready(table: JobTable, broker: Broker, *, resend_seconds: float) -> int:
    """Send what is queued and due; return how many messages were sent.

    A task that nobody has claimed after `resend_seconds` is sent again, unless its
    message still waits. What is sent twice all the same is claimed once.
    """
    few = table.tasks_to_send(resend_seconds=resend_seconds, limit=_FEW)
    ready: dict[Queue, list[Task] | None] = dict.fromkeys(Queue)
    if len(few) < _FEW:  # then these are all
        ready = {
            queue: [task for task in few if task.queue is queue]
            for queue in {task.queue for task in few}
        }
    return sum(
        _send_queue(
            table, broker, queue=queue, ready=known, resend_seconds=resend_seconds
        )
        for queue, known in ready.items()
    )


def _send_queue(
    table: JobTable,
    broker: Broker,
    *,
    queue: Queue,
    ready: list[Task] | None,
    resend_seconds: float,
) -> int:
    """Send what there is room for in a queue; read it where it is not known."""
    waiting = broker.waiting(queue.value)
    room = max(0, WAITING_LIMIT - len(waiting))
    if ready is None:
        ready = table.tasks_to_send(
            queue=queue, resend_seconds=resend_seconds, limit=room
        )
    missing = [task for task in ready[:room] if task.id not in waiting]
    broker.send([_message(task) for task in missing])
    table.mark_sent([task.id for task in ready[:room]])
    return len(missing)


def _message(task: Task) -> Message:
    return Message(
        task_id=task.id,
        kind=task.kind.value,
        queue=task.queue.value,
        priority=task.priority,
        job_id=task.job_id,
        task_name=task.name,
    )
