"""What may come over the broker: JSON of one shape; all else is dropped and counted.

A message wakes a worker with the id of a task. Whoever can write to the broker's server
can write anything: Celery and kombu would end the worker on what they cannot read.

```
{"headers": {"id": …, "task": kind, …}, "properties": {…},
 "content-type": "application/json", "content-encoding": "utf-8",
 "body": base64 of [[id], {}, {"callbacks": null, …}]}
```
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any, TypeAlias

from kombu.exceptions import KombuError
from kombu.transport import redis, virtual
from kombu.transport.virtual import Empty

from farm.logs import get_log

if TYPE_CHECKING:
    from collections.abc import Mapping

_Json: TypeAlias = Any  # of strangers

_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_LONGEST_BODY = 4096
#: Ways in which a message could make Celery do something else, or at another time.
_HEADERS_UNSET = ("eta", "expires", "group", "compression")
_EMBEDDED_UNSET = ("callbacks", "errbacks", "chain", "chord")
_MALFORMED = (KombuError, ValueError, TypeError, KeyError, AttributeError, LookupError)

_log = get_log(__name__)


def read_task_id(raw: bytes) -> str | None:
    """Return the id of the task that a message is about; ``None``: it is none."""
    try:
        message = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return None if find_flaw(message) else str(message["headers"]["id"])


def find_flaw(message: _Json) -> str | None:
    """Return what is wrong with a message for a worker; ``None``: nothing."""
    if not isinstance(message, dict):
        return "it is no object"
    headers, properties = message.get("headers"), message.get("properties")
    if not isinstance(headers, dict) or not isinstance(properties, dict):
        return "it has no headers or properties"
    form = message.get("content-type"), message.get("content-encoding")
    if form != ("application/json", "utf-8"):
        return "its body is no JSON"
    return _headers_flaw(headers, properties) or _body_flaw(
        message.get("body"), properties, task_id=headers["id"]
    )


def _headers_flaw(
    headers: Mapping[str, _Json], properties: Mapping[str, _Json]
) -> str | None:
    if not _is_word(headers.get("id")) or not _is_word(headers.get("task")):
        return "it names no task"
    if any(headers.get(name) is not None for name in _HEADERS_UNSET):
        return "it asks for more than to wake a worker"
    if not isinstance(properties.get("delivery_tag"), str):
        return "it has no tag"
    place = properties.get("delivery_info")
    if not isinstance(place, dict) or properties.get("body_encoding") != "base64":
        return "its properties are not those of the farm"
    return None


def _body_flaw(
    body: _Json, properties: Mapping[str, _Json], *, task_id: str
) -> str | None:
    del properties
    if not isinstance(body, str) or len(body) > _LONGEST_BODY:
        return "it has no body, or one that is too long"
    try:
        held = json.loads(base64.b64decode(body, validate=True))
    except (ValueError, binascii.Error, RecursionError):
        return "its body is no JSON"
    match held:
        case [[str(named)], {**words}, {**embedded}] if not words:
            unset = all(embedded.get(name) is None for name in _EMBEDDED_UNSET)
            return None if unset and named == task_id else "its body is about another"
        case _:
            return "its body has another shape"


def _is_word(value: _Json) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


class Message(virtual.Message):
    """A message that whoever takes it has: the broker is told nothing more of it.

    What becomes of its task is told to the job table.
    """

    def ack_log_error(self, *_: object, **__: object) -> None:
        """Be done with it."""
        self._state = "ACK"

    def reject_log_error(self, *_: object, **__: object) -> None:
        """Refuse it."""
        self._state = "REJECTED"


class Channel(redis.Channel):
    """Takes messages from their lists, and drops those that are not even JSON."""

    Message = Message

    def _brpop_read(self, **options: Any) -> bool:  # noqa: ANN401  # handed on
        try:
            taken: bool = super()._brpop_read(**options)  # type: ignore[no-untyped-call]
        except (ValueError, RecursionError) as error:  # of reading its JSON
            _drop("", str(error))
            raise Empty from error
        return taken

    def _receive_one(self, client: _Json) -> _Json:
        try:
            return super()._receive_one(client)  # type: ignore[no-untyped-call]
        except (ValueError, RecursionError) as error:
            _drop("news", str(error))
            return False

    def _get(self, queue: str, timeout: float | None = None) -> _Json:
        del timeout
        try:
            return super()._get(queue)  # type: ignore[no-untyped-call]
        except (ValueError, RecursionError) as error:
            _drop(queue, str(error))
            raise Empty from error


class Transport(redis.Transport):
    """Kombu's way to Redis, which hands on messages of the known shape alone."""

    Channel = Channel

    def _deliver(self, message: _Json, queue: str) -> None:
        if queue.startswith(("cpu.", "gpu.")):
            if flaw := find_flaw(message):
                _drop(queue, flaw)
                return
            super()._deliver(message, queue)  # type: ignore[no-untyped-call]
            return
        try:  # news of workers, for Flower: nothing depends on them
            super()._deliver(message, queue)  # type: ignore[no-untyped-call]
        except _MALFORMED as error:
            _drop(queue, str(error))


def _drop(queue: str, why: str) -> None:
    _log.warning("message_dropped", queue=queue, error=why[:200])
