"""What a worker process works with; opened when it is first used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from farm.cache.build import find_build
from farm.errors import FarmUnavailable, InvalidSettings
from farm.ffmpeg.box import Box
from farm.ffmpeg.locate import find_ffmpeg
from farm.jobs.table import JobTable
from farm.live import Live

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import TypeAlias

    from pydantic import JsonValue

    from farm.jobs.demands import GpuOffer
    from farm.jobs.status import TaskKind
    from farm.kinds.context import TaskContext
    from farm.settings import Settings

    Kinds: TypeAlias = Mapping[TaskKind, Callable[[TaskContext], JsonValue]]


_SHARED = ("table", "ffmpeg", "build")


@dataclass(frozen=True, kw_only=True)
class Station:
    """Table, live hints and FFmpeg of one worker process."""

    settings: Settings
    worker: str
    """Name of the worker, as in the job table and in Flower."""
    kinds: Kinds
    """What to do for each kind of task."""
    gpu: GpuOffer | None = None
    """The GPU that it serves; ``None``: it serves a CPU."""

    def named(self, worker: str) -> Station:
        """Return the same for another worker; what is open stays so over a fork."""
        other = replace(self, worker=worker)
        vars(other).update(
            {name: vars(self)[name] for name in _SHARED if name in vars(self)}
        )
        return other

    def check(self) -> None:
        """Raise `InvalidSettings` where broker, FFmpeg or its box cannot be used."""
        self.box.check(self.ffmpeg)
        _ = self.broker_url, self.build

    @property
    def broker_url(self) -> str:
        """URL of the broker."""
        if self.settings.broker_url is None:
            raise InvalidSettings(
                "broker_url is not set: name the broker of the farm, "
                "or start a farm on this machine with `farm up`"
            )
        return self.settings.broker_url

    @cached_property
    def table(self) -> JobTable:
        """The job table."""
        return JobTable.open(
            self.settings.database, max_attempts=self.settings.max_attempts
        )

    @cached_property
    def live(self) -> Live:
        """Progress and hints."""
        return Live(self.broker_url, prefix=self.settings.broker_prefix)

    @cached_property
    def ffmpeg(self) -> Path:
        """The FFmpeg of this machine."""
        return find_ffmpeg(self.settings)

    @cached_property
    def box(self) -> Box:
        """What FFmpeg may use here."""
        return Box.of(self.settings)

    @cached_property
    def build(self) -> str:
        """Which FFmpeg that is, for the keys of the cache."""
        try:
            index = self.table.artifacts
        except FarmUnavailable:  # it may come later
            index = None
        return find_build(self.ffmpeg, index)
