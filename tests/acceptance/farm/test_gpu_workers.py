"""GPU workers as processes: pinned, bounded, and left for the CPU when they fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from farm.api import Farm
from farm.cli.workers import worker_to_json
from farm.errors import GpuFailed, InvalidOption
from farm.ffmpeg.locate import find_ffmpeg
from farm.jobs.demands import GpuDemand, GpuOffer
from farm.jobs.records import NewJob, NewTask
from farm.jobs.status import JobKind, Queue, TaskKind, TaskStatus
from tests.acceptance.farm.rig import HERE, Rig, until
from tests.recorded.nvml import RecordedNvml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from farm.jobs.records import Job, Task
    from farm.jobs.table import JobTable

T4_ID, H100_ID = (RecordedNvml().nvmlDeviceGetUUID(number) for number in (0, 1))
T4 = GpuOffer(
    id=T4_ID,
    index=0,
    model="Tesla T4",
    driver="550.54.15",
    encoders=("h264-8",),
    decoders=("h264-8",),
    why_not={},
    sessions=None,
    memory_bytes=14_000_000_000,
)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """A farm whose GPUs have one session for encoding."""
    with Rig.started(tmp_path, gpu_sessions=1, gpu_wait_seconds=1.0) as rig:
        yield rig


def start_gpu_worker(rig: Rig, device: str, *options: str) -> None:
    program = [sys.executable, str(HERE / "gpu_worker.py"), device, *options]
    rig.start(program)
    with rig.table() as table:
        until(lambda: any(w.name.startswith(f"gpu{device}-") for w in table.workers()))


def start_cpu_worker(rig: Rig) -> None:
    rig.start([sys.executable, "-m", "workers.cpu"])


def make_film(folder: Path) -> Path:
    """Make six seconds of moving picture with sound."""
    film = folder / "film.mp4"
    sources = [
        *("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=6"),
        *("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=6"),
    ]
    subprocess.run(
        [find_ffmpeg(Rig.make(folder).settings), *sources, "-g", "25", film],
        check=True,
        capture_output=True,
    )
    return film


def timeline(film: Path) -> dict[str, Any]:
    clip = {
        "type": "clip",
        "media": {"type": "file", "path": str(film)},
        "source_range": {"start": 0, "duration": 6},
    }
    items = [{**clip, "effects": [{"name": "mirror"}]}]
    return {
        "format": "farm-timeline/1",
        "rate": "25",
        "width": 320,
        "height": 180,
        "tracks": [
            {"kind": "video", "items": items},
            {"kind": "audio", "items": [clip]},
        ],
    }


def frames_of(film: Path, rig: Rig) -> str:
    """Decode all of a film strictly; return a digest of each frame."""
    done = subprocess.run(
        [
            *(find_ffmpeg(rig.settings), "-v", "error", "-xerror", "-i", film),
            *("-map", "0:v", "-f", "framemd5", "-"),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    return "\n".join(
        line.rpartition(",")[2] for line in done.stdout.splitlines() if line[0] != "#"
    )


def connect(rig: Rig) -> Farm:
    return Farm.connect(
        storage=rig.folder,
        broker_url=rig.settings.broker_url,
        media_roots=[rig.folder],
    )


def submit_slow(rig: Rig, *names: str, seconds: float = 2) -> Job:
    """Submit tasks for a GPU of the T4's model that take so long each."""
    demand = GpuDemand(
        model="Tesla T4",
        driver="550.54.15",
        needs=("encode h264-8",),
        sessions=1,
        memory_bytes=1,
    )
    tasks = [
        NewTask(
            name=name,
            kind=TaskKind.SEGMENT,
            queue=Queue.GPU_BATCH,
            payload={"seconds": seconds},
            demand=demand,
        )
        for name in names
    ]
    new = NewJob(
        kind=JobKind.RENDER, spec={}, output=str(rig.folder / f"{names[0]}.mkv")
    )
    with rig.table() as table, rig.live() as live:
        job = table.add_job(new, tasks)
        live.notify(job.id)
    return job


def variables(pid: int) -> dict[str, str]:
    """Return the variables that a running program was started with."""
    found = Path(f"/proc/{pid}/environ").read_text(encoding="utf-8").split("\0")
    return dict(each.split("=", 1) for each in found if "=" in each)


