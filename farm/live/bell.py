"""The bell that wakes who waits for something to change."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from redis.exceptions import RedisError

from farm.logs import get_log

if TYPE_CHECKING:
    from redis import Redis
    from redis.client import PubSub

_log = get_log(__name__)


class Bell:
    """Waits for `Live.notify`; for one thread."""

    def __init__(self, redis: Redis, channel: str) -> None:
        self._redis = redis
        self._channel = channel
        self._subscribed: PubSub | None = None

    def wait(self, seconds: float) -> set[str]:
        """Wait until the bell rings, or so long; swallow all earlier rings.

        Returns what `notify` was told, once each: jobs, and an empty text without one.
        """
        end = time.monotonic() + seconds
        rings: set[str] = set()
        try:
            subscribed = self._subscribe()
            rung = _ring(subscribed, seconds=seconds)
            while rung is not None:
                rings.add(rung)
                rung = _ring(subscribed, seconds=0)
        except RedisError as error:
            _log.debug("live_missed", error=str(error))
            self.close()
            time.sleep(max(0.0, end - time.monotonic()))
        return rings

    def close(self) -> None:
        """Stop listening."""
        if self._subscribed is not None:
            self._subscribed.close()
            self._subscribed = None

    def _subscribe(self) -> PubSub:
        if self._subscribed is None:
            subscribed: PubSub = self._redis.pubsub(  # type: ignore[no-untyped-call]
                ignore_subscribe_messages=True
            )  # redis types only a part
            subscribed.subscribe(self._channel)
            self._subscribed = subscribed
        return self._subscribed


def _ring(subscribed: PubSub, *, seconds: float) -> str | None:
    """Return what the bell says within so long; other messages do not count."""
    end = time.monotonic() + seconds
    while True:
        left = max(0.0, end - time.monotonic())
        message = subscribed.get_message(timeout=left)
        if message is not None:
            return str(message["data"])
        if left == 0.0:
            return None
