"""Steps of an effect as filters, and what is sent to those while they run."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import ffmpeg

from farm.effects.model import Filter, Merge, Still
from farm.ffmpeg.graph import number_frames, split_stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from farm.effects.model import Steps
    from farm.ffmpeg.graph import Stream


def has_still(steps: Steps) -> bool:
    """Whether a step holds one frame, which is made of the first."""
    return any(
        isinstance(step, Still)
        or (isinstance(step, Merge) and any(has_still(each) for each in step.branches))
        for step in steps
    )


def _filters(steps: Steps) -> Iterator[Filter]:
    """Yield all filters in the order in which they are run."""
    for step in steps:
        match step:
            case Filter():
                yield step
            case Still():
                yield from _filters(step.steps)
            case Merge():
                for branch in step.branches:
                    yield from _filters(branch)
                yield step.filter


def find_commands(
    builds: Sequence[Steps], rate: Fraction, tag: str
) -> dict[int, list[str]]:
    """Return what is sent to each filter, by its place among all."""
    commands: dict[int, list[str]] = {}
    before = list(_filters(builds[0]))
    for number, steps in enumerate(builds[1:], start=1):
        now = list(_filters(steps))
        for at, (old, new) in enumerate(zip(before, now, strict=True)):
            changed = {
                key: value
                for key, value in new.options.items()
                if old.options[key] != value
            }
            if changed:
                target = f"{new.name}@{tag}{at}"
                line = command_line(number, rate, target, changed)
                commands.setdefault(at, []).append(line)
        before = now
    return commands


def command_line(
    number: int, rate: Fraction, target: str, changed: Mapping[str, str]
) -> str:
    """Write what is sent to a filter shortly before a frame."""
    time = (number - Fraction(1, 2)) / rate
    sent = ", ".join(
        f"{target} {option} '{value}'" for option, value in changed.items()
    )
    return f"{float(time):.6f} {sent};"


@dataclass(slots=True, kw_only=True)
class Runner:
    """Turns steps into a graph."""

    commands: Mapping[int, list[str]]
    tag: str
    """Tells the filters of this effect from those of others."""
    files: dict[str, str]
    rate: Fraction
    pix_fmt: str
    at: int = 0
    """Place of the next filter among all."""

    def run(self, stream: Stream, steps: Steps) -> Stream:
        """Return the stream after all steps."""
        for step in steps:
            match step:
                case Filter():
                    stream = self._filter([self._prepare(stream)], step)
                case Still():
                    stream = self._still(stream, step)
                case Merge():
                    stream = self._merge(stream, step)
        return stream

    def _still(self, stream: Stream, step: Still) -> Stream:
        held = self.run(stream.filter("trim", end_frame=1), step.steps)
        held = held.filter("format", self.pix_fmt).filter("loop", loop=-1, size=1)
        return number_frames(held, self.rate)

    def _merge(self, stream: Stream, step: Merge) -> Stream:
        copies = split_stream(stream, len(step.branches))
        ends = [
            self.run(copy, branch)
            for copy, branch in zip(copies, step.branches, strict=True)
        ]
        ends[0] = self._prepare(ends[0])
        return self._filter(ends, step.filter)

    def _prepare(self, stream: Stream) -> Stream:
        """Let the commands of the next filter be sent when frames pass."""
        lines = self.commands.get(self.at)
        if not lines:
            return stream
        name = f"commands-{len(self.files)}.txt"
        self.files[name] = "\n".join(lines) + "\n"
        return stream.filter("sendcmd", filename=name)

    def _filter(self, streams: list[Stream], step: Filter) -> Stream:
        name = step.name
        if self.at in self.commands:
            name = f"{name}@{self.tag}{self.at}"
        self.at += 1
        options = dict(step.options)
        for option, text in step.files.items():
            options[option] = f"{step.name}-{len(self.files)}.txt"
            self.files[options[option]] = text
        done = ffmpeg.filter(streams, name, **options)
        return done.filter("setsar", 1) if step.name == "scale" else done
