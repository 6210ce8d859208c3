"""Send tasks that are ready to the workers' queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.broker import Broker, Message

if TYPE_CHECKING:
    from farm.jobs.records import Task
    from farm.jobs.status import Queue
    from farm.jobs.table import JobTable

WAITING_LIMIT = 256
"""Messages that may wait in one queue; the table keeps the rest, and their order."""


def send_ready(table: JobTable, broker: Broker, *, resend_seconds: float) -> int:
    """Send what is queued and due; return how many messages were sent.

    A task that nobody has claimed after `resend_seconds` is sent again, unless its
    message still waits. What is sent twice all the same is claimed once.
    """
    return sum(
        _send_queue(table, broker, queue=queue, resend_seconds=resend_seconds)
        for queue in table.queues_to_send(resend_seconds=resend_seconds)
    )


def _send_queue(
    table: JobTable, broker: Broker, *, queue: Queue, resend_seconds: float
) -> int:
    waiting = broker.waiting(queue.value)
    ready = table.tasks_to_send(
        queue=queue,
        resend_seconds=resend_seconds,
        limit=max(0, WAITING_LIMIT - len(waiting)),
    )
    missing = [task for task in ready if task.id not in waiting]
    broker.send([_message(task) for task in missing])
    table.mark_sent([task.id for task in ready])
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
