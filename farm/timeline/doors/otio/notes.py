"""What is found on the way from one form of timeline to the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from farm.errors import Problem
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """Problems, warnings and frame rates, in the order in which they are met."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    picture_rates: list[Fraction] = field(default_factory=list)
    """Of clips on video tracks."""
    other_rates: list[Fraction] = field(default_factory=list)

    def refuse(self, place: str, message: str) -> None:
        """Note what makes the timeline unusable."""
        self.problems.append(Problem(path=place, message=message))

    def warn(self, place: str, message: str) -> None:
        """Note what the render will not show."""
        self.warnings.append(f"{place}: {message}" if place else message)


def label(kind: str, name: str) -> str:
    """Return what to call an object of the file in a message."""
    return f"{kind} {show_value(name)}" if name else f"the {kind}"
