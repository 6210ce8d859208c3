"""Settings of workers and of what they run."""

from __future__ import annotations

import os
from typing import Literal

from pydantic import BaseModel, Field


def _most_memory() -> int:
    """Return three quarters of the machine's memory, in bytes."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return max(64 * 1024 * 1024, pages * size * 3 // 4)


class Work(BaseModel):
    """Slots, GPUs, segments, leases, attempts, and what one FFmpeg may take."""

    cpu_slots: int = Field(
        default_factory=lambda: len(os.sched_getaffinity(0)),
        ge=1,
        description="Tasks a CPU worker runs at once; unset: one a core.",
    )
    interactive_slots: int = Field(
        default=1,
        ge=0,
        description="Slots of a CPU worker kept for what a person waits for, "
        "beside cpu_slots.",
    )
    gpu_slots: int = Field(
        default=2, ge=1, description="Tasks a GPU worker runs at once."
    )
    gpu_sessions: int | None = Field(
        default=None,
        ge=0,
        description="Encoder sessions of a GPU that tasks may have at once; unset: 8 "
        "on a GeForce, else any number.",
    )
    gpu_memory_bytes: int | None = Field(
        default=None,
        ge=0,
        description="Memory of a GPU that tasks may have at once, by estimate; unset: "
        "nine tenths of it.",
    )
    gpu_wait_seconds: float = Field(
        default=30.0,
        ge=0,
        description="How long a job waits for a GPU whose workers are gone, before the "
        "CPU does it.",
    )
    segment_seconds: float = Field(
        default=6.0, gt=0, description="Mean length of a segment, in seconds."
    )
    task_threads: int = Field(
        default=1, ge=1, description="Encoder threads of one task (part of the plan)."
    )
    lease_seconds: float = Field(
        default=15.0,
        gt=0,
        description="How long an attempt owns its task without a sign of life.",
    )
    max_attempts: int = Field(
        default=3, ge=1, description="Attempts at a task before its job fails."
    )
    grace_seconds: float = Field(
        default=840.0,
        ge=0,
        description="After TERM a worker finishes its tasks for so long, then gives "
        "them back.",
    )
    disk_keep_bytes: int = Field(
        default=100_000_000,
        ge=0,
        description="Bytes that stay free on the disks of scratch and storage: a task "
        "that would need them waits.",
    )
    disk_wait_seconds: float = Field(
        default=3600.0,
        ge=0,
        description="How long a task waits for room on a full disk before it fails.",
    )
    resend_seconds: float = Field(
        default=5.0,
        gt=0,
        description="After this, a queued task nobody claimed is sent again.",
    )
    stall_seconds: float = Field(
        default=60.0,
        gt=0,
        description="FFmpeg without progress for this long is ended.",
    )
    task_limit_seconds: float = Field(
        default=6 * 3600.0, gt=0, description="Longest run of one FFmpeg process."
    )
    task_memory_bytes: int = Field(
        default_factory=_most_memory,
        ge=64 * 1024 * 1024,
        description="Memory that one FFmpeg process may take; "
        "unset: three quarters of the machine's.",
    )
    task_file_bytes: int = Field(
        default=1_000_000_000_000,
        gt=0,
        description="Length of a file that FFmpeg may write.",
    )
    sandbox: Literal["auto", "require", "off"] = Field(
        default="auto",
        description="Whether the kernel keeps FFmpeg from all files but its own, and "
        "from the network.",
    )
