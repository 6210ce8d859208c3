"""What is kept in Redis: under which names, and in which shape it is believed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveProgress:
    """How far an attempt is, and how fast it goes."""

    attempt: int
    frames: int
    fps: float
    speed: float | None


def read_object(text: str | bytes | None) -> dict[str, Any] | None:
    """Return what was told; ``None``: nothing, or nothing of the farm's."""
    try:
        told = json.loads(text or "")
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def read_progress(text: str | bytes | None) -> LiveProgress | None:
    """Return how far an attempt is; ``None``: nobody said it as the farm does."""
    told = read_object(text)
    if told is None or set(told) != {"attempt", "frames", "fps", "speed"}:
        return None
    numbers = (int | float, int | float, int | float, int | float | None)
    if not all(isinstance(told[f], n) for f, n in zip(told, numbers, strict=True)):
        return None
    return LiveProgress(**told)


def read_number(value: object) -> float | None:
    """Return a number that was kept as text; ``None``: it is none."""
    try:
        return float(str(value))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Keys:
    """Names of what is kept in Redis; farms of other prefixes have others."""

    prefix: str

    @property
    def bell(self) -> str:
        """Channel on which it is told that something changed."""
        return f"{self.prefix}bell"

    @property
    def sums(self) -> str:
        """What was added up."""
        return f"{self.prefix}sums"

    @property
    def tellers(self) -> str:
        """Who tells readings."""
        return f"{self.prefix}tellers"

    def task(self, task_id: str) -> str:
        """Progress of a task."""
        return f"{self.prefix}task:{task_id}"

    def ended(self, job_id: str) -> str:
        """Where it is said that a job has ended."""
        return f"{self.prefix}ended:{job_id}"

    def told(self, teller: str) -> str:
        """Return where the readings of a teller are."""
        return f"{self.prefix}told:{teller}"

    def changes(self, job_id: str) -> str:
        """Channel on which changes of a job are told."""
        return f"{self.prefix}changes:{job_id}"
