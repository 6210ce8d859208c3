"""A coordinator behind a broker that sends each message twice, late and out of order.

Run as a program with the settings of the environment.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from farm.broker import Broker
from farm.coordinator import run
from farm.errors import BrokerUnavailable
from farm.logs import set_up_logs
from farm.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from farm.broker import Message

_LATEST_SECONDS = 1.5
_TICK_SECONDS = 0.05


class UnfairBroker(Broker):
    """Sends each message twice, each time after a delay of its own."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]  # handed on
        self._chance = random.Random(7)  # noqa: S311  # no secret
        self._held: list[tuple[float, Message]] = []
        self._lock = threading.Lock()
        threading.Thread(target=self._deliver, daemon=True).start()

    def send(self, messages: Iterable[Message]) -> None:
        """Hold all of them back."""
        now = time.monotonic()
        with self._lock:
            for message in [each for each in messages for _ in range(2)]:
                at = now + self._chance.uniform(0, _LATEST_SECONDS)
                self._held.append((at, message))

    def _deliver(self) -> None:
        while True:
            time.sleep(_TICK_SECONDS)
            now = time.monotonic()
            with self._lock:
                due = [message for at, message in self._held if at <= now]
                self._held = [each for each in self._held if each[0] > now]
            self._chance.shuffle(due)
            with suppress(BrokerUnavailable):
                super().send(due)


def main() -> int:
    """Run the coordinator."""
    settings = Settings.read()
    set_up_logs(level=settings.log_level, log_format=settings.log_format)
    run.Broker = UnfairBroker  # type: ignore[attr-defined]  # but unfair
    run.run_coordinator(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
