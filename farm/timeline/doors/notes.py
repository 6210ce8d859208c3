"""What is found on the way from one form of timeline to the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from farm.errors import InvalidTimeline, Problem
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from fractions import Fraction


#: Of one file; a job's record holds them all.
MOST_WARNINGS = 200


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

    def raise_problems(self, name: str) -> None:
        """Raise `InvalidTimeline` where the timeline is unusable."""
        if self.problems:
            raise InvalidTimeline.of(self.problems, name=name)

    @property
    def told(self) -> tuple[str, ...]:
        """The warnings, each once; of very many, the first and a count."""
        told = list(dict.fromkeys(self.warnings))
        if len(told) > MOST_WARNINGS:
            more = len(told) - MOST_WARNINGS
            told[MOST_WARNINGS:] = [f"and {more} more warnings"]
        return tuple(told)


def label(kind: str, name: str) -> str:
    """Return what to call an object of the file in a message."""
    return f"{kind} {show_value(name)}" if name else f"the {kind}"
