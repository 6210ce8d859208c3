"""A render farm for video: timelines in, one correct file out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from farm.api import Farm, Job, Progress, Result
    from farm.errors import FarmError
    from farm.settings import Settings
    from farm.timeline.timeline import Timeline

__all__ = [
    "Farm",
    "FarmError",
    "Job",
    "Progress",
    "Result",
    "Settings",
    "Timeline",
    "__version__",
]
__version__ = "0.1.0"

_HOMES = {
    "Farm": "farm.api",
    "FarmError": "farm.errors",
    "Job": "farm.api",
    "Progress": "farm.api",
    "Result": "farm.api",
    "Settings": "farm.settings",
    "Timeline": "farm.timeline.timeline",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used: importing `farm` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
