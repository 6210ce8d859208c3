"""The loop of the coordinator: look at the table, do what is due, wait for the bell.

It holds nothing that is not in the table: it may be killed and started at any time.
Of several one coordinates and the others stand by; two at once do no harm.
"""

from __future__ import annotations

import socket
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from farm.cache.marks import COORDINATOR, leave_mark
from farm.cache.storage import open_storage
from farm.coordinator.advance import fail_job, plan_job
from farm.coordinator.away import Away
from farm.coordinator.begun import withdraw_job
from farm.coordinator.dispatch import send_ready
from farm.coordinator.gpus import Waits, leave_failed_gpu
from farm.coordinator.grow import Growth, grow_job
from farm.coordinator.publish import publish_job
from farm.coordinator.stalled import (
    LOOK_SECONDS,
    mark_lost_workers,
    take_back_stalled,
)
from farm.coordinator.tidy import TIDY_SECONDS, tidy_cache
from farm.errors import (
    BrokerUnavailable,
    FarmError,
    FarmUnavailable,
    TaskFailed,
)
from farm.logs import get_log

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from farm.broker import Broker
    from farm.jobs.records import Job, JobId, Task
    from farm.jobs.table import JobTable
    from farm.live import Live
    from farm.settings import Settings

TICK_SECONDS = 0.5
"""Longest wait when nobody rings."""
_ASIDE_WAIT_SECONDS = 0.2
"""How long these may hold up the loop; a usual plan, link and rename take less."""
_SEND_SECONDS = 0.5
"""How long what is ready may wait while other jobs are planned."""

_log = get_log(__name__)


