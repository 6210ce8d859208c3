"""Every error of the farm, and whether another attempt can help.

```
FarmError
├── InvalidJob              the job is wrong: change it, a retry cannot help
│   ├── InvalidTimeline         problems, each with its place in the document
│   ├── InvalidOption           a preset, range, size or name that cannot be used
│   ├── UnknownPreset
│   ├── MediaMissing            a source is not there
│   ├── MediaForbidden          a source lies outside the media roots
│   ├── MediaTooLarge           a source is more than the limits allow
│   └── MediaUnreadable         a source is empty, truncated, damaged or no media
├── TaskFailed              the work failed
│   ├── FFmpegFailed            any other exit code; what follows says which
│   │   ├── Unsupported             a codec, format or filter this FFmpeg lacks
│   │   ├── EncoderMissing          the encoder is not there or does not work here
│   │   ├── GpuFailed               a GPU or its driver failed
│   │   │   └── GpuFull                 it has no memory or session left
│   │   ├── DiskFull
│   │   ├── OutOfMemory
│   │   ├── FFmpegKilled            ended by a signal that we did not send
│   │   ├── FFmpegStalled           no progress for too long
│   │   └── FFmpegTimedOut          over the time limit
│   ├── OutputWrong             made, but not what was asked for
│   ├── SourceChanged           a source was replaced while the job ran
│   ├── PieceDamaged            a finished piece is not any more what was made
│   ├── StoreFailed             an object store is away, or failed in the middle
│   │   └── StoreRefused            it says no: no bucket, no access, no credentials
│   ├── InputCacheFull          no room for a copy of an object
│   ├── WorkerLost              the lease of an attempt ran out
│   └── WorkerUnfit             a worker cannot work: another one may
├── FarmUnavailable         the farm is not well
│   ├── BrokerUnavailable
│   ├── TableUnavailable
│   └── InvalidSettings
├── BackupFailed            a backup cannot be written, or cannot be used
├── JobNotFound
├── NotAllowed              a status that may not follow the present one
│   └── TooManyJobs             an owner has as many jobs as the limit allows
├── JobTimedOut             waiting took longer than asked; the job goes on
├── JobCancelled            the job was cancelled; no failure
└── TaskCancelled           an attempt was told to stop; no failure
```
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self, TypeAlias

Fact: TypeAlias = str | int | float | bool | list[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRecord:
    """An error as stored in the job table."""

    kind: str
    message: str
    retry: bool
    facts: dict[str, Fact]


class FarmError(Exception):
    """Base of all errors of the farm: one sentence, and facts about it."""

    retry: ClassVar[bool] = False
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, **facts: Fact) -> None:
        super().__init__(message)
        self.message = message
        self.facts: dict[str, Fact] = facts

    def to_record(self) -> ErrorRecord:
        """Return the error as plain data, to be stored."""
        return ErrorRecord(
            kind=type(self).__name__,
            message=self.message,
            retry=self.retry,
            facts=self.facts,
        )

    @staticmethod
    def from_record(record: ErrorRecord) -> FarmError:
        """Build the error again that a record was made from."""
        return _classes_by_name().get(record.kind, TaskFailed)(
            record.message, **record.facts
        )


def _classes_by_name() -> dict[str, type[FarmError]]:
    found: dict[str, type[FarmError]] = {}
    waiting: list[type[FarmError]] = [FarmError]
    while waiting:
        cls = waiting.pop()
        found[cls.__name__] = cls
        waiting.extend(cls.__subclasses__())
    return found


class InvalidJob(FarmError):
    """The job is wrong; it must be changed before it can run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in a document, and where."""

    path: str
    """Place in the document, such as ``tracks[0].items[2].source_range``."""
    message: str

    def __str__(self) -> str:
        """Return place and message in one line."""
        return f"{self.path}: {self.message}" if self.path else self.message


class InvalidTimeline(InvalidJob):
    """The timeline has problems; all of them are listed."""

    @classmethod
    def of(cls, problems: list[Problem], *, name: str = "the timeline") -> Self:
        """Build the error from all problems of one document."""
        first = str(problems[0])
        rest = len(problems) - 1
        more = f" (and {rest} more problem{'s' * (rest > 1)})" if rest else ""
        return cls(
            f"{name} cannot be rendered: {first}{more}",
            problems=[str(problem) for problem in problems],
        )


class InvalidOption(InvalidJob):
    """A preset, range, size, time or name that cannot be used."""

    exit_code = 2


class UnknownPreset(InvalidOption):
    """No preset has this name."""


class MediaMissing(InvalidJob):
    """A source is not there."""


class MediaForbidden(InvalidJob):
    """A source lies outside the folders that sources may lie in."""


class MediaTooLarge(InvalidJob):
    """A source has more pixels, streams or seconds than the limits allow."""


class MediaUnreadable(InvalidJob):
    """A source is empty, truncated, damaged or no media."""


class TaskFailed(FarmError):
    """The work of a task failed."""

    retry = True


class FFmpegFailed(TaskFailed):
    """FFmpeg ended with an error; facts: argv, exit_code, log (its last lines)."""


class Unsupported(FFmpegFailed):
    """This FFmpeg lacks a codec, format or filter that the job needs."""

    retry = False


class EncoderMissing(FFmpegFailed):
    """The encoder is not there or does not work on this machine."""

    retry = False


class GpuFailed(FFmpegFailed):
    """A GPU, or its driver, failed at what it can do otherwise."""


class GpuFull(GpuFailed):
    """A GPU has no memory or no encoder session left."""


class DiskFull(FFmpegFailed):
    """The disk is full."""


class OutOfMemory(FFmpegFailed):
    """FFmpeg got no more memory."""


class FFmpegKilled(FFmpegFailed):
    """FFmpeg was ended by a signal that the farm did not send."""


class FFmpegStalled(FFmpegFailed):
    """FFmpeg made no progress for too long."""


class FFmpegTimedOut(FFmpegFailed):
    """FFmpeg ran over its time limit."""


class OutputWrong(TaskFailed):
    """A file was made, but it is not what was asked for."""


class SourceChanged(TaskFailed):
    """A source is not any more what it was when the job was planned."""

    retry = False


class PieceDamaged(TaskFailed):
    """A finished piece is not any more what was made: a retry of the job remakes it."""

    retry = False


class StoreFailed(TaskFailed):
    """An object store cannot be reached, or failed in the middle."""


class StoreRefused(StoreFailed):
    """An object store says no: there is no bucket, no access, or no credentials."""

    retry = False


class InputCacheFull(TaskFailed):
    """The input cache of a machine has no room for a copy of an object."""


class WorkerLost(TaskFailed):
    """The worker of an attempt was not heard of until its lease ran out."""


class WorkerUnfit(TaskFailed):
    """A worker cannot work at all, such as without its scratch folder."""


class FarmUnavailable(FarmError):
    """The farm, or a part of it, cannot be reached or used."""

    retry = True


class BrokerUnavailable(FarmUnavailable):
    """The broker cannot be reached."""


class TableUnavailable(FarmUnavailable):
    """The job table cannot be reached."""


class InvalidSettings(FarmUnavailable):
    """A setting cannot be used."""

    retry = False
    exit_code = 2


class BackupFailed(FarmError):
    """A backup of the job table cannot be written, or cannot be used."""


class JobNotFound(FarmError):
    """No job has this id."""


class NotAllowed(FarmError):
    """The job or task is in a status that does not allow this."""


class TooManyJobs(NotAllowed):
    """The owner has as many unfinished jobs as the limit allows; facts: both counts."""


class JobTimedOut(FarmError):
    """Waiting took longer than asked; the job goes on."""


class JobCancelled(FarmError):
    """The job was cancelled."""


class TaskCancelled(FarmError):
    """The attempt was told to stop; this is no failure."""
