"""Run FFmpeg to its end, or raise why it did not get there."""

from __future__ import annotations

import errno
import os
import selectors
import subprocess
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from farm.errors import (
    DiskFull,
    FFmpegFailed,
    FFmpegStalled,
    FFmpegTimedOut,
    InvalidSettings,
    TaskCancelled,
)
from farm.ffmpeg.box import Box
from farm.ffmpeg.exit import Ended, error_of
from farm.ffmpeg.guard import guard
from farm.ffmpeg.launcher import CANNOT_START, launcher
from farm.ffmpeg.log import Log, message_of
from farm.ffmpeg.process import Process, has_ended, open_process
from farm.ffmpeg.progress import Progress, ProgressReader
from farm.ffmpeg.start import kept_environment
from farm.ffmpeg.watch import Watch
from farm.logs import get_log

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from farm.errors import Fact
    from farm.ffmpeg.command import Command

TICK_SECONDS = 0.2
FIRST_PAUSE_SECONDS, LAST_PAUSE_SECONDS = 0.0002, 0.01
READ_BYTES = 1 << 16
_BOX = Box()

_log = get_log(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """An FFmpeg process that ended well."""

    argv: tuple[str, ...]
    seconds: float
    """How long it ran."""
    progress: Progress
    """Its last report: all frames that it wrote."""
    log: str
    """The last lines of its log."""
    decode_errors: int
    """Error lines about its input: parts of it were damaged or missing."""
    font_notes: tuple[str, ...] = ()
    """What its titles lack: fonts, or characters that no font has."""


def run(  # noqa: PLR0913  # what bounds it, each by name
    command: Command,
    *,
    ffmpeg: Path,
    scratch: Path,
    stall_seconds: float,
    limit_seconds: float,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    box: Box = _BOX,
) -> RunResult:
    """Run a command to its end in the scratch folder, or raise why it could not.

    The process never outlives this call, nor the thread that makes it. It reads what
    the command names and the box allows, writes to the scratch folder, and nothing
    else.
    """
    _write_files(command, scratch)
    command = replace(command, arguments=guard(command))
    with open_process(ffmpeg, command, scratch=scratch, box=box) as process:
        attempt = _Attempt(
            process=process,
            command=command,
            on_progress=on_progress or (lambda _: None),
            should_stop=should_stop or (lambda: False),
            limit_seconds=limit_seconds,
            folder=scratch,
            watch=Watch(
                pid=process.popen.pid,
                stall_seconds=stall_seconds,
                started=process.started,
            ),
        )
        attempt.follow()
    result = attempt.result()
    if command.log is not None:
        (scratch / command.log).write_text(result.log, encoding="utf-8")
    return result


def read_output(ffmpeg: Path, arguments: Sequence[str]) -> str:
    """Return what FFmpeg prints about itself (``-version``, ``-encoders``)."""
    try:
        done = subprocess.run(
            [*launcher(), os.fspath(ffmpeg), "-hide_banner", *arguments],
            env=kept_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=30,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InvalidSettings(f"{ffmpeg} does not answer") from error
    if done.returncode != 0:
        why = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        message = f"{ffmpeg} cannot be used as FFmpeg: {why or 'it failed'}"
        raise InvalidSettings(message, exit_code=done.returncode)
    return done.stdout.decode("utf-8", "replace")


@dataclass(slots=True, kw_only=True)
class _Attempt:
    """Follows one process to its end."""

    process: Process
    command: Command
    on_progress: Callable[[Progress], None]
    should_stop: Callable[[], bool]
    limit_seconds: float
    folder: Path
    watch: Watch
    log: Log = field(default_factory=Log)
    reader: ProgressReader = field(default_factory=ProgressReader)
    progress: Progress = field(default_factory=Progress)
    checked: float = 0.0
    ended: float = 0.0

    def follow(self) -> None:
        """Read both pipes until the process ends; raise what ends it before."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.log, selectors.EVENT_READ, self.log.feed)
            selector.register(self.process.reports, selectors.EVENT_READ, self._report)
            while selector.get_map():
                ready = selector.select(TICK_SECONDS)
                for key, _ in ready:
                    if data := os.read(key.fd, READ_BYTES):
                        key.data(data)
                    else:
                        selector.unregister(key.fileobj)
                self._check()
                if not ready and has_ended(self.process.popen):
                    break  # a child of its own holds the pipes
        pause = FIRST_PAUSE_SECONDS  # its pipes are closed: it is over in a moment
        while not has_ended(self.process.popen):
            self._check()
            time.sleep(pause)
            pause = min(2 * pause, LAST_PAUSE_SECONDS)
        self.ended = time.monotonic()
        self.log.close()

    def result(self) -> RunResult:
        """Return the result, or raise why the process failed."""
        argv, code = self.process.argv, self.process.popen.returncode
        seconds = self.ended - self.process.started
        if code == 0:
            _log.debug("ffmpeg_ended", seconds=seconds, frame=self.progress.frame)
            return RunResult(
                argv=argv,
                seconds=seconds,
                progress=self.progress,
                log=self.log.text,
                decode_errors=self.log.decode_errors,
                font_notes=self.log.font_notes,
            )
        if code in CANNOT_START:
            raise InvalidSettings(
                f"FFmpeg cannot be started: {message_of(self.log.text)}; "
                "check the setting ffmpeg_path"
            )
        raise error_of(
            Ended(
                argv=argv,
                sources=self.command.sources,
                exit_code=code,
                errors=tuple(self.log.errors),
                log=self.log.text,
                folder=str(self.folder),
            )
        )

    def _report(self, data: bytes) -> None:
        for report in self.reader.feed(data):
            now = time.monotonic()
            self.watch.see(report, now=now)
            self.progress = report.of_whole(
                frames=self.command.frames,
                seconds=self.command.seconds,
                elapsed_seconds=now - self.process.started,
            )
            self.on_progress(self.progress)

    def _check(self) -> None:
        """Raise if the process must be ended; that is done on the way out."""
        now = time.monotonic()
        if now - self.checked < TICK_SECONDS / 2:
            return
        self.checked = now
        if self.should_stop():
            raise TaskCancelled("FFmpeg was told to stop", **self._facts())
        if now - self.process.started >= self.limit_seconds:
            message = f"FFmpeg ran longer than its limit of {self.limit_seconds:g} s"
            raise FFmpegTimedOut(message, **self._facts())
        if self.watch.is_stalled(now=now):
            message = f"FFmpeg did nothing for {self.watch.stall_seconds:g} s"
            raise FFmpegStalled(message, **self._facts())

    def _facts(self) -> dict[str, Fact]:
        return {"argv": list(self.process.argv), "log": self.log.text}


def _write_files(command: Command, scratch: Path) -> None:
    for name, text in command.files.items():
        target = scratch / name
        if not target.resolve().is_relative_to(scratch.resolve()):
            raise FFmpegFailed(f"the file {name} would lie outside the scratch folder")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            full = error.errno in {errno.ENOSPC, errno.EDQUOT}
            cls = DiskFull if full else FFmpegFailed
            raise cls(f"{target} cannot be written: {error.strerror}") from error
