"""A server that webhooks are sent to."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from farm.monitor.webhook import sign

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "what nobody else knows"


class Receiver(ThreadingHTTPServer):
    """Takes webhooks; answers 500 to the first so many."""

    def __init__(self, *, fail_first: int = 0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.fail_first = fail_first
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.url = f"http://127.0.0.1:{self.server_port}/farm?from=test"

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        failed = len(self.server.got) <= self.server.fail_first
        self.send_response(500 if failed else 204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        del format, args


@contextmanager
def receiving(*, fail_first: int = 0) -> Iterator[Receiver]:
    receiver = Receiver(fail_first=fail_first)
    thread = threading.Thread(target=receiver.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        receiver.server_close()
        thread.join()


def assert_signed(receiver: Receiver) -> None:
    """Check the signature of all that was received."""
    assert receiver.got
    for headers, body in receiver.got:
        timestamp = int(headers["X-Farm-Timestamp"])
        expected = sign(SECRET, timestamp=timestamp, body=body)
        assert headers["X-Farm-Signature"] == expected
