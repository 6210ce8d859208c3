"""How many bytes a task may write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from farm.jobs.records import Claim, JobId, Task, TaskId
from farm.jobs.status import JobKind, Queue, TaskKind, TaskStatus
from farm.kinds.room import room_needed

if TYPE_CHECKING:
    from pathlib import Path


def claim(kind: TaskKind, payload: Any, **needs: Any) -> Claim:  # noqa: ANN401
    task = Task(
        id=TaskId("t-1"),
        job_id=JobId("t"),
        name="output",
        kind=kind,
        status=TaskStatus.ACTIVE,
        queue=Queue.CPU_BATCH,
        payload=payload,
        priority=4,
        frames=10,
        frames_done=0,
        attempt=1,
        attempts_allowed=3,
        worker="w",
        lease_until=0,
        created=0,
        started=0,
        finished=None,
        error=None,
        result=None,
    )
    return Claim(task=task, attempt=1, job_kind=JobKind.RENDER, needs=needs)


@pytest.mark.parametrize(
    ("video", "needed"),
    [
        ({"encoder": "ffv1"}, 20_000),
        ({"encoder": "libx264", "options": {"crf": "0"}}, 20_000),
        ({"encoder": "libx264", "options": {"crf": "20"}}, 1000),
    ],
)
def test_a_segment_takes_room_by_its_pixels(
    tmp_path: Path, video: dict[str, Any], needed: int
) -> None:
    payload = {"size": [50, 40], "preset": {"video": video}}

    assert room_needed(claim(TaskKind.SEGMENT, payload), storage=tmp_path) == needed


def test_a_segment_that_is_copied_takes_none(tmp_path: Path) -> None:
    payload = {"size": [50, 40], "preset": {"video": {}}, "copied": {"a": 1}}

    assert room_needed(claim(TaskKind.SEGMENT, payload), storage=tmp_path) == 0


def test_a_join_takes_the_room_of_its_parts(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 300)
    parts = {"a": {"file": "a"}, "gone": {"file": "gone"}, "facts": {"frames": 1}}

    plain = claim(TaskKind.CONCAT, {}, **parts)
    copied = claim(TaskKind.CONCAT, {"copies": {"a": {}}}, **parts)

    assert room_needed(plain, storage=tmp_path) == 300
    assert room_needed(copied, storage=tmp_path) == 600


def test_small_tasks_take_none(tmp_path: Path) -> None:
    assert room_needed(claim(TaskKind.PROBE, None), storage=tmp_path) == 0
