"""The tables of workers and their GPUs, and of who coordinates."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    TypedColumns,
)

from farm.jobs.models.base import PLAIN, metadata


class WorkerColumns(TypedColumns):
    """A worker process, and when it was last heard of."""

    name = Column(String(255), primary_key=True)
    host = Column(Text, nullable=False)
    pid = Column(Integer, nullable=False)
    queues = Column(PLAIN, nullable=False)
    slots = Column(Integer, nullable=False)
    device = Column(Text)
    ffmpeg = Column(Text)
    started = Column(Double, nullable=False)
    seen = Column(Double, nullable=False)
    state = Column(String(32), nullable=False)
    failures = Column(Integer, nullable=False, server_default="0")
    reason = Column(Text)


class LeaderColumns(TypedColumns):
    """Which of several processes does a work that one shall do."""

    name = Column(String(32), primary_key=True)
    holder = Column(Text, nullable=False)
    lease_until = Column(Double, nullable=False)


class GpuColumns(TypedColumns):
    """A GPU that was served by a worker, and what it offers."""

    id = Column(String(64), primary_key=True)
    offer = Column(PLAIN, nullable=False)
    seen = Column(Double, nullable=False)


class GpuWorkerColumns(TypedColumns):
    """The GPU that a worker serves."""

    worker = Column(String(255), primary_key=True)
    gpu = Column(String(64), nullable=False)


class TaskDemandColumns(TypedColumns):
    """What a task takes of a GPU; ``gpu`` is where its last attempt is or was."""

    task_id = Column(
        String(48), ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True
    )
    demand = Column(PLAIN, nullable=False)
    gpu = Column(String(64))


workers = Table("workers", metadata, WorkerColumns)
gpus = Table("gpus", metadata, GpuColumns)
gpu_workers = Table("gpu_workers", metadata, GpuWorkerColumns)
task_demands = Table("task_demands", metadata, TaskDemandColumns)
leaders = Table("leaders", metadata, LeaderColumns)
Index("gpu_workers_gpu_idx", gpu_workers.c.gpu)
