"""However an attempt ends, its FFmpeg ends too, and soon."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from farm.errors import (
    DiskFull,
    FFmpegKilled,
    FFmpegStalled,
    FFmpegTimedOut,
    TaskCancelled,
)
from tests.integration.ffmpeg.processes import (
    children_now,
    is_alive,
    run_it,
    short_film,
    wait_for,
    write_program,
)

if TYPE_CHECKING:
    from farm.ffmpeg.progress import Progress
    from farm.ffmpeg.run import RunResult

#: Ignores TERM, and so does a child of its own that holds its pipes.
STUBBORN = """
trap '' TERM
(trap '' TERM; while :; do sleep 0.2; done) &
echo started >&2
while :; do sleep 0.2; done
"""


class StopAt:
    """Tells the runner to stop once some frames are there, and notes the time."""

    def __init__(self, frame: int) -> None:
        self.frame = frame
        self.asked = 0.0

    def see(self, progress: Progress) -> None:
        """Take a report."""
        if progress.frame >= self.frame and not self.asked:
            self.asked = time.monotonic()

    def __call__(self) -> bool:
        """Whether to stop."""
        return bool(self.asked)


def test_cancel_ends_it_at_once(ffmpeg: Path, scratch: Path) -> None:
    stop = StopAt(5)
    with pytest.raises(TaskCancelled):
        run_it(ffmpeg, scratch, on_progress=stop.see, should_stop=stop)
    assert time.monotonic() - stop.asked < 2
    assert not children_now()


def test_cancel_ends_a_process_that_ignores_term(tmp_path: Path, scratch: Path) -> None:
    stubborn = write_program(tmp_path / "stubborn", STUBBORN)
    group: list[psutil.Process] = []

    def should_stop() -> bool:
        group[:] = children_now()
        return len(group) >= 3  # itself, its child, and a sleep

    began = time.monotonic()
    with pytest.raises(TaskCancelled):
        run_it(stubborn, scratch, should_stop=should_stop)
    assert time.monotonic() - began < 5
    assert wait_for(lambda: not any(is_alive(p.pid) for p in group), seconds=2)


def test_stopped_process_is_found_and_ended(ffmpeg: Path, scratch: Path) -> None:
    frozen: list[int] = []

    def freeze(progress: Progress) -> None:
        if progress.frame and not frozen:
            (child,) = children_now()
            child.send_signal(signal.SIGSTOP)
            frozen.append(child.pid)

    with pytest.raises(FFmpegStalled, match="did nothing for 1 s") as caught:
        run_it(ffmpeg, scratch, on_progress=freeze, stall_seconds=1)
    assert not is_alive(frozen[0])
    assert caught.value.retry
    assert caught.value.facts["argv"]


def test_process_that_only_sleeps_is_stalled(tmp_path: Path, scratch: Path) -> None:
    program = write_program(tmp_path / "sleeps", "exec sleep 60")
    with pytest.raises(FFmpegStalled):
        run_it(program, scratch, stall_seconds=0.6)
    assert not children_now()


def test_process_that_computes_is_given_time(tmp_path: Path, scratch: Path) -> None:
    """An encoder that looks far ahead writes nothing for long on a slow machine."""
    busy = 'end=$(($(date +%s%N) + 2000000000)); while [ "$(date +%s%N)" -lt $end ]; '
    program = write_program(tmp_path / "busy", f"{busy} do :; done")
    run_it(program, scratch, stall_seconds=0.5)


def test_time_limit(ffmpeg: Path, scratch: Path) -> None:
    began = time.monotonic()
    with pytest.raises(FFmpegTimedOut, match=r"limit of 0\.5 s"):
        run_it(ffmpeg, scratch, limit_seconds=0.5)
    assert time.monotonic() - began < 3
    assert not children_now()


def test_killed_by_somebody_else(ffmpeg: Path, scratch: Path) -> None:
    def kill(progress: Progress) -> None:
        if progress.frame:
            for child in children_now():
                with suppress(psutil.NoSuchProcess):
                    child.kill()

    with pytest.raises(FFmpegKilled, match="SIGKILL"):
        run_it(ffmpeg, scratch, on_progress=kill)


def test_term_by_somebody_else_is_no_success(ffmpeg: Path, scratch: Path) -> None:
    def end(progress: Progress) -> None:
        if progress.frame:
            for child in children_now():
                with suppress(psutil.NoSuchProcess):
                    child.terminate()

    with pytest.raises(FFmpegKilled, match="SIGTERM"):
        run_it(ffmpeg, scratch, on_progress=end)


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, ValueError])
def test_it_ends_when_the_caller_breaks_off(
    ffmpeg: Path, scratch: Path, error: type[BaseException]
) -> None:
    def break_off(progress: Progress) -> None:
        if progress.frame:
            raise error

    with pytest.raises(error):
        run_it(ffmpeg, scratch, on_progress=break_off)
    assert not children_now()


CALLER = """
import sys, threading
from pathlib import Path
from farm.ffmpeg.run import run
from tests.integration.ffmpeg.processes import ENDLESS, children_now

