"""Send what the outbox holds, beside everything else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from farm.errors import FarmUnavailable
from farm.logs import get_log
from farm.monitor.webhook import build_headers, post

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.jobs.outbox import Outbox
    from farm.jobs.records import Delivery
    from farm.jobs.table import JobTable
    from farm.settings import Settings

_AT_ONCE = 4
"""A receiver that does not answer keeps one of these for ten seconds."""

_log = get_log(__name__)


def send_news(table: JobTable, settings: Settings) -> None:
    """Write what webhooks of jobs are to hear, and send all that is due."""
    table.webhooks.tell(progress_seconds=settings.webhook_progress_seconds)
    send_due(table.outbox, settings)


def send_due(outbox: Outbox, settings: Settings) -> int:
    """Send the messages that are due; return how many were tried."""
    if settings.webhook_secret is None:
        return 0
    due = outbox.claim()
    # what one receiver hears of one job comes in the order in which it happened
    in_order: dict[tuple[str | None, str], list[Delivery]] = {}
    for delivery in due:
        in_order.setdefault((delivery.job_id, delivery.url), []).append(delivery)
    if due:
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="webhook") as threads:
            list(threads.map(partial(_send_all, outbox, settings), in_order.values()))
    return len(due)


def _send_all(
    outbox: Outbox, settings: Settings, deliveries: Sequence[Delivery]
) -> None:
    for delivery in deliveries:
        _send(outbox, settings, delivery)


def _send(outbox: Outbox, settings: Settings, delivery: Delivery) -> None:
    if settings.webhook_secret is None:
        return
    body = delivery.body.encode("utf-8")
    status, error = post(
        delivery.url,
        body,
        headers=build_headers(
            secret=settings.webhook_secret,
            event=delivery.event,
            delivery=delivery.id,
            body=body,
        ),
        allow_private=settings.webhook_allow_private,
    )
    if error:
        _log.warning("webhook_missed", delivery=delivery.id, error=error)
    try:
        outbox.note(delivery, http_status=status, error=error)
    except FarmUnavailable as missed:  # it is sent again a minute later
        _log.warning("webhook_not_noted", error=missed.message)
