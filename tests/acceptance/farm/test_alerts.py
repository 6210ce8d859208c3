"""An alert of a real farm fires, is sent, and ends when a worker starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.acceptance.farm.receiver import SECRET, assert_signed, receiving
from tests.acceptance.farm.rig import Rig, until

if TYPE_CHECKING:
    from pathlib import Path


def test_a_queue_without_workers_is_told_and_ends(tmp_path: Path) -> None:
    own = {
        "name": "nobody_works",
        "metric": "farm_queue_unserved_tasks",
        "operator": ">=",
        "threshold": 2,
        "for_seconds": 0.5,
        "severity": "critical",
    }
    with (
        receiving(fail_first=1) as receiver,
        Rig.started(
            tmp_path,
            alert_seconds=0.5,
            alert_webhook_url=receiver.url,
            webhook_secret=SECRET,
            webhook_allow_private=True,
            alerts=[own],
        ) as rig,
    ):
        job = rig.submit(0.1, 0.1)
        until(lambda: len(receiver.got) == 2)  # the second try
        rig.start_worker()
        rig.wait_completed(job)
        until(lambda: len(receiver.got) == 3)
        with rig.table() as table:
            until(lambda: table.outbox.read()[0].state == "sent")
            alerts, sent = table.alerts.read(), table.outbox.read()

    mine = [alert for alert in alerts if alert.rule == "nobody_works"]
    assert [alert.state for alert in mine] == ["resolved"]
    assert mine[0].labels == {"queue": "cpu.batch"}
    assert mine[0].value == 2
    states = [body["state"] for body in receiver.bodies()]
    assert states == ["firing", "firing", "resolved"]
    assert_signed(receiver)
    first, again = (headers["X-Farm-Delivery"] for headers, _ in receiver.got[:2])
    assert first == again
    assert [(each.state, each.tries) for each in sent] == [("sent", 1), ("sent", 2)]
