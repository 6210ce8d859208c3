"""Serve the metrics over HTTP: ``/metrics``, ``/healthz`` and ``/readyz``.

Nothing of it needs a password: it listens on the loopback interface unless the
setting ``metrics_host`` says otherwise.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from farm.errors import InvalidSettings
from farm.logs import get_log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeAlias

    Page: TypeAlias = Callable[[], tuple[int, str]]
    """Returns an HTTP status and a text."""

_READ_SECONDS = 10.0
"""How long a client may take for its request."""

_log = get_log(__name__)


@contextmanager
def serve_pages(host: str, port: int, pages: Mapping[str, Page]) -> Iterator[int]:
    """Serve pages by path while the block runs; yield the port.

    Raises:
        InvalidSettings: when nobody can listen there.
    """
    try:
        server = ThreadingHTTPServer((host, port), _handler(pages))
    except OSError as error:
        raise InvalidSettings(
            f"metrics cannot be served on {host}:{port}: {error.strerror}; "
            "give another port (--metrics-port, or the setting metrics_port)"
        ) from error
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    _log.info("metrics_served", host=host, port=server.server_port)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(pages: Mapping[str, Page]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers GET and HEAD."""

        timeout = _READ_SECONDS
        server_version = "renderfarm"
        sys_version = ""

        def do_GET(self) -> None:
            """Send a page."""
            self._answer(with_body=True)

        def do_HEAD(self) -> None:
            """Send the head of a page."""
            self._answer(with_body=False)

        def _answer(self, *, with_body: bool) -> None:
            page = pages.get(self.path.partition("?")[0])
            status, text = page() if page else (404, "there is no such page\n")
            body = text.encode("utf-8")
            self.send_response(status)
            self.send_header("Content-Type", CONTENT_TYPE_PLAIN_0_0_4)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if with_body:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # named as in the base
            _log.debug("metrics_asked", line=format % args)

    return Handler
