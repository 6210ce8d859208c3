from __future__ import annotations

import pytest

from farm.ffmpeg.progress import Progress, ProgressReader

REPORT = (
    b"frame=75\nfps=59.25\nstream_0_0_q=-1.0\nbitrate=2743.8kbits/s\n"
    b"total_size=1001494\nout_time_us=2920000\nout_time_ms=2920000\n"
    b"out_time=00:00:02.920000\ndup_frames=0\ndrop_frames=0\nspeed=2.31x\n"
    b"progress=continue\n"
)
UNKNOWN = (
    b"frame=0\nfps=0.00\nbitrate=N/A\ntotal_size=N/A\nout_time_us=N/A\n"
    b"out_time_ms=N/A\nout_time=N/A\nspeed=N/A\nprogress=continue\n"
)


def test_a_report_is_read() -> None:
    assert ProgressReader().feed(REPORT) == [
        Progress(
            frame=75, fps=59.25, speed=2.31, out_seconds=2.92, size_bytes=1_001_494
        )
    ]


def test_reports_may_be_cut_anywhere() -> None:
    reader = ProgressReader()
    data = REPORT * 3
    found = [
        report for n in range(len(data)) for report in reader.feed(data[n : n + 1])
    ]
    assert found == ProgressReader().feed(REPORT) * 3


def test_what_ffmpeg_does_not_know_yet_is_zero_or_none() -> None:
    assert ProgressReader().feed(UNKNOWN) == [Progress()]


def test_what_is_told_before_the_first_packet_is_not_known() -> None:
    """A segment on a busy machine was seen to be told a speed of 1.07e+12."""
    report = REPORT.replace(b"2.31x", b"1.07e+12x").replace(
        b"out_time_us=2920000", b"out_time_us=9223372036854775807"
    )

    (found,) = ProgressReader().feed(report)

    assert (found.speed, found.out_seconds, found.frame) == (None, 0.0, 75)


def test_nonsense_is_no_error() -> None:
    data = b"frame=many\nfps=nan\nspeed=infx\n=\n\xff\xfe\nprogress=end\n"
    assert ProgressReader().feed(data) == [Progress()]


@pytest.mark.parametrize(
    ("frames", "seconds", "fraction", "eta"),
    [
        (100, None, 0.25, 30.0),
        (None, 4.0, 0.5, 10.0),
        (100, 4.0, 0.25, 30.0),
        (20, None, 1.0, 0.0),  # more frames than were meant
        (None, None, None, None),
    ],
)
def test_fraction_and_time_left_follow_from_the_whole(
    frames: int | None,
    seconds: float | None,
    fraction: float | None,
    eta: float | None,
) -> None:
    progress = Progress(frame=25, out_seconds=2.0)
    whole = progress.of_whole(frames=frames, seconds=seconds, elapsed_seconds=10)
    assert (whole.fraction, whole.eta_seconds) == (fraction, eta)


def test_no_time_left_is_guessed_before_anything_is_done() -> None:
    whole = Progress().of_whole(frames=100, seconds=None, elapsed_seconds=10)
    assert (whole.fraction, whole.eta_seconds) == (0, None)
