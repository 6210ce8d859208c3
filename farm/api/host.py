"""Where the workers are: a farm that is configured or running, or one of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.embedded import EmbeddedFarm, find_running_farm
from farm.errors import FarmUnavailable
from farm.live import Live

if TYPE_CHECKING:
    from farm.embedded import RunningFarm
    from farm.jobs.table import JobTable
    from farm.settings import Settings


class Host:
    """Finds the farm, starts a private one where it may, and ends that one.

    A farm that was found running may end while its jobs are waited for: then one is
    started here, and goes on where the other left, as the job table is the truth.
    """

    def __init__(self, settings: Settings, *, may_start: bool) -> None:
        self._is_configured = settings.broker_url is not None
        self.may_start = may_start
        self._own: EmbeddedFarm | None = None
        self._live: tuple[str, Live] | None = None
        found = None if self._is_configured else find_running_farm(settings)
        self.settings = _with_table_of(settings, found)

    @property
    def is_running(self) -> bool:
        """Whether there is a farm that takes jobs."""
        return self.broker_url is not None

    @property
    def is_own(self) -> bool:
        """Whether the farm runs here, and ends with `close`."""
        return self._own is not None

    @property
    def broker_url(self) -> str | None:
        """URL of the farm's broker; ``None`` while no farm runs."""
        if self._own is not None:
            return self._own.settings.broker_url
        if self._is_configured:
            return self.settings.broker_url
        found = find_running_farm(self.settings)
        return found.broker_url if found else None

    @property
    def live(self) -> Live | None:
        """Progress and hints of the farm; ``None`` while no farm runs."""
        url = self.broker_url
        if self._live is not None and self._live[0] != url:
            self._live[1].close()
            self._live = None
        if self._live is None and url is not None:
            self._live = url, Live(url, prefix=self.settings.broker_prefix)
        return self._live[1] if self._live else None

    def ensure_running(self) -> None:
        """Start a private farm where none runs and one may be started.

        Raises:
            FarmUnavailable: when a part of the private farm cannot be started.
        """
        if self._own is not None:
            self._own.check()
        elif self.may_start and not self.is_running:
            self._own = self._start()

    def tell(self, job_id: str) -> None:
        """Tell the farm that a job was written or changed; this may be lost."""
        live = self.live
        if live is not None:
            live.notify(job_id)

    def wait_ended(self, job_id: str, *, seconds: float) -> bool:
        """Wait until the farm says that a job has ended, or so long."""
        live = self.live
        return live is not None and live.wait_ended(job_id, seconds=seconds)

    def find_problem(self, table: JobTable) -> str | None:
        """Say what a configured farm lacks to do jobs; ``None``: nothing known."""
        live = self.live
        if not self._is_configured or live is None:
            return None
        if not live.is_up():
            return "the broker of the setting broker_url cannot be reached"
        if not any(worker.state == "online" for worker in table.workers()):
            return "no worker is online"
        return None

    def close(self) -> None:
        """End the private farm."""
        if self._live is not None:
            self._live[1].close()
            self._live = None
        if self._own is not None:
            self._own.stop()
            self._own = None

    def _start(self) -> EmbeddedFarm | None:
        try:
            return EmbeddedFarm(self.settings).start()
        except FarmUnavailable:
            if find_running_farm(self.settings) is None:
                raise
            return None  # another command was faster; its farm does our jobs too


def _with_table_of(settings: Settings, running: RunningFarm | None) -> Settings:
    if running is None:
        return settings
    return settings.model_copy(update={"database_url": running.database_url})
