"""See how the farm is: its metrics, its alerts, and how long jobs take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.api.estimate import LAST_RUNS, summarise
from farm.api.submit import Submitter
from farm.monitor import Exporter

if TYPE_CHECKING:
    from farm.api.estimate import RunStats
    from farm.jobs.records import Alert


class Monitor(Submitter):
    """Methods that tell of the farm as a whole."""

    def metrics(self) -> str:
        """Return the metrics of the whole farm in Prometheus' text format.

        They are those that the coordinator serves at ``/metrics``; what only a running
        farm can tell is absent where none runs. `docs/metrics.md` lists all.

        Raises:
            TableUnavailable: when the job table cannot be opened.
        """
        exporter = Exporter(self.settings, table=self._table, live=self._host.live)
        return exporter.text()

    def alerts(self, *, limit: int = 50) -> list[Alert]:
        """Return what is pending or firing, then so many alerts that have ended.

        The coordinator looks at the rules every `alert_seconds`; where none runs,
        nothing changes.
        """
        return self._table.alerts.read(limit=limit)

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