@dataclass(slots=True, kw_only=True)
class Coordinator:
    """What the loop works with; its waits and what it saw are not in the table."""

    settings: Settings
    table: JobTable
    broker: Broker
    live: Live
    helpers: ThreadPoolExecutor
    aside: dict[JobId, Future[None]] = field(default_factory=dict)
    """Jobs that are planned or published beside the loop."""
    growths: dict[JobId, Growth] = field(default_factory=dict)
    """How far jobs are published that go on."""
    waits: Waits
    """Jobs that wait for a GPU."""
    table_away: Away = field(default_factory=lambda: Away("job_table"))
    broker_away: Away = field(default_factory=lambda: Away("broker"))
    has_time: bool = False
    """Whether workers have enough to do until a later look."""
    slots: Mapping[str, int] = field(default_factory=dict)
    next_slots_look: float = 0.0
    next_lease_look: float = 0.0
    next_look: float = 0.0
    next_tidy: float = 0.0
    tidying: Future[None] | None = None
    tidied: int = 0

    def tick(self, *, send_first: bool = True) -> float:
        """Do all that is due; return how long to wait for the next time."""
        try:
            if send_first:
                self._send()
            sent, moved = time.monotonic(), [*self.aside]
            for job_id in moved:
                self._guard(job_id, partial(self._collect, job_id))
            for job_id in self.table.jobs_to_settle():
                self._guard(job_id, partial(self._settle, job_id))
                moved.append(job_id)
                if time.monotonic() - sent > _SEND_SECONDS:  # many are to be planned
                    self._send()
                    sent = time.monotonic()
            if self.table.release_ready() or moved or not send_first:
                self._send()
            self._grow()
            self._look()
            self._tidy()
        except FarmUnavailable as error:
            return self.table_away.note(error)
        self.table_away.over()
        return TICK_SECONDS

    def stand_by(self) -> float:
        """Do nothing but show that all is well; return how long to wait."""
        if time.monotonic() >= self.next_look:
            try:
                self.table.now()
            except FarmUnavailable as error:
                return self.table_away.note(error)
            self.table_away.over()
            self._leave_mark()
        return TICK_SECONDS

    def _leave_mark(self) -> None:
        """Show what runs it that the loop goes round, and has its table."""
        self.next_look = time.monotonic() + LOOK_SECONDS
        leave_mark(self.settings, f"{COORDINATOR}{socket.gethostname()}")

    def _look(self) -> None:
        """Look for what nobody tells: leases that are over, workers that are gone."""
        if time.monotonic() >= self.next_lease_look:
            self.next_lease_look = time.monotonic() + TICK_SECONDS
            take_back_stalled(self.table)
        if time.monotonic() >= self.next_look:
            mark_lost_workers(self.table)
            self.waits.look(self.table)
            self._leave_mark()

    def _tidy(self) -> None:
        """Tidy up beside the loop: many files are removed slowly."""
        if time.monotonic() < self.next_tidy:
            return
        if self.tidying is not None:
            if not self.tidying.done():
                return
            if error := self.tidying.exception():
                _log.warning("tidying_failed", error=str(error))
        self.next_tidy = time.monotonic() + TIDY_SECONDS
        self.tidying = self.helpers.submit(
            tidy_cache, self.table, settings=self.settings, number=self.tidied
        )
        self.tidied += 1

    def _settle(self, job_id: JobId) -> None:
        """Move on a job that cannot go on by itself."""
        if job_id in self.aside:
            return
        job, tasks = self.table.job_and_tasks(job_id)
        if leave_failed_gpu(self.table, job, tasks):
            return
        if fail_job(self.table, job, tasks):
            self._tell_end(job_id)
        elif not all(task.status.is_final for task in tasks):
            return  # another coordinator has planned it since it was found
        elif job.planned:
            self._do_aside(job_id, partial(self._publish, job, tasks))
        else:
            self._do_aside(job_id, partial(self._plan, job, tasks))

    def _plan(self, job: Job, tasks: Sequence[Task]) -> None:
        if plan_job(self.table, job, tasks, settings=self.settings):
            self._publish(*self.table.job_and_tasks(job.id))

    def _publish(self, job: Job, tasks: Sequence[Task]) -> None:
        publish_job(
            self.table,
            job,
            tasks,
            storage=open_storage(self.settings),
            on_end=partial(self.live.say_ended, job.id),
        )

    def _tell_end(self, job_id: JobId) -> None:
        """Tell workers to stop what they do for a job, and who waits for it."""
        withdraw_job(self.table, job_id)
        self.live.notify(job_id)
        self.live.say_ended(job_id)

    def _grow(self) -> None:
        """Publish what is new of jobs that are played while they go on."""
        growing = self.table.growing_jobs()
        self.growths = {
            job_id: self.growths.get(job_id) or Growth() for job_id in growing
        }
        for job_id, seen in growing.items():
            growth = self.growths[job_id]
            if growth.seen != seen and job_id not in self.aside:
                grow = partial(
                    grow_job,
                    self.table,
                    job_id,
                    growth,
                    seen=seen,
                    storage=open_storage(self.settings),
                )
                self._guard(job_id, partial(self._do_aside, job_id, grow))

    def _do_aside(self, job_id: JobId, act: Callable[[], None]) -> None:
        """Do beside the loop what may take long: a large plan, or a large copy."""
        started = self.helpers.submit(act)
        self.aside[job_id] = started
        wait_for([started], timeout=_ASIDE_WAIT_SECONDS)
        self._collect(job_id)

    def _collect(self, job_id: JobId) -> None:
        """Take what came of it, when it is over."""
        if self.aside[job_id].done():
            self.aside.pop(job_id).result()

    def _send(self) -> None:
        if not self.broker_away.is_due():
            return
        try:
            sent = send_ready(
                self.table,
                self.broker,
                resend_seconds=self.settings.resend_seconds,
                slots=self._find_slots(),
                limit_of=lambda owner: self.settings.limits_of(owner).max_running,
            )
            self.has_time = sent.enough
        except BrokerUnavailable as error:
            self.broker_away.note(error)
        except FarmError:
            raise
        except Exception:  # noqa: BLE001  # one message that cannot be sent stops no other job
            _log.exception("sending_broke")
            self.broker_away.note(BrokerUnavailable("a message cannot be sent"))
        else:
            self.broker_away.over()

    def _find_slots(self) -> Mapping[str, int]:
        """Return how many slots serve each queue; workers do not come every moment."""
        if time.monotonic() >= self.next_slots_look:
            self.slots = self.table.slots()
            self.next_slots_look = time.monotonic() + TICK_SECONDS
        return self.slots

    def _guard(self, job_id: JobId, act: Callable[[], None]) -> None:
        """Let what is wrong with one job fail that job, and no other."""
        try:
            act()
        except FarmUnavailable:
            raise
        except FarmError as error:
            self._fail(job_id, error)
        except Exception as error:  # noqa: BLE001  # the loop goes on
            _log.exception("job_broke", job_id=job_id)
            self._fail(
                job_id,
                TaskFailed(
                    f"the job broke with {type(error).__name__}: {error}; "
                    "this is a mistake in the farm"
                ),
            )

    def _fail(self, job_id: JobId, error: FarmError) -> None:
        if self.table.fail_job(job_id, error):
            _log.error("job_failed", job_id=job_id, error=error.message)
            self._tell_end(job_id)
