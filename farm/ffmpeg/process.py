"""An FFmpeg process: started with its two pipes, and surely ended."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from farm.errors import FFmpegFailed
from farm.ffmpeg.box import Box, is_hardware
from farm.ffmpeg.start import started as start
from farm.logs import get_log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from farm.ffmpeg.command import Command

#: How long FFmpeg may take to end by itself after TERM, before KILL.
TERM_SECONDS = 1.5
#: How long to wait for a killed process: one stuck in the kernel cannot be ended.
KILL_SECONDS = 10.0
REPORT_SECONDS = 0.25

_log = get_log(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A started FFmpeg with its two pipes."""

    popen: subprocess.Popen[bytes]
    argv: tuple[str, ...]
    log: IO[bytes]
    reports: IO[bytes]
    started: float


@contextmanager
def open_process(
    ffmpeg: Path, command: Command, *, scratch: Path, box: Box
) -> Iterator[Process]:
    """Start FFmpeg, and have it ended when the block is left, whatever happens."""
    with ExitStack() as stack:
        reports_fd, their_fd = os.pipe()
        reports = stack.enter_context(os.fdopen(reports_fd, "rb", buffering=0))
        argv = _argv(ffmpeg, command, reports_fd=their_fd)
        started = time.monotonic()
        try:
            confinement = stack.enter_context(
                box.confine(command, ffmpeg=ffmpeg, scratch=scratch)
            )
            popen = stack.enter_context(
                start(argv, confinement, folder=scratch, pipe=their_fd)
            )
        except OSError as error:
            message = f"FFmpeg cannot be started: {error}"
            raise FFmpegFailed(message, argv=list(argv)) from error
        finally:
            os.close(their_fd)
        box.limit(popen.pid, is_hardware=is_hardware(command))
        _log.debug("ffmpeg_started", pid=popen.pid, command=shlex.join(argv))
        try:
            yield Process(
                popen=popen,
                argv=argv,
                log=_pipe(popen),
                reports=reports,
                started=started,
            )
        finally:
            _pipe(popen).close()  # nobody reads it now: FFmpeg must not wait
            reports.close()
            _end(popen)


def _argv(ffmpeg: Path, command: Command, *, reports_fd: int) -> tuple[str, ...]:
    return (
        os.fspath(ffmpeg),
        *("-hide_banner", "-nostdin", "-nostats", "-y", "-loglevel", "level+info"),
        *("-progress", f"pipe:{reports_fd}", "-stats_period", f"{REPORT_SECONDS:g}"),
        *command.arguments,
    )


def _pipe(popen: subprocess.Popen[bytes]) -> IO[bytes]:
    if popen.stderr is None:
        raise RuntimeError("FFmpeg was started without a pipe for its log")
    return popen.stderr


def _end(popen: subprocess.Popen[bytes]) -> None:
    """End the process and all of its group: TERM, then KILL."""
    try:
        if not has_ended(popen):
            _signal_group(popen, signal.SIGTERM)
            deadline = time.monotonic() + TERM_SECONDS
            while not has_ended(popen) and time.monotonic() < deadline:
                time.sleep(0.01)
    finally:  # also when this thread is told to exit while it waits
        _signal_group(popen, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            popen.wait(KILL_SECONDS)


def _signal_group(popen: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal the group; its number is ours until the process is waited for."""
    with suppress(ProcessLookupError):
        os.killpg(popen.pid, number)


def has_ended(popen: subprocess.Popen[bytes]) -> bool:
    """Whether the process has ended; leaves it to be waited for."""
    try:
        state = os.waitid(os.P_PID, popen.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return True
    return state is not None
