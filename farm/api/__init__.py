"""The Python API: a farm, its jobs, and what comes out of them."""

from __future__ import annotations

from farm.api.farm import Farm
from farm.api.job import Job
from farm.api.progress import Progress
from farm.api.result import Result

__all__ = ["Farm", "Job", "Progress", "Result"]
