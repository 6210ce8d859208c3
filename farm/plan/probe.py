"""Plan a probe: the facts of one file are the result."""

from __future__ import annotations

from farm.plan.job import JobPlan, Spec


class ProbeSpec(Spec):
    """The facts of one file."""

    path: str


PROBE = JobPlan(spec=ProbeSpec, sources=lambda spec: (spec.path,), plan=None)
