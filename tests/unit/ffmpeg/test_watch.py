from __future__ import annotations

from farm.ffmpeg.progress import Progress
from farm.ffmpeg.watch import Watch

#: No process has this number, so that progress alone decides.
NOBODY = 2**22 + 1


def new_watch() -> Watch:
    return Watch(pid=NOBODY, stall_seconds=10, started=100)


def test_silence_is_a_stall() -> None:
    watch = new_watch()
    assert not watch.is_stalled(now=109)
    assert watch.is_stalled(now=110)


def test_progress_is_none() -> None:
    watch = new_watch()
    watch.see(Progress(frame=1), now=109)
    assert not watch.is_stalled(now=118)
    assert watch.is_stalled(now=119)


def test_bytes_and_seconds_are_progress_too() -> None:
    watch = new_watch()
    watch.see(Progress(size_bytes=1), now=108)
    watch.see(Progress(size_bytes=1, out_seconds=0.1), now=116)
    assert not watch.is_stalled(now=125)


def test_the_same_numbers_again_are_no_progress() -> None:
    watch = new_watch()
    for second in range(100, 110):
        watch.see(Progress(frame=1, speed=second), now=min(second, 101))
    watch.see(Progress(frame=1), now=109)
    assert watch.is_stalled(now=111)
