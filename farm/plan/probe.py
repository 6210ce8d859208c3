"""Plan a probe: all that one file tells of itself is the result."""

from __future__ import annotations

from farm.jobs.records import OUTPUT_TASK, NewTask
from farm.jobs.status import Queue, TaskKind
from farm.plan.job import Identity, JobPlan, Spec


class ProbeSpec(Spec):
    """The facts of one file."""

    path: str
    keyframes: bool = False
    """Whether the time of every key frame is wanted."""
    decode: bool = False
    """Whether all of it is to be decoded, to say how much of it can be."""


def _first(spec: ProbeSpec) -> NewTask:
    # to decode a long film is no small work that a person waits for
    return NewTask(
        name=OUTPUT_TASK,
        kind=TaskKind.REPORT,
        queue=Queue.CPU_BATCH if spec.decode else Queue.CPU_INTERACTIVE,
        payload=spec.model_dump(mode="json"),
    )


PROBE = JobPlan(
    spec=ProbeSpec,
    sources=lambda spec: (spec.path,),
    plan=None,
    first=_first,
    identity=lambda _spec: Identity.STAMP,
)
