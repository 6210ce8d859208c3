"""Names of the sums that workers add to, and the metrics that they are."""

from __future__ import annotations

FRAMES = "frames"
MEDIA_SECONDS = "media_seconds"
RUN_SECONDS = "run_seconds"
RUNS_OK = "runs_ok"
RUNS_FAILED = "runs_failed"
FENCED = "fenced"
INPUT_BYTES = "input_bytes"
INPUTS_FETCHED = "inputs_fetched"
INPUTS_FOUND = "inputs_found"

METRIC_OF: dict[str, tuple[str, tuple[str, ...]]] = {
    FRAMES: ("farm_encoded_frames_total", ()),
    MEDIA_SECONDS: ("farm_encoded_media_seconds_total", ()),
    RUN_SECONDS: ("farm_ffmpeg_run_seconds_total", ()),
    RUNS_OK: ("farm_ffmpeg_runs_total", ("ok",)),
    RUNS_FAILED: ("farm_ffmpeg_runs_total", ("failed",)),
    FENCED: ("farm_fenced_reports_total", ()),
    INPUT_BYTES: ("farm_input_fetched_bytes_total", ()),
    INPUTS_FETCHED: ("farm_inputs_total", ("fetched",)),
    INPUTS_FOUND: ("farm_inputs_total", ("found",)),
}
"""The metric of a sum, and its labels after the kind."""


def sum_name(what: str, kind: str) -> str:
    """Return the name of a sum, for tasks of a kind."""
    return f"{what}:{kind}"


def read_sum_name(name: str) -> tuple[str, str]:
    """Return what a sum is of, and the kind of task."""
    what, _, kind = name.partition(":")
    return what, kind
