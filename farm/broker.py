"""The bell: wakes workers with the id of a task, and knows nothing else of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from celery import Celery
from kombu.entity import Queue as CeleryQueue
from kombu.exceptions import BatchPublishError, OperationalError
from redis import Redis
from redis.exceptions import RedisError

from farm.errors import BrokerUnavailable
from farm.wire import read_task_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KEY_PREFIX = "farm:"
PRIORITY_STEPS = tuple(range(10))
INTERACTIVE_STEPS = 4
"""The first steps are for interactive queues, so that they always come first."""
SEPARATOR = "~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What wakes a worker, and what Flower shows of it."""

    task_id: str
    kind: str
    queue: str
    priority: int
    """0 (last) to 9 (first), as in the job table."""
    job_id: str
    task_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A message that no worker has taken yet."""

    task_id: str
    key: str
    raw: bytes


def build_app(url: str, *, queues: Iterable[str], prefix: str = KEY_PREFIX) -> Celery:
    """Return the Celery application of the farm, without any task."""
    app = Celery("farm", broker=url, set_as_current=False)
    app.conf.update(
        broker_transport="farm.wire:Transport",  # drops what has another shape
        # delivery: the broker only wakes; the job table claims, leases and fences
        task_acks_late=False,  # nothing unacked: no duplicates, no crash of 5.7.0
        task_reject_on_worker_lost=False,  # the table counts attempts, the broker not
        worker_disable_prefetch=True,  # fetch for a free slot only
        worker_prefetch_multiplier=1,  # the bound where the line above has no effect
        # a blip of the broker must not end a render
        worker_cancel_long_running_tasks_on_connection_loss=False,
        task_ignore_result=True,  # a dead result store would fail good work
        result_backend=None,  # results live in the job table
        task_track_started=False,  # means nothing without results
        task_serializer="json",
        accept_content=["json"],
        # routing
        task_queues=[_queue(name) for name in queues],
        task_create_missing_queues=False,  # a wrong name raises, and loses nothing
        task_default_priority=6,  # 0 is the first on Redis and would be the default
        # limits: the runner of FFmpeg has them, and ends what it started
        task_soft_time_limit=None,
        task_time_limit=None,
        worker_max_tasks_per_child=1000,  # against what libraries leak
        worker_proc_alive_timeout=30,  # a machine full of FFmpeg is slow
        # connection
        broker_connection_retry_on_startup=True,  # they start at the same time
        broker_connection_max_retries=None,  # a farm waits for its broker
        broker_connection_timeout=3,
        broker_transport_options={
            "visibility_timeout": 3600,  # nothing is unacked; above any control task
            "socket_timeout": 5,  # else sending to a frozen broker waits for ever
            "socket_connect_timeout": 3,
            "socket_keepalive": True,
            "health_check_interval": 15,  # finds a half-open connection
            "global_keyprefix": prefix,  # one Redis may serve others too
            "priority_steps": list(PRIORITY_STEPS),
            "sep": SEPARATOR,  # can be read in the names of keys
            "queue_order_strategy": "priority",  # queues in the order of the worker
        },
        task_publish_retry=False,  # the coordinator sends again by itself
        # logs are those of the farm
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        # monitoring
        worker_send_task_events=True,  # Flower
        task_send_sent_event=True,  # Flower shows what waits
        event_queue_expires=60,  # events of a Flower that left are dropped
    )
    return app


def broker_priority(queue: str, priority: int) -> int:
    """Return the step of a priority in the broker, where 0 is the first."""
    late = 9 - min(max(priority, 0), 9)
    if queue.endswith(".interactive"):
        return late * INTERACTIVE_STEPS // 10
    batch_steps = len(PRIORITY_STEPS) - INTERACTIVE_STEPS
    return INTERACTIVE_STEPS + late * batch_steps // 10


class Broker:
    """Sends messages to workers; all of it may be lost at any time."""

    def __init__(
        self, url: str, *, queues: Iterable[str], prefix: str = KEY_PREFIX
    ) -> None:
        self._queues = tuple(queues)
        self._prefix = prefix
        self._app = build_app(url, queues=self._queues, prefix=prefix)
        # the coordinator comes back by itself, and has other things to do meanwhile
        self._app.conf.broker_transport_options |= {
            "max_retries": 1,
            "interval_start": 0,
            "connect_retries_timeout": 1,
        }
        self._redis: Redis = Redis.from_url(
            url, socket_timeout=2, socket_connect_timeout=2, retry=None
        )

    def send(self, messages: Iterable[Message]) -> None:
        """Ring for tasks; raise `BrokerUnavailable` when it cannot be told of all."""
        gathered = [*messages]
        if not gathered:
            return
        try:
            # all in one round trip, with the events that show them
            with self._app.producer_or_acquire() as producer, producer.batch():
                for message in gathered:
                    self._send(producer, message)
        except (BatchPublishError, OperationalError, RedisError, OSError) as error:
            raise _unavailable(error) from error

    def waiting(self, queue: str) -> set[str]:
        """Return the ids of the tasks whose message no worker has taken yet."""
        return {message.task_id for message in self.messages([queue])[queue]}

    def messages(self, queues: Iterable[str]) -> dict[str, list[Waiting]]:
        """Return what waits in queues, in the order in which workers take it.

        What is no message of the farm is left out: workers drop it.
        """
        keys = {
            queue: [self._key(queue, step) for step in PRIORITY_STEPS]
            for queue in queues
        }
        try:
            with self._redis.pipeline(transaction=False) as pipeline:
                for key in (key for of_queue in keys.values() for key in of_queue):
                    pipeline.lrange(key, 0, -1)
                lists: list[list[bytes]] = pipeline.execute()
        except RedisError as error:
            raise _unavailable(error) from error
        found = iter(lists)
        return {
            queue: [
                Waiting(task_id=task_id, key=key, raw=raw)
                for key in of_queue
                for raw in reversed(next(found))  # what was sent first is at the end
                if (task_id := read_task_id(raw)) is not None
            ]
            for queue, of_queue in keys.items()
        }

    def recall(self, messages: Sequence[Waiting]) -> set[str]:
        """Take messages back; return the tasks whose message no worker had taken."""
        if not messages:
            return set()
        try:
            with self._redis.pipeline(transaction=False) as pipeline:
                for message in messages:
                    pipeline.lrem(message.key, 1, message.raw)  # type: ignore[arg-type]
                removed: list[int] = pipeline.execute()
        except RedisError as error:
            raise _unavailable(error) from error
        return {
            message.task_id
            for message, count in zip(messages, removed, strict=True)
            if count
        }

    def evicts(self) -> str | None:
        """Return the policy by which it may drop messages; ``None``: it keeps all."""
        try:
            facts: dict[str, object] = self._redis.info("memory")
        except RedisError as error:
            raise _unavailable(error) from error
        policy = str(facts.get("maxmemory_policy", "noeviction"))
        is_bounded = bool(facts.get("maxmemory"))
        return policy if is_bounded and policy != "noeviction" else None

    def close(self) -> None:
        """Close the connections."""
        self._app.close()
        self._redis.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _key(self, queue: str, step: int) -> str:
        key = f"{self._prefix}{queue}"
        return f"{key}{SEPARATOR}{step}" if step else key

    def _send(self, producer: Any, message: Message) -> None:  # noqa: ANN401
        self._app.send_task(
            message.kind,
            args=(message.task_id,),
            task_id=message.task_id,
            queue=message.queue,
            priority=broker_priority(message.queue, message.priority),
            argsrepr=f"('{message.task_id}',)",
            kwargsrepr=f"{{'job': '{message.job_id}', 'task': '{message.task_name}'}}",
            producer=producer,
            retry=False,
            ignore_result=True,
        )


def _queue(name: str) -> CeleryQueue:
    # who takes a message has it: the table knows what is to be done
    return CeleryQueue(name, no_ack=True)  # type: ignore[no-untyped-call]  # kombu has few types


def _unavailable(error: Exception) -> BrokerUnavailable:
    return BrokerUnavailable(f"the broker cannot be reached: {error}")
