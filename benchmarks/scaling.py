"""Case h: one worker of one thread, and two of them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.bare import Ran
from benchmarks.figures import Case, Figure
from benchmarks.parts import Parts
from benchmarks.processes import cpu_seconds
from farm import Farm

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.media import Edit
    from benchmarks.turns import Turns

_LEAST = 1.9
_WHAT = (
    "A timeline as that of the case render ({seconds} s, {width}x{height}), on a farm "
    "of one worker of one slot, in turn with a farm of two such workers: each segment "
    "is encoded by one thread."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingCase:
    """Renders one timeline with one worker, and with two."""

    edit: Edit
    folder: Path

    def measure(self, turns: Turns, *, rounds: int) -> Case:
        """Measure both, in turn."""
        with (
            Parts.start(self.folder / "one", database_url=None, cpu_slots=1) as one,
            Parts.start(self.folder / "two", database_url=None, cpu_slots=1) as two,
        ):
            for parts, workers in ((one, 1), (two, 2)):
                parts.start_coordinator()
                for _ in range(workers):
                    parts.start_worker()
                self._render(parts, "warm")
            turns.take(
                {
                    "one worker": lambda: self._render(one, "one"),
                    "two workers": lambda: self._render(two, "two"),
                },
                rounds=rounds,
            )
        single, double = turns.seconds("one worker"), turns.seconds("two workers")
        return Case(
            name="scaling",
            what=_WHAT.format(
                seconds=self.edit.seconds,
                width=self.edit.size[0],
                height=self.edit.size[1],
            ),
            figures=(
                Figure(name="one worker", unit="s", values=single),
                Figure(name="two workers", unit="s", values=double),
                Figure(
                    name="two, times as fast as one",
                    unit="×",
                    values=tuple(a / b for a, b in zip(single, double, strict=True)),
                    least=_LEAST,
                ),
            ),
            details={},
        )

    def _render(self, parts: Parts, name: str) -> Ran:
        document = self.edit.document()
        output = self.folder / f"{name}.mp4"
        spent = sum(cpu_seconds(each.pid) for each in parts.running)
        with Farm.connect(**parts.settings.model_dump(exclude_unset=True)) as farm:
            start = time.monotonic()
            farm.render(document, output, use_cache=False, smart="off").result(
                timeout=3600
            )
            seconds = time.monotonic() - start
        spent = sum(cpu_seconds(each.pid) for each in parts.running) - spent
        return Ran(seconds=seconds, cpu_seconds=spent)
