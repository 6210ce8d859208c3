"""Drive a load through a farm that is hurt all the time."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from farm import Farm
from farm.errors import TableUnavailable
from farm.jobs.status import JobStatus
from tests.chaos.load import digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.chaos.faults import Fault
    from tests.chaos.load import Order
    from tests.chaos.world import World

_STEP_SECONDS = 0.1


@dataclass(slots=True, kw_only=True)
class Drive:
    """What was accepted, and what was done to the farm meanwhile."""

    world: World
    accepted: dict[str, Order] = field(default_factory=dict)
    happened: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    """Submits that said that the farm is not there."""
    missed: int = 0
    """Faults that found nothing to hurt."""

    def run(
        self, orders: Sequence[Order], faults: Sequence[Fault], *, seconds: float
    ) -> None:
        """Submit all orders between the faults, then wait until all have ended.

        A fault that finds nothing to hurt waits until there is something, for a while.
        """
        left = list(orders)
        each = -(-len(left) // max(1, len(faults)))
        with Farm(self.world.settings, may_start=False) as farm:
            for fault in faults:
                self._submit(farm, left, each)
                time.sleep(fault.gap_seconds)
                self._hurt(fault)
            self.world.heal()
            deadline = time.monotonic() + seconds
            while left:
                self._submit(farm, left, 20)
                time.sleep(_STEP_SECONDS)
                assert time.monotonic() < deadline, "not all jobs were taken"
            while open_ := self._open(farm):
                time.sleep(_STEP_SECONDS)
                assert time.monotonic() < deadline, self._tell(farm, open_)

    def _submit(self, farm: Farm, left: list[Order], count: int) -> None:
        for order in left[:count]:
            job = order.submit(farm)
            if job is None:
                self.refused += 1
                return
            self.accepted[job.id] = order
            left.remove(order)

    def _hurt(self, fault: Fault) -> None:
        for _ in range(20):
            with self.world.lock:
                if fault.happen(self.world):
                    self.happened[fault.kind] += 1
                    return
            time.sleep(_STEP_SECONDS)
        self.missed += 1

    def _open(self, farm: Farm) -> list[str]:
        try:
            return [
                job.id
                for job in farm.jobs(limit=10_000)
                if job.id in self.accepted and not job.row.status.is_final
            ]
        except TableUnavailable:
            return ["the table is away"]

    def _tell(self, farm: Farm, jobs: Sequence[str]) -> str:
        lines = ["these jobs have not ended:"]
        for job_id in jobs[:5]:
            job = farm.job(job_id)
            lines.append(f"{self.accepted[job_id].what}: {job.row}")
            lines += [f"  {task}" for task in job.tasks()]
            lines += [f"  {event}" for event in job.events()]
        lines += [str(worker) for worker in farm.workers()]
        return "\n".join(lines)


def make_calm(world: World, orders: Sequence[Order]) -> dict[str, str]:
    """Do what the orders ask for while nothing is wrong; return the digests."""
    calm = Drive(world=world)
    chosen = {order.what: order for order in orders if order.is_good}
    calm.run(list(chosen.values()), [], seconds=300)
    with Farm(world.settings, may_start=False) as farm:
        for job_id, order in calm.accepted.items():
            job = farm.job(job_id)
            assert job.status is JobStatus.COMPLETED, (order.what, job.error)
    return {what: digest(order.output) for what, order in chosen.items()}
