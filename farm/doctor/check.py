"""What a look at a part of the farm found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import JsonValue


class State(StrEnum):
    """How a check went."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    name: str
    state: State = State.OK
    found: str
    fix: str | None = None
    """What to do about it."""

    def to_json(self) -> dict[str, JsonValue]:
        """Return it as plain data."""
        return {**asdict(self), "state": self.state.value}
