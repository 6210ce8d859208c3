"""An alert of a real farm fires, is sent, and ends when a worker starts."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from farm.monitor.webhook import sign
from tests.acceptance.farm.rig import Rig, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "what nobody else knows"


class Receiver(ThreadingHTTPServer):
    """Takes webhooks; answers 500 to the first so many."""

    def __init__(self, *, fail_first: int = 0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.fail_first = fail_first
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.url = f"http://127.0.0.1:{self.server_port}/farm?from=test"

    def bodies(self) -> list[dict[str, object]]:
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


def test_a_queue_without_workers_is_told_and_ends(tmp_path: Path) -> None:
    own = {
        "name": "nobody_works",
        "metric": "farm_queue_unserved_tasks",
        "operator": ">=",
        "threshold": 2,
        "for_seconds": 0.5,
        "severity": "critical",
    }
    with receiving(fail_first=1) as receiver:
        rig = Rig.make(
            tmp_path,
            alert_seconds=0.5,
            alert_webhook_url=receiver.url,
            webhook_secret=SECRET,
            webhook_allow_private=True,
            alerts=[own],
        )
        try:
            rig.start_valkey()
            rig.start_coordinator()
            job = rig.submit(0.1, 0.1)
            until(lambda: len(receiver.got) == 2)  # the second try
            rig.start_worker()
            rig.wait_completed(job)
            until(lambda: len(receiver.got) == 3)
            with rig.table() as table:
                until(lambda: table.outbox.read()[0].state == "sent")
                alerts, sent = table.alerts.read(), table.outbox.read()
        finally:
            rig.stop()

    mine = [alert for alert in alerts if alert.rule == "nobody_works"]
    assert [alert.state for alert in mine] == ["resolved"]
    assert mine[0].labels == {"queue": "cpu.batch"}
    assert mine[0].value == 2
    states = [body["state"] for body in receiver.bodies()]
    assert states == ["firing", "firing", "resolved"]
    for headers, body in receiver.got:
        timestamp = int(headers["X-Farm-Timestamp"])
        expected = sign(SECRET, timestamp=timestamp, body=body)
        assert headers["X-Farm-Signature"] == expected
    first, again = (headers["X-Farm-Delivery"] for headers, _ in receiver.got[:2])
    assert first == again
    assert [(each.state, each.tries) for each in sent] == [("sent", 1), ("sent", 2)]
