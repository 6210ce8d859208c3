"""What a task may use while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from farm.cache.storage import open_storage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pydantic import JsonValue

    from farm.cache.store import ArtifactStore
    from farm.ffmpeg.command import Command
    from farm.jobs.records import Claim
    from farm.kinds.sources import Sources
    from farm.settings import Settings

DAMAGED = "damaged data in"


class KeyAsked(Exception):  # an answer, no failure
    """The key of what a task would make; ``None``: it is kept out of the cache."""

    def __init__(self, key: str | None) -> None:
        super().__init__(key)
        self.key = key


class RunCommand(Protocol):
    """Runs FFmpeg in the scratch folder; raises the error tree."""

    def __call__(self, command: Command) -> Path:
        """Run to the end and return the path of the file that was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskContext:
    """One attempt at one task."""

    claim: Claim
    settings: Settings
    ffmpeg: Path
    scratch: Path
    """An empty folder of this attempt alone; swept when it ends."""
    run: RunCommand
    store: ArtifactStore | None = None
    """The cache; ``None``: everything is made anew."""
    only_key: bool = False
    """Whether it is asked but for the key of its result: `KeyAsked` is raised."""
    build: str = ""
    """Which FFmpeg it is (`farm.cache.build`)."""
    sources: Sources | None = None
    """Where sources lie for this machine; ``None``: as the plan says."""
    warnings: list[str] = field(default_factory=list)
    """What the user should know of this task's work; it may be added to."""

    @property
    def payload(self) -> JsonValue:
        """What the plan wrote for this task."""
        return self.claim.task.payload

    @property
    def needs(self) -> dict[str, JsonValue]:
        """Results of the tasks that this one needed, by their names."""
        return self.claim.needs

    def keep(self, made: Path, *, label: str | None = None) -> str:
        """Move a finished file into the storage; return its path relative to that.

        The name carries task and attempt, so that no other attempt writes it. Where an
        attempt keeps several files, a label tells them apart.
        """
        task = self.claim.task
        named = task.name if label is None else label
        name = f"{named}-{task.id}-{self.claim.attempt}{made.suffix}"
        relative = f"artifacts/{task.job_id}/{name}"
        open_storage(self.settings).keep(made, relative)
        return relative

    def stored(self, relative: str) -> Path:
        """Return a path of this machine that a kept file can be read at."""
        held = None if self.sources is None else self.sources.held
        return open_storage(self.settings).local(relative, held)

    def identity_of(self, path: Path) -> str | None:
        """Return the content of a copy of an object; ``None`` of any other file."""
        return None if self.sources is None else self.sources.identity_of(path)


def damage_warning(sources: Iterable[str]) -> str:
    """Return what to tell where FFmpeg met errors while it decoded."""
    return (
        f"{DAMAGED} {', '.join(sources)}: "
        "parts of what is seen or heard of it may be wrong"
    )
