"""A real render, whose worker is killed in the middle of a segment."""

from __future__ import annotations

import hashlib
import os
import signal
from typing import TYPE_CHECKING

import av

from farm import Farm
from farm.ffmpeg.command import Command
from farm.ffmpeg.locate import find_ffmpeg
from farm.ffmpeg.run import run
from farm.jobs.status import TaskKind
from tests.acceptance.farm.rig import ffmpegs_in, until

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import JsonValue

    from farm import Job
    from farm.jobs.records import Task


def write_clip(folder: Path, farm: Farm) -> None:
    run(
        Command(
            arguments=(
                *("-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=9"),
                *("-c:v", "libx264", "-preset", "ultrafast", "clip.mp4"),
            ),
            output="clip.mp4",
        ),
        ffmpeg=find_ffmpeg(farm.settings),
        scratch=folder,
        stall_seconds=60,
        limit_seconds=60,
    )


def timeline(folder: Path) -> dict[str, JsonValue]:
    clip: dict[str, JsonValue] = {
        "type": "clip",
        "media": {"type": "file", "path": str(folder / "clip.mp4")},
    }
    return {
        "format": "farm-timeline/1",
        "rate": 25,
        "width": 640,
        "height": 360,
        "tracks": [{"kind": "video", "items": [clip]}],
    }


def digest(path: Path) -> str:
    """A digest of all pictures, as decoded."""
    found = hashlib.sha256()
    with av.open(path) as container:
        for frame in container.decode(video=0):
            for plane in frame.planes:
                found.update(bytes(plane))
    return found.hexdigest()


def render(farm: Farm, folder: Path, name: str) -> Job:
    output = folder / name
    return farm.render(
        timeline(folder), output, preset="source", segments=3, use_cache=False
    )


def wait_in_a_segment(job: Job, folder: Path) -> Task:
    """Wait until FFmpeg works on a segment; return its task."""
    found: list[Task] = []

    def look() -> list[Task]:
        segments = [task for task in job.tasks() if task.kind is TaskKind.SEGMENT]
        found.extend(task for task in segments if ffmpegs_in(folder, task.id))
        return found

    until(look)
    return found[0]


def test_a_worker_killed_in_a_segment_changes_no_picture(tmp_path: Path) -> None:
    folder = tmp_path / "farm"
    with Farm.local(root=folder, cpu_slots=1, interactive_slots=0) as farm:
        write_clip(tmp_path, farm)
        render(farm, tmp_path, "calm.mp4").result(timeout=60)
        own = farm._host._own
        assert own is not None
        worker = own.pid("worker-cpu")
        assert worker is not None

        job = render(farm, tmp_path, "hurt.mp4")
        segment = wait_in_a_segment(job, folder)
        os.kill(worker, signal.SIGKILL)
        until(lambda: not ffmpegs_in(folder, f"{segment.id}-1@"), seconds=5)
        job.result(timeout=60)

        tries = [a.outcome for a in job.attempts() if a.task_id == segment.id]
        assert tries == ["failed", "completed"]
    assert not ffmpegs_in(tmp_path)
    assert digest(tmp_path / "hurt.mp4") == digest(tmp_path / "calm.mp4")
