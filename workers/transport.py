"""Take messages from the broker, and drop those that are none of the farm's.

At a message that it cannot read, Kombu ends the whole worker; at one that breaks off in
Celery the worker runs on and takes no message any more. Whoever may write to the broker
could stop the farm so by one byte. Here such a message costs a line of the log.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from typing import Any

from kombu.transport import TRANSPORT_ALIASES
from kombu.transport.redis import Channel as RedisChannel
from kombu.transport.redis import Transport as RedisTransport

from farm.jobs.status import Queue, TaskKind
from farm.logs import get_log

_QUEUES = frozenset(queue.value for queue in Queue)
_KINDS = frozenset(kind.value for kind in TaskKind)
_TASK_ID = re.compile(r"[0-9a-z]{1,32}-[0-9]{1,15}")
_SCHEMES = ("redis", "rediss")

_log = get_log(__name__)


class Channel(RedisChannel):
    """A channel that drops what is no JSON."""

    def _brpop_read(self, **options: Any) -> Any:  # noqa: ANN401  # as kombu calls it
        try:
            return super()._brpop_read(**options)  # type: ignore[no-untyped-call]
        except ValueError as error:  # before anybody has seen it
            _log.warning("message_dropped", error=str(error))
            return True  # something was taken


class Transport(RedisTransport):
    """Redis, without what is no message of the farm."""

    Channel = Channel

    def _deliver(self, message: Any, queue: str) -> None:  # noqa: ANN401  # any JSON
        is_ours = is_task if queue in _QUEUES else is_message
        if is_ours(message):
            super()._deliver(message, queue)  # type: ignore[no-untyped-call]
        else:
            _log.warning("message_dropped", queue=queue, error="it is none of the farm")


def is_message(message: Any) -> bool:  # noqa: ANN401  # any JSON
    """Whether this is a message as Kombu writes it."""
    match message:
        case {
            "headers": dict(),
            "body": str(),
            "content-type": "application/json",
            "content-encoding": str(),
            "properties": {"delivery_tag": str(), "delivery_info": dict()},
        }:
            return True
    return False


def is_task(message: Any) -> bool:  # noqa: ANN401  # any JSON
    """Whether this is a message that wakes a worker for a task."""
    if not is_message(message):
        return False
    headers, properties = message["headers"], message["properties"]
    try:
        body = json.loads(
            b64decode(message["body"], validate=True)
            if properties.get("body_encoding") == "base64"
            else message["body"]
        )
    except ValueError:
        return False
    match body:
        case [[str(task_id)], dict(), dict()]:
            return (
                _TASK_ID.fullmatch(task_id) is not None
                and headers.get("id") == task_id
                and headers.get("task") in _KINDS
            )
    return False


def use_transport() -> None:
    """Let all connections of this process drop what is none of the farm's."""
    for scheme in _SCHEMES:
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
