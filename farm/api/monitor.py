"""See how the farm is: metrics, alerts, events, and how long jobs take."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from farm.api.estimate import LAST_RUNS, summarise
from farm.api.submit import Submitter
from farm.jobs.bounds import MOST_OF_TABLE, check_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from farm.api.estimate import RunStats
    from farm.jobs.records import Alert, Event

_LOOK_SECONDS = 0.2


class Monitor(Submitter):
    """Methods that tell of the farm as a whole."""

    def metrics(self) -> str:
        """Return the metrics of the whole farm in Prometheus' text format.

        They are those that the coordinator serves at ``/metrics``; what only a running
        farm can tell is absent where none runs. `docs/metrics.md` lists all.

        Raises:
            TableUnavailable: when the job table cannot be opened.
        """
        from farm.monitor.exporter import Exporter  # other commands start without

        exporter = Exporter(self.settings, table=self._table, live=self._host.live)
        return exporter.text()

    def alerts(self, *, limit: int = 50) -> list[Alert]:
        """Return what is pending or firing, then so many alerts that have ended.

        The coordinator looks at the rules every `alert_seconds`; where none runs,
        nothing changes.

        Raises:
            InvalidOption: when the limit is less than 0, or no table can hold it.
        """
        return self._table.alerts.read(limit=check_number("limit", limit))

    def stats(self) -> list[RunStats]:
        """Return how long completed jobs took, by kind and preset."""
        sums = self._table.sums
        sums.add_up()
        return [
            summarise(
                kind,
                preset,
                count,
                sums.runs(kind=kind, preset=preset, limit=LAST_RUNS),
            )
            for kind, preset, count in sums.kinds_of_runs()
        ]

    def events(
        self, *, after: int | None = None, follow: bool = False, last: int | None = None
    ) -> Iterator[Event]:
        """Return every move of every job and task, oldest first, as they are asked for.

        Args:
            after: the id of the last event that is known; unset: from the first one
                on, or only new ones where they are followed.
            follow: whether to wait for more, without end.
            last: where `after` is unset, begin with about so many that were.

        Raises:
            InvalidOption: when a number is less than 0, or no table can hold `after`.
        """
        if after is not None:
            check_number("after", after)
        elif last is not None:
            wanted = check_number("last", min(last, MOST_OF_TABLE))
            after = max(0, self._table.last_event_id() - wanted)
        else:
            after = self._table.last_event_id() if follow else 0
        return self._yield_events(after, follow=follow)

    def _yield_events(self, after: int, *, follow: bool) -> Iterator[Event]:
        while True:
            found = self._table.all_events(after=after)
            yield from found
            if found:
                after = found[-1].id
            elif not follow:
                return
            else:
                time.sleep(_LOOK_SECONDS)
