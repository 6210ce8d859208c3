"""Run things in turn, and note how much others disturbed each run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.machine import Busy, load_average, wait_for_quiet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import JsonValue

    from benchmarks.bare import Ran


_DISTURBED_PART = 0.05
"""A run counts as disturbed where others had more than this part of the cores."""


@dataclass(slots=True, kw_only=True)
class Turns:
    """Runs of some things: first of each, then again first of each."""

    quiet_seconds: float
    """How long to wait, at most, for others to leave the cores alone before a run."""
    spare_rounds: int = 0
    """How many disturbed rounds are thrown away and run again."""
    runs: dict[str, list[Ran]] = field(default_factory=dict)
    notes: list[JsonValue] = field(default_factory=list)

    def take(self, things: Mapping[str, Callable[[], Ran]], *, rounds: int) -> None:
        """Run each thing so many times, in turn."""
        done = 0
        while done < rounds:
            took = {name: self._run(name, run) for name, run in things.items()}
            disturbed = max(others for _, others in took.values())
            if disturbed > _DISTURBED_PART and self.spare_rounds:
                self.spare_rounds -= 1
                print("  others disturbed this round: again")
                continue
            done += 1
            for name, (ran, _) in took.items():
                self.runs.setdefault(name, []).append(ran)

    def try_once(self, name: str, run: Callable[[], Ran]) -> Ran:
        """Run a thing once, to choose."""
        return self._run(name, run)[0]

    def _run(self, name: str, run: Callable[[], Ran]) -> tuple[Ran, float]:
        """Run a thing and note how it went; return it and the part others had."""
        wait_for_quiet(self.quiet_seconds)
        load, before = load_average(), Busy.now()
        ran = run()
        others = Busy.now().part_since(before, own_seconds=ran.cpu_seconds)
        self.notes.append(
            {
                "run": name,
                "seconds": round(ran.seconds, 3),
                "cpu_seconds": round(ran.cpu_seconds, 2),
                "others_part": round(others, 3),
                "load_average": round(load, 2),
            }
        )
        print(
            f"  {name:24} {ran.seconds:7.2f} s {ran.cpu_seconds:7.1f} s of processor, "
            f"others had {others:.0%}",
            flush=True,
        )
        return ran, others

    def seconds(self, name: str) -> tuple[float, ...]:
        """Return how long each run of a thing took."""
        return tuple(ran.seconds for ran in self.runs[name])

    def cpu_seconds(self, name: str) -> tuple[float, ...]:
        """Return what each run of a thing took of the processor."""
        return tuple(ran.cpu_seconds for ran in self.runs[name])
