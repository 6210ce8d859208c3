"""What happens right now: progress by the moment, and hints that something changed.

All of it is in Redis and may be lost at any time: who is not woken by a hint looks at
the job table a moment later by itself. No call here raises because Redis is away.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Self, TypeVar

from redis import Redis
from redis.exceptions import RedisError

from farm.live.bell import Bell
from farm.live.told import Keys, LiveProgress, read_number, read_object, read_progress
from farm.logs import get_log

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


__all__ = ["Bell", "Live", "LiveProgress"]

_KEEP_SECONDS = 30
_QUIET_SECONDS = 1.0
"""How long Redis is not asked again after it did not answer."""
_TIMEOUT_SECONDS = 1.0
_T = TypeVar("_T")

_log = get_log(__name__)


class Live:
    """Progress and hints; safe to use from several threads."""

    def __init__(self, url: str, *, prefix: str = "farm:") -> None:
        self._keys = Keys(f"{prefix}live:")
        self._redis: Redis = Redis.from_url(
            url,
            socket_timeout=_TIMEOUT_SECONDS,
            socket_connect_timeout=_TIMEOUT_SECONDS,
            retry=None,
            decode_responses=True,
        )
        self._quiet_until = 0.0
        self._was_missed = False

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def is_up(self) -> bool:
        """Whether Redis answers now."""
        self._quiet_until = 0.0
        return self._try(lambda: bool(self._redis.ping()), otherwise=False)

    @property
    def is_away(self) -> bool:
        """Whether it did not answer when it was last asked."""
        return self._was_missed

    def notify(self, job_id: str | None = None) -> None:
        """Wake the coordinator; workers on the job look at the table at once."""

        def send() -> None:
            with self._redis.pipeline(transaction=False) as pipeline:
                if job_id is not None:
                    pipeline.incr(self._keys.changes(job_id))
                    pipeline.expire(self._keys.changes(job_id), _KEEP_SECONDS)
                pipeline.publish(self._keys.bell, job_id or "")
                pipeline.execute()

        self._try(send, otherwise=None)

    def say_task_ended(self, task_id: str, sums: Mapping[str, float]) -> None:
        """Wake the coordinator, in one round trip with what else is to be done.

        The task's progress is removed, and what its attempt counted is added to the
        sums of the whole farm.
        """

        def send() -> None:
            with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.publish(self._keys.bell, "")
                pipeline.delete(self._keys.task(task_id))
                for name, value in sums.items():
                    pipeline.hincrbyfloat(self._keys.sums, name, value)
                pipeline.execute()

        self._try(send, otherwise=None)

    def say_ended(self, job_id: str) -> None:
        """Wake who waits for the end of a job."""

        def send() -> None:
            with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.rpush(self._keys.ended(job_id), "")
                pipeline.expire(self._keys.ended(job_id), _KEEP_SECONDS)
                pipeline.execute()

        self._try(send, otherwise=None)

    def wait_ended(self, job_id: str, *, seconds: float) -> bool:
        """Wait until a job is said to have ended, or so long.

        Returns at once where it was said before, also of a job that is retried since.
        """
        key = self._keys.ended(job_id)
        within = min(seconds, _TIMEOUT_SECONDS / 2)

        def wait() -> bool:
            # what is said stays for others that wait: it goes round in its list
            said = self._redis.blmove(key, key, within)  # type: ignore[arg-type]
            return said is not None  # redis says int, its servers take parts of seconds

        return self._try(wait, otherwise=False)

    def report(
        self, task_id: str, *, job_id: str, progress: LiveProgress | None
    ) -> str | None:
        """Write the progress of a task; return how often its job was changed.

        Two different answers, one after the other, mean: look at the table.
        """

        def send() -> str | None:
            with self._redis.pipeline(transaction=False) as pipeline:
                if progress is not None:
                    pipeline.set(
                        self._keys.task(task_id),
                        json.dumps(asdict(progress)),
                        ex=_KEEP_SECONDS,
                    )
                pipeline.get(self._keys.changes(job_id))
                changes: str | None = pipeline.execute()[-1]
                return changes

        return self._try(send, otherwise=None)

    def progress(self, task_ids: Sequence[str]) -> dict[str, LiveProgress]:
        """Return what is known of these tasks; most know nothing."""
        if not task_ids:
            return {}

        def read() -> dict[str, LiveProgress]:
            found = self._redis.mget([self._keys.task(task_id) for task_id in task_ids])
            read = (
                (i, read_progress(text))
                for i, text in zip(task_ids, found, strict=True)
            )
            return {task_id: each for task_id, each in read if each is not None}

        return self._try(read, otherwise={})

    # --- metrics

    def sums(self) -> dict[str, float]:
        """Return the sums since the server was started."""

        def read() -> dict[str, float]:
            found = self._redis.hgetall(self._keys.sums)
            return {
                str(name): number
                for name, value in found.items()
                if (number := read_number(value)) is not None
            }

        return self._try(read, otherwise={})

    def tell(self, teller: str, readings: Mapping[str, Any]) -> None:
        """Tell readings of a machine; they hold until told anew, or for 30 seconds."""

        def send() -> None:
            with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.sadd(self._keys.tellers, teller)
                pipeline.set(
                    self._keys.told(teller), json.dumps(readings), ex=_KEEP_SECONDS
                )
                pipeline.execute()

        self._try(send, otherwise=None)

    def told(self) -> list[dict[str, Any]]:
        """Return the readings that hold."""

        def read() -> list[dict[str, Any]]:
            tellers = sorted(
                str(name) for name in self._redis.smembers(self._keys.tellers)
            )
            if not tellers:
                return []
            found = self._redis.mget([self._keys.told(teller) for teller in tellers])
            gone = [
                teller
                for teller, text in zip(tellers, found, strict=True)
                if text is None
            ]
            if gone:
                self._redis.srem(self._keys.tellers, *gone)
            read = (read_object(text) for text in found)
            return [each for each in read if each is not None]

        return self._try(read, otherwise=[])

    def round_trip(self) -> float | None:
        """Return how many seconds the server took to answer; ``None``: it did not."""

        def ask() -> float | None:
            self._redis.ping()  # opens the connection
            start = time.perf_counter()
            self._redis.ping()
            return time.perf_counter() - start

        return self._try(ask, otherwise=None)

    def server_info(self) -> dict[str, float]:
        """Return the numbers that the server tells of itself; none: it is away."""

        def read() -> dict[str, float]:
            found = self._redis.info()
            return {
                str(name): float(value)
                for name, value in found.items()
                if isinstance(value, int | float)
            }

        return self._try(read, otherwise={})

    def listen(self) -> Bell:
        """Return a bell that rings at every `notify` from now on."""
        return Bell(self._redis, self._keys.bell)

    def _try(self, act: Callable[[], _T], *, otherwise: _T) -> _T:
        if time.monotonic() < self._quiet_until:
            return otherwise
        try:
            done = act()
        except RedisError as error:
            self._quiet_until = time.monotonic() + _QUIET_SECONDS
            self._was_missed = True
            _log.debug("live_missed", error=str(error))
            return otherwise
        self._was_missed = False
        return done
