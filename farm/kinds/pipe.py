"""Read what FFmpeg writes while it writes it, through a named pipe."""

from __future__ import annotations

import fcntl
import os
import select
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from farm.ffmpeg.command import Command
    from farm.kinds.context import TaskContext

_PIPE_BYTES = 1 << 20
_POLL_MS = 100


def run_into(
    context: TaskContext,
    command: Command,
    take: Callable[[bytearray], None],
    *,
    at: int,
) -> None:
    """Run a command whose output is a pipe; give what comes to a function.

    Args:
        context: of the attempt; the pipe is made in its scratch folder.
        command: writes to its output from start to end.
        take: gets ``at`` bytes at a time, and at the end what is left.
        at: number of bytes.

    Raises what the command raises, and what the function raises.
    """
    path = context.scratch / command.output
    os.mkfifo(path)
    # opened before FFmpeg opens it: so neither waits for the other
    reader = _Reader(os.open(path, os.O_RDONLY | os.O_NONBLOCK), take, at=at)
    thread = Thread(target=reader.read, name="pipe")
    thread.start()
    try:
        context.run(command)
    finally:
        reader.ended.set()
        thread.join()
        path.unlink()
        if reader.error is not None:
            raise reader.error


class _Reader:
    """Reads a pipe in a thread of its own until FFmpeg has ended."""

    def __init__(self, fd: int, take: Callable[[bytearray], None], *, at: int) -> None:
        self.fd = fd
        self.take = take
        self.at = at
        self.ended = Event()
        self.error: BaseException | None = None

    def read(self) -> None:
        """Read to the end; when that fails, FFmpeg finds the pipe closed."""
        try:
            fcntl.fcntl(self.fd, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
            self._read()
        except BaseException as error:  # noqa: BLE001  # raised where it was called
            self.error = error
        finally:
            os.close(self.fd)

    def _read(self) -> None:
        """Gather what comes; without a writer, there is nothing or the end."""
        poll = select.poll()
        poll.register(self.fd, select.POLLIN)
        block, filled = bytearray(self.at), 0
        while True:
            is_last = self.ended.is_set()
            if not poll.poll(_POLL_MS):
                if is_last:
                    break
                continue
            try:
                count = os.readv(self.fd, [memoryview(block)[filled:]])
            except BlockingIOError:
                continue
            filled += count
            if filled == self.at:
                self.take(block)
                block, filled = bytearray(self.at), 0
            elif not count:
                if is_last:
                    break
                self.ended.wait(_POLL_MS / 1000)  # the writer comes, or has gone
        if filled:
            self.take(block[:filled])
