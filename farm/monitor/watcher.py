"""What a coordinator does beside its loop: sums, metrics, alerts, webhooks."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from functools import cached_property
from typing import TYPE_CHECKING, Self

from farm.errors import FarmUnavailable
from farm.logs import get_log
from farm.monitor.rules import all_rules, find_breaches

if TYPE_CHECKING:
    from collections.abc import Callable

    from farm.jobs.table import JobTable
    from farm.live import Live
    from farm.monitor.exporter import Exporter
    from farm.settings import Settings

LOOK_SECONDS = 1.0
"""How often events are added to the sums."""
_STUCK_SECONDS = 60.0
"""A loop that has not turned for so long is not well."""

_log = get_log(__name__)


class Watcher:
    """Watches the farm in threads of its own while the block runs."""

    def __init__(self, settings: Settings, *, table: JobTable, live: Live) -> None:
        self._settings = settings
        self._table = table
        self._live = live
        self._turned = time.monotonic()
        self._done = threading.Event()
        self._rules = all_rules(settings)
        _check_webhook(settings)
        self._next_alerts = time.monotonic() + settings.alert_seconds
        self._threads = [
            threading.Thread(target=self._repeat, args=(act,), name=name, daemon=True)
            for name, act in (("watcher", self._look), ("sender", self._send))
        ]
        self._served = ExitStack()
        self.port: int | None = None
        """Where the metrics are served."""

    @cached_property
    def _exporter(self) -> Exporter:
        # what it loads would let a farm start later
        from farm.monitor.exporter import Exporter

        return Exporter(
            self._settings, table=self._table, live=self._live, is_coordinator=True
        )

    def turn(self) -> None:
        """Note that the loop of the coordinator turned."""
        self._turned = time.monotonic()

    def __enter__(self) -> Self:
        settings = self._settings
        if settings.metrics_port is not None:
            from farm.monitor.serve import serve_pages

            pages = {
                "/metrics": lambda: (200, self._exporter.text()),
                "/healthz": self._tell_health,
                "/readyz": self._tell_ready,
            }
            serving = serve_pages(settings.metrics_host, settings.metrics_port, pages)
            self.port = self._served.enter_context(serving)
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._served.close()
        for thread in self._threads:
            thread.join()
        try:
            self._send()  # what the last job of a private farm has to tell
        except FarmUnavailable as error:
            _log.warning("webhooks_left", error=error.message)

    def _repeat(self, act: Callable[[], None]) -> None:
        while not self._done.wait(LOOK_SECONDS):
            try:
                act()
            except FarmUnavailable as error:  # the loop says so, too
                _log.debug("watching_missed", error=error.message)
            except Exception:  # noqa: BLE001  # watching goes on
                _log.exception("watching_broke")

    def _look(self) -> None:
        self._table.sums.add_up()
        if time.monotonic() >= self._next_alerts:
            self._next_alerts = time.monotonic() + self._settings.alert_seconds
            self._evaluate()

    def _evaluate(self) -> None:
        changed = self._table.alerts.update(
            find_breaches(self._rules, self._exporter.samples()),
            webhook=self._settings.alert_webhook_url,
        )
        for alert in changed:
            _log.warning(
                f"alert_{alert.state}",
                alert=alert.rule,
                value=alert.value,
                labels=alert.labels,
            )

    def _send(self) -> None:
        if self._settings.webhook_secret is None:
            return  # what is to be sent waits for one
        from farm.monitor.send import send_news

        send_news(self._table, self._settings)

    def _tell_health(self) -> tuple[int, str]:
        ago = time.monotonic() - self._turned
        if ago > _STUCK_SECONDS:
            return 503, f"the coordinator has done nothing for {ago:.0f} s\n"
        return 200, "ok\n"

    def _tell_ready(self) -> tuple[int, str]:
        try:
            self._table.now()
        except FarmUnavailable as error:
            return 503, f"{error.message}\n"
        if not self._live.is_up():
            return 503, "the broker does not answer\n"
        return 200, "ok\n"


def _check_webhook(settings: Settings) -> None:
    if settings.alert_webhook_url is not None:
        from farm.monitor.webhook import check_alert_webhook

        check_alert_webhook(settings)
