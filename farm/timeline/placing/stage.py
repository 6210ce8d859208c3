"""What is placed, and what was found on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from farm.errors import Problem
from farm.timeline.time import to_frames, to_samples

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from farm.timeline.clip import Clip
    from farm.timeline.media import MediaFacts
    from farm.timeline.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A timeline with the facts of its media; gathers problems and warnings."""

    timeline: Timeline
    facts: Mapping[str, MediaFacts]
    """Of every file that is used, by path."""
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def refuse(self, path: str, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(path=path, message=message))

    def refuse_clip(self, path: str, clip: Clip, message: str) -> None:
        """Note a problem of a clip, by its name."""
        self.refuse(path, f"{clip.label} {message}")

    def warn(self, path: str, message: str) -> None:
        """Note what the user should know."""
        self.warnings.append(f"{path}: {message}")

    def frames(self, time: Fraction) -> int:
        """Return the frame boundary nearest to a time."""
        return to_frames(time, self.timeline.rate)

    def samples(self, frames: int) -> int:
        """Return the sample at which a frame starts."""
        timeline = self.timeline
        return to_samples(frames, rate=timeline.rate, sample_rate=timeline.sample_rate)