def see(progress):
    if progress.frame:
        print(children_now()[0].pid, file=sys.stderr, flush=True)

def work():
    run(ENDLESS, ffmpeg=Path(sys.argv[1]), scratch=Path(sys.argv[2]),
        on_progress=see, stall_seconds=20, limit_seconds=60)

if sys.argv[3] == "thread":
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
else:
    work()
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("where", ["main", "thread"])
def test_it_ends_when_its_worker_is_killed(
    ffmpeg: Path, scratch: Path, where: str, number: signal.Signals
) -> None:
    caller = subprocess.Popen(
        [sys.executable, "-c", CALLER, ffmpeg, scratch, where],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with caller:
        assert caller.stderr is not None
        pid = int(caller.stderr.readline())
        assert is_alive(pid)
        caller.send_signal(number)
        caller.wait(10)
        assert wait_for(lambda: not is_alive(pid), seconds=3)


def test_many_threads_run_at_once(ffmpeg: Path, tmp_path: Path) -> None:
    results: list[RunResult] = []

    def work(name: str) -> None:
        folder = tmp_path / name
        folder.mkdir()
        results.append(run_it(ffmpeg, folder, short_film(frames=10)))

    threads = [threading.Thread(target=work, args=(str(n),)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [result.progress.frame for result in results] == [10] * 6


def test_full_pipes_never_block(tmp_path: Path, scratch: Path) -> None:
    """All three at once, each far more than a pipe holds."""
    text = "x" * 999
    program = write_program(
        tmp_path / "chatty",
        f"""
        while [ "$1" != -progress ]; do shift; done
        fd=/proc/self/fd/${{2#pipe:}}
        for n in $(seq 300); do
          echo {text}; echo {text} >&2
          printf "frame=$n\\nx={text}\\nprogress=continue\\n" >>$fd
        done
        printf "frame=300\\nprogress=end\\n" >>$fd
        """,
    )
    assert run_it(program, scratch).progress.frame == 300


def test_long_logs_take_little_memory(tmp_path: Path, scratch: Path) -> None:
    line = f"[h264 @ 0x1] [error] damaged, {'x' * 100}"
    program = write_program(
        tmp_path / "noisy",
        f"yes '{line}' | head -n 100000 >&2; printf '%09999999d' 1 >&2",
    )
    tracemalloc.start()
    try:
        result = run_it(program, scratch)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert result.decode_errors == 100_000
    assert peak < 4_000_000
    assert len(result.log) < 500_000


def test_child_that_holds_the_pipes_is_not_waited_for(
    tmp_path: Path, scratch: Path
) -> None:
    program = write_program(tmp_path / "parent", "sleep 60 & exit 0")
    began = time.monotonic()
    run_it(program, scratch)
    assert time.monotonic() - began < 5
    assert wait_for(lambda: not children_now(), seconds=2)


LIMITED = """
import resource, sys
from pathlib import Path
from farm.errors import FarmError
from farm.ffmpeg.run import run
from tests.integration.ffmpeg.processes import short_film

resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    run(short_film(), ffmpeg=Path(sys.argv[1]), scratch=Path(sys.argv[2]),
        stall_seconds=20, limit_seconds=60)
except FarmError as error:
    print(type(error).__name__)
"""


def test_limit_on_the_size_of_files_is_a_full_disk(ffmpeg: Path, scratch: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", LIMITED, ffmpeg, scratch],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert said.stdout.split()[-1] == DiskFull.__name__


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_nothing_is_left_open(ffmpeg: Path, scratch: Path) -> None:
    before = _open_files()
    run_it(ffmpeg, scratch, short_film(frames=5))
    stop = StopAt(1)
    with pytest.raises(TaskCancelled):
        run_it(ffmpeg, scratch, on_progress=stop.see, should_stop=stop)
    assert _open_files() == before