def test_workers_are_pinned_and_a_full_gpu_lets_a_task_wait(rig: Rig) -> None:
    """Of two tasks, one has the only session; FFmpeg sees the one GPU by its id."""
    start_gpu_worker(rig, "0", "slow")
    job = submit_slow(rig, "segment-1", "output", seconds=7)

    task = rig.wait_working(job)
    (process,) = rig.ffmpeg_of(task)

    assert variables(process.pid)["CUDA_VISIBLE_DEVICES"] == T4_ID
    until(lambda: "all 1 encoder sessions of the GPU are taken" in rig.logs())
    start_gpu_worker(rig, "1", "slow")  # another model: the task is not for it
    with rig.table() as table:
        states = sorted(each.status for each in table.tasks(job.id))
        workers = {w.name.split("-")[0]: w for w in table.workers()}
    assert states == [TaskStatus.ACTIVE, TaskStatus.QUEUED]
    assert workers["gpu0"].gpu is not None
    assert workers["gpu0"].gpu.sessions == 1
    shown = worker_to_json(workers["gpu1"])
    assert shown["device"] == "1: NVIDIA H100 80GB HBM3"
    assert isinstance(shown["gpu"], dict)
    assert shown["gpu"]["id"] == H100_ID

    rig.wait_completed(job)
    assert rig.outcomes(job) == ["completed", "completed"]
    with rig.table() as table:
        made = table.attempts(job.id)
    assert {each.worker.split("-")[0] for each in made} == {"gpu0"}
    first, second = sorted(made, key=lambda each: each.started)
    assert first.finished is not None
    assert second.started >= first.finished


def test_a_gpu_that_fails_is_left_for_the_cpu_with_the_reason(
    rig: Rig, tmp_path: Path
) -> None:
    """FFmpeg finds no driver: all is made by the CPU, as if that had been asked for."""
    start_gpu_worker(rig, "0")
    start_cpu_worker(rig)
    document = timeline(make_film(tmp_path))
    with connect(rig) as farm:
        on_gpu = farm.render(document, tmp_path / "gpu.mp4", segments=2, device="gpu")
        result = on_gpu.result(timeout=60)
        asked = farm.render(
            document, tmp_path / "cpu.mp4", segments=2, device="cpu", use_cache=False
        )
        asked.result(timeout=60)

    (warning,) = result.warnings
    assert warning.startswith("made by the CPU instead of a GPU: segment-")
    assert "cannot be used here (Cannot load libcuda.so.1)" in warning
    assert len(result.segments) == 3
    for segment in result.segments:
        assert (segment.how, segment.gpu) == ("rendered", "")
        assert "Cannot load libcuda.so.1" in segment.not_gpu
    tried = [each for each in rig.attempts(on_gpu.row) if each.outcome == "failed"]
    assert tried
    for attempt in tried:
        assert attempt.worker.startswith("gpu0-")
        assert attempt.error is not None
        assert attempt.error.kind == "EncoderMissing"
        assert "-hwaccel cuda" in str(attempt.argv)
        assert "h264_nvenc" in str(attempt.argv)
    frames = frames_of(tmp_path / "gpu.mp4", rig)
    assert len(frames.splitlines()) == 150
    assert frames == frames_of(tmp_path / "cpu.mp4", rig)


