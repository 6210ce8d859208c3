"""Messages that are none of the farm's, each wrong in another way."""

from __future__ import annotations

import base64
import json
import pickle


def _body(held: object) -> str:
    return base64.b64encode(json.dumps(held).encode()).decode()


_EMBEDDED = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
_HEADERS = {"lang": "py", "task": "segment", "id": "task"}
_PROPERTIES = {
    "delivery_info": {"exchange": "", "routing_key": "cpu.batch"},
    "delivery_tag": "tag",
    "body_encoding": "base64",
    "priority": 0,
}
_MESSAGE = {
    "body": _body([["task"], {}, _EMBEDDED]),
    "content-encoding": "utf-8",
    "content-type": "application/json",
    "headers": _HEADERS,
    "properties": _PROPERTIES,
}
GOOD = json.dumps(_MESSAGE).encode()


def changed(**parts: object) -> bytes:
    """Return the good message with other parts; ``None`` takes one away."""
    message = {**_MESSAGE, **parts}
    kept = {name: each for name, each in message.items() if each is not None}
    return json.dumps(kept).encode()


_CHAIN = {"task": "segment", "args": ["task"]}
GARBAGE = (
    b"",
    b"garbage",
    b"{",
    b"[]",
    b"null",
    b"123",
    b'"text"',
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b"{}",
    b'{"headers": {}}',
    pickle.dumps({"headers": _HEADERS}),
    changed(body="not base64!!"),
    changed(body=base64.b64encode(b"no JSON").decode()),
    changed(body=base64.b64encode(b"[" * 3000).decode()),
    changed(body=_body([["task"], {}, _EMBEDDED, "x" * 10_000])),
    changed(body=_body([[], {}, _EMBEDDED])),
    changed(body=_body([["other"], {}, _EMBEDDED])),
    changed(body=_body([[{"id": "task"}], {}, _EMBEDDED])),
    changed(body=_body([["task", "task"], {}, _EMBEDDED])),
    changed(body=_body([["task"], {"settings": {}}, _EMBEDDED])),
    changed(body=_body([["task"], {}, {**_EMBEDDED, "callbacks": [_CHAIN]}])),
    changed(body=_body([["task"], {}, {**_EMBEDDED, "chain": [_CHAIN]}])),
    changed(body=_body({"task": "segment", "args": 5})),
    changed(**{"content-type": "application/x-python-serialize"}),
    changed(**{"content-encoding": "zip"}),
    changed(headers={}),
    changed(headers=None),
    changed(headers="text"),
    changed(headers={**_HEADERS, "id": ["task"]}),
    changed(headers={**_HEADERS, "id": "../task"}),
    changed(headers={**_HEADERS, "task": None}),
    changed(headers={**_HEADERS, "eta": "2999-01-01T00:00:00Z"}),
    changed(headers={**_HEADERS, "compression": "application/x-gzip"}),
    changed(properties={}),
    changed(properties=None),
    changed(properties="text"),
    changed(properties={**_PROPERTIES, "delivery_info": None}),
    changed(properties={**_PROPERTIES, "delivery_tag": None}),
    changed(properties={**_PROPERTIES, "body_encoding": "rot13"}),
)
"""None of them may reach Celery, let alone a task."""
