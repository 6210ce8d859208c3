"""A value of a metric, with its labels."""

from __future__ import annotations

from dataclasses import dataclass, field

from farm.metrics.catalog import METRICS


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """How many observations were at most so much, and their sum."""

    total: float
    count: float
    below: tuple[tuple[float, float], ...] = ()
    """Upper bounds with how many were at most that, ascending; none for a summary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One value; labels in the order of the catalogue."""

    name: str
    value: float = 0.0
    labels: tuple[str, ...] = ()
    distribution: Distribution | None = field(default=None)

    @property
    def named_labels(self) -> dict[str, str]:
        """The labels by their names."""
        return dict(zip(METRICS[self.name].labels, self.labels, strict=True))


def sample(name: str, value: float, *labels: str) -> Sample:
    """Return one value of a metric."""
    return Sample(name=name, value=float(value), labels=labels)