class TestActing:
    """The test itself acts as the worker of a GPU, in the job table."""

    @pytest.fixture
    def table(self, rig: Rig) -> Iterator[JobTable]:
        with rig.table() as table:
            table.register_worker(
                name="gpu0-1@there",
                host="there",
                pid=1,
                queues=["gpu.batch"],
                slots=2,
                device="0: Tesla T4",
                ffmpeg=None,
                gpu=T4,
            )
            yield table

    def claim(self, table: JobTable, task: Task) -> int:
        claimed = table.claim(task.id, worker="gpu0-1@there", lease_seconds=60, gpu=T4)
        assert claimed is not None
        return claimed.attempt

    def planned(self, table: JobTable, job_id: str) -> list[Task]:
        """Wait until the job was planned onto the GPU; return its segments."""

        def find() -> list[Task]:
            return [t for t in table.tasks(job_id) if t.queue is Queue.GPU_BATCH]

        until(find)
        return find()

    def test_a_failure_in_the_middle_ends_in_one_correct_file(
        self, rig: Rig, table: JobTable, tmp_path: Path
    ) -> None:
        """One segment was made by the GPU, one is at work, one fails three times.

        What was made is of another encoder here, in another size: if it were joined
        with the rest, it would be seen.
        """
        start_cpu_worker(rig)
        film = make_film(tmp_path)
        foreign = tmp_path / "artifacts" / "foreign.mp4"
        foreign.parent.mkdir()
        foreign.write_bytes(film.read_bytes())
        with connect(rig) as farm:
            job = farm.render(timeline(film), tmp_path / "out.mp4", segments=2)
            first, second, third = self.planned(table, job.id)
            done: JsonValue = {
                "file": "artifacts/foreign.mp4",
                "frames": 50,
                "gpu": "Tesla T4",
            }
            attempt = self.claim(table, first)
            assert table.complete(first.id, attempt=attempt, result=done)
            late = self.claim(table, second)
            for _ in range(3):
                attempt = self.claim(table, third)
                table.fail(third.id, attempt=attempt, error=GpuFailed("CUDA broke"))
            result = job.result(timeout=60)
            assert not table.complete(second.id, attempt=late, result=done)
            asked = farm.render(
                timeline(film),
                tmp_path / "cpu.mp4",
                segments=2,
                device="cpu",
                use_cache=False,
            )
            asked.result(timeout=60)

        why = f"made by the CPU instead of a GPU: {third.name}: CUDA broke"
        assert result.warnings == (why,)
        assert {each.gpu for each in result.segments} == {""}
        frames = frames_of(tmp_path / "out.mp4", rig)
        assert frames == frames_of(tmp_path / "cpu.mp4", rig)

    @pytest.mark.slow
    def test_what_waits_for_a_gpu_that_is_gone_is_made_by_the_cpu(
        self, rig: Rig, table: JobTable, tmp_path: Path
    ) -> None:
        start_cpu_worker(rig)
        with connect(rig) as farm:
            job = farm.render(timeline(make_film(tmp_path)), tmp_path / "out.mp4")
            self.planned(table, job.id)
            table.worker_seen("gpu0-1@there", state="offline")
            result = job.result(timeout=60)

        (warning,) = result.warnings
        assert "no GPU worker that can do it was online for 1 s" in warning

    @pytest.mark.slow
    def test_a_join_of_encoders_that_differ_is_made_again(
        self, rig: Rig, table: JobTable, tmp_path: Path
    ) -> None:
        """Two GPUs wrote other headers: the join says so, and the CPU makes all."""
        start_cpu_worker(rig)
        film = make_film(tmp_path)
        for name in ("one", "two", "three"):
            kept = tmp_path / "artifacts" / f"{name}.mp4"
            kept.parent.mkdir(exist_ok=True)
            kept.write_bytes(film.read_bytes())
        with connect(rig) as farm:
            job = farm.render(timeline(film), tmp_path / "out.mp4", segments=2)
            for task, name in zip(
                self.planned(table, job.id), ("one", "two", "three"), strict=True
            ):
                made: JsonValue = {
                    "file": f"artifacts/{name}.mp4",
                    "frames": task.frames,
                    "gpu": "Tesla T4",
                    "header": name,
                }
                attempt = self.claim(table, task)
                table.complete(task.id, attempt=attempt, result=made)
            result = job.result(timeout=90)

        (warning,) = result.warnings
        assert "its segments are of encoders that differ" in warning
        assert len(frames_of(tmp_path / "out.mp4", rig).splitlines()) == 150


def test_a_gpu_that_is_wanted_where_there_is_none_is_refused(tmp_path: Path) -> None:
    film = make_film(tmp_path)
    with (
        Farm.local(root=tmp_path / "farm") as farm,
        pytest.raises(InvalidOption, match="no GPU worker is online: start one with"),
    ):
        farm.render(timeline(film), tmp_path / "out.mp4", device="gpu")
    with Farm.local(root=tmp_path / "farm") as farm:
        assert farm.jobs() == []
        assert not farm.is_running
