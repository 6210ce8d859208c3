"""Send tasks that are ready to the workers' queues, in the order of their turns.

The broker holds a few messages a slot; the table keeps the rest, and the order. What
comes later and is to be done sooner is put before them: messages that no worker has
taken are taken back, and sent again behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from farm.broker import Broker, Message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from farm.broker import Waiting
    from farm.jobs.records import Turn
    from farm.jobs.table import JobTable

WAITING_LIMIT = 256
"""Messages that may wait in one queue."""
FEWEST_WAITING = 32
"""So many may always wait: a second of work at least, when tasks are short."""
_A_SLOT = 4
"""So many may wait for each slot that serves the queue."""


class Sent(NamedTuple):
    """What came of a round."""

    new: int
    """Messages that are new in their queue."""
    enough: bool
    """Whether so many waited in each queue that the next round may come later."""


def send_ready(
    table: JobTable,
    broker: Broker,
    *,
    resend_seconds: float,
    slots: Mapping[str, int] | None = None,
    limit_of: Callable[[str], int | None] = lambda _: None,
) -> Sent:
    """Send what is queued and due.

    A task that nobody has claimed after `resend_seconds` is sent again, unless its
    message still waits. What is sent twice all the same is claimed once.

    Args:
        table: the job table.
        broker: it is asked and told only where tasks are queued.
        resend_seconds: how long a message may be on its way.
        slots: how many slots serve each queue; ``None``: the table is asked.
        limit_of: most tasks that an owner may have at work; ``None``: any number.
    """
    levels = table.levels()
    if not levels:
        return Sent(new=0, enough=False)
    waiting = broker.messages([queue.value for queue in levels])
    if slots is None:
        slots = table.slots()
    turns = table.turns(
        levels,
        room={queue: _room(slots.get(queue.value, 0)) for queue in levels},
        waiting={each.task_id for found in waiting.values() for each in found},
        resend_seconds=resend_seconds,
        limit_of=limit_of,
    )
    new = sum(
        _arrange(table, broker, waiting[queue.value], found)
        for queue, found in turns.items()
    )
    fewest = min(len(waiting[queue.value]) for queue in levels)
    return Sent(new=new, enough=fewest >= FEWEST_WAITING // 2)


def _room(slots: int) -> int:
    return min(WAITING_LIMIT, max(FEWEST_WAITING, _A_SLOT * slots))


def _arrange(
    table: JobTable, broker: Broker, waiting: Sequence[Waiting], turns: Sequence[Turn]
) -> int:
    """Bring the messages of a queue into the order of the turns."""
    wanted = {turn.task_id for turn in turns}
    in_line = [message for message in waiting if message.task_id in wanted]
    # of the others a worker has just taken one, or it is over, or has no turn any more
    others = [message for message in waiting if message.task_id not in wanted]
    right = _count_right(in_line, turns)
    recalled = broker.recall([*others, *in_line[right:]])
    there = {message.task_id for message in in_line}
    to_send = [
        turn
        for turn in turns[right:]
        if turn.task_id in recalled or (turn.is_due and turn.task_id not in there)
    ]
    broker.send(map(_message, to_send))
    sent = [turn.task_id for turn in to_send]
    still_due = [turn.task_id for turn in turns[:right] if turn.is_due]
    table.mark_sent([*still_due, *sent])
    return len(set(sent) - recalled)


def _count_right(waiting: Sequence[Waiting], turns: Sequence[Turn]) -> int:
    """Return how many messages from the start are where they should be."""
    for number, (message, turn) in enumerate(zip(waiting, turns, strict=False)):
        if message.task_id != turn.task_id:
            return number
    return min(len(waiting), len(turns))


def _message(turn: Turn) -> Message:
    return Message(
        task_id=turn.task_id,
        kind=turn.kind.value,
        queue=turn.queue.value,
        priority=turn.priority,
        job_id=turn.job_id,
        task_name=turn.name,
    )
