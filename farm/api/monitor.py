"""See how the farm is: its metrics."""

from __future__ import annotations

from farm.api.submit import Submitter
from farm.monitor import Exporter


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
