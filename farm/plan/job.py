"""How a kind of job becomes tasks: what each file about a kind says of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import JsonValue

    from farm.jobs.records import NewTask
    from farm.settings import Settings
    from farm.timeline.media import MediaFacts
    from farm.timeline.timeline import Timeline


class Identity(StrEnum):
    """How a source is known again, so that what was made of it is reused."""

    NONE = "none"  #: not at all
    STAMP = "stamp"  #: by its directory entry: at once, but a copy is another source
    CONTENT = "content"  #: by all its bytes, which are read once


class Spec(BaseModel):
    """What was asked for, as a record; the job table holds it as plain data."""

    model_config = ConfigDict(frozen=True, extra="forbid")


SpecT = TypeVar("SpecT", bound=Spec)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The tasks of a job that come after its sources were probed."""

    tasks: tuple[NewTask, ...]
    warnings: tuple[str, ...] = ()
    is_all: bool = True
    """Whether these are all tasks; else the job is planned again when they are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPlan(Generic[SpecT]):
    """From what was asked for to tasks: checked, its sources probed, then planned."""

    spec: type[SpecT]
    sources: Callable[[SpecT], Timeline | tuple[str, ...]]
    """What is probed first: the files of a timeline, or files by their paths."""
    plan: Callable[[SpecT, Mapping[str, MediaFacts], Settings], Planned] | None
    """Makes the other tasks; ``None``: there are none but `first`."""
    first: Callable[[SpecT], NewTask] | None = None
    """Makes the only task of a job that needs no facts of its sources before."""
    check: Callable[[SpecT, Settings], None] = lambda _spec, _settings: None
    """Refuses what can be seen to be wrong before the media are read."""
    again: (
        Callable[[SpecT, Mapping[str, MediaFacts], JsonValue, Settings], Planned] | None
    ) = None
    """Makes what is left after a plan that was not all, by the result of its output."""
    identity: Callable[[SpecT], Identity] = lambda _spec: Identity.NONE
    """How its results are found again in the cache."""
