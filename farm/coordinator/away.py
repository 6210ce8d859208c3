"""What cannot be reached is tried again, ever later."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.logs import get_log

if TYPE_CHECKING:
    from farm.errors import (
        FarmError,
    )

_AWAY_SECONDS = 5.0
"""Longest wait before table or broker are tried again."""
_SHORTEST_SECONDS = 0.5

_log = get_log(__name__)


@dataclass(slots=True)
class Away:
    """Something that cannot be reached: tried again ever later, logged once."""

    name: str
    wait_seconds: float = 0.0
    next_try: float = 0.0

    def is_due(self) -> bool:
        """Whether to try again."""
        return time.monotonic() >= self.next_try

    def note(self, error: FarmError) -> float:
        """Note that it cannot be reached; return how long to wait."""
        if not self.wait_seconds:
            _log.warning(f"{self.name}_lost", error=error.message)
        self.wait_seconds = min(
            max(2 * self.wait_seconds, _SHORTEST_SECONDS), _AWAY_SECONDS
        )
        self.next_try = time.monotonic() + self.wait_seconds
        return self.wait_seconds

    def over(self) -> None:
        """Note that it was reached."""
        if self.wait_seconds:
            _log.info(f"{self.name}_back")
        self.wait_seconds = self.next_try = 0.0
