from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from farm.coordinator import publish
from farm.coordinator.publish import place, publish_job, remove_left_parts
from farm.errors import TaskFailed
from farm.jobs.records import NewJob, NewTask
from farm.jobs.status import JobKind, JobStatus, Queue, TaskKind
from farm.kinds.pack import pack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from farm.jobs.records import Job
    from farm.jobs.table import JobTable


MEMORY = "/dev/shm"  # noqa: S108  # a file system of its own


@pytest.fixture
def other_file_system() -> Iterator[Path]:
    if not os.access(MEMORY, os.W_OK):
        pytest.skip("there is no second file system")
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


def completed_job(
    table: JobTable, storage: Path, output: Path | None, *, result: JsonValue = None
) -> Job:
    """A job whose only task is completed, and what it made in the storage."""
    task = NewTask(
        name="output", kind=TaskKind.SEGMENT, queue=Queue.CPU_BATCH, payload=None
    )
    new = NewJob(
        kind=JobKind.RENDER, spec={}, output=None if output is None else str(output)
    )
    job = table.add_job(new, [task], warnings=["first"])
    claim = table.claim(table.tasks(job.id)[0].id, worker="w", lease_seconds=60)
    assert claim is not None
    made = storage / "artifacts" / job.id / "output-1.mp4"
    made.parent.mkdir(parents=True)
    made.write_bytes(b"film")
    file = {"file": f"artifacts/{job.id}/output-1.mp4"}
    table.complete(
        claim.task.id,
        attempt=claim.attempt,
        result=file | {"facts": {"frames": 4}} if result is None else result,
    )
    return job


def test_the_output_is_there_and_its_parts_are_gone(
    table: JobTable, tmp_path: Path
) -> None:
    output = tmp_path / "out [1].mp4"
    output.write_bytes(b"what was there before")
    job = completed_job(table, tmp_path, output)

    publish_job(table, *table.job_and_tasks(job.id), storage=tmp_path)

    assert output.read_bytes() == b"film"
    ended = table.job(job.id)
    assert ended.status is JobStatus.COMPLETED
    assert isinstance(ended.result, dict)
    assert ended.result["outputs"] == [{"path": str(output), "facts": {"frames": 4}}]
    assert ended.result["tasks"] == {"rendered": 1, "reused": 0}
    assert ended.result["warnings"] == ["first"]
    assert not (tmp_path / "artifacts" / job.id).exists()
    assert [path.name for path in tmp_path.glob(".*.part")] == []


def test_several_files_are_put_into_a_folder(table: JobTable, tmp_path: Path) -> None:
    output = tmp_path / "pictures"
    names = ["one.png", "two.png", "list.json"]
    for name in names:
        (tmp_path / name).write_text(name)
    packed = pack(
        [(tmp_path / name, {"length": len(name)}) for name in names], scratch=tmp_path
    )
    result: JsonValue = {"file": "pack.tar", **packed.facts}
    job = completed_job(table, tmp_path, output, result=result)

    publish_job(table, *table.job_and_tasks(job.id), storage=tmp_path)

    assert {path.name: path.read_text() for path in output.iterdir()} == {
        name: name for name in names
    }
    ended = table.job(job.id)
    assert ended.status is JobStatus.COMPLETED
    assert isinstance(ended.result, dict)
    assert ended.result["outputs"] == [
        {"path": str(output / name), "facts": {"length": len(name)}} for name in names
    ]


def test_an_output_on_another_file_system_is_copied(
    table: JobTable, tmp_path: Path, other_file_system: Path
) -> None:
    output = other_file_system / "out.mp4"
    job = completed_job(table, tmp_path, output)
    publish_job(table, *table.job_and_tasks(job.id), storage=tmp_path)
    assert output.read_bytes() == b"film"
    assert list(other_file_system.iterdir()) == [output]


def test_publishing_again_is_harmless(table: JobTable, tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    job = completed_job(table, tmp_path, output)
    publish_job(table, *table.job_and_tasks(job.id), storage=tmp_path)
    publish_job(
        table, *table.job_and_tasks(job.id), storage=tmp_path
    )  # another coordinator, a bit later
    assert output.read_bytes() == b"film"
    assert table.job(job.id).status is JobStatus.COMPLETED


def test_what_a_killed_coordinator_left_aside_goes(
    table: JobTable, tmp_path: Path
) -> None:
    output = tmp_path / "out.mp4"
    job = completed_job(table, tmp_path, output)
    left = tmp_path / f".out.mp4.{job.id}.1.part"
    left.write_bytes(b"fi")
    publish_job(table, *table.job_and_tasks(job.id), storage=tmp_path)
    assert not left.exists()


def test_an_output_that_cannot_be_written_is_a_failure_with_its_path(
    table: JobTable, tmp_path: Path
) -> None:
    output = tmp_path / "gone" / "out.mp4"
    job = completed_job(table, tmp_path, output)
    with pytest.raises(TaskFailed, match=r"gone/out\.mp4 cannot be written"):
        publish_job(table, *table.job_and_tasks(job.id), storage=tmp_path)
    assert table.job(job.id).status is JobStatus.ACTIVE


def test_a_job_without_a_file_has_its_facts(table: JobTable, tmp_path: Path) -> None:
    job = completed_job(table, tmp_path, None, result={"sources": {"a": 1}})
    publish_job(table, *table.job_and_tasks(job.id), storage=tmp_path)
    result = table.job(job.id).result
    assert isinstance(result, dict)
    assert result["outputs"] == [{"path": None, "sources": {"a": 1}}]


def test_a_result_that_is_no_result_is_a_failure(
    table: JobTable, tmp_path: Path
) -> None:
    job = completed_job(table, tmp_path, None, result=[1])
    with pytest.raises(TaskFailed, match="has no result"):
        publish_job(table, *table.job_and_tasks(job.id), storage=tmp_path)


def test_parts_of_completed_jobs_are_removed_later(
    table: JobTable, tmp_path: Path
) -> None:
    done = completed_job(table, tmp_path, tmp_path / "a.mp4")
    publish_job(table, *table.job_and_tasks(done.id), storage=tmp_path)
    left = tmp_path / "artifacts" / done.id / "late.mp4"
    left.parent.mkdir(parents=True)
    left.touch()
    going = completed_job(table, tmp_path, tmp_path / "b.mp4")
    (tmp_path / "artifacts" / "of nobody").mkdir()

    remove_left_parts(table, storage=tmp_path)

    assert not left.parent.exists()
    assert (tmp_path / "artifacts" / going.id).exists()
    assert (tmp_path / "artifacts" / "of nobody").exists()


def test_parts_of_a_cancelled_job_are_kept_for_a_retry_for_a_while(
    table: JobTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = table.add_job(NewJob(kind=JobKind.RENDER, spec=None, output="/out.mp4"))
    part = tmp_path / "artifacts" / job.id / "part.mp4"
    part.parent.mkdir(parents=True)
    part.touch()
    table.cancel_job(job.id)

    remove_left_parts(table, storage=tmp_path)
    assert part.exists()

    monkeypatch.setattr(publish, "PARTS_KEPT_SECONDS", -1)
    remove_left_parts(table, storage=tmp_path)
    assert not part.parent.exists()


def test_a_file_is_placed_whole_at_once(tmp_path: Path) -> None:
    made, output = tmp_path / "made", tmp_path / "output"
    made.write_bytes(b"x" * 100_000)
    output.write_bytes(b"old")
    with output.open("rb") as reader:
        place(made, output, job_id="job")
        assert reader.read() == b"old"
    assert output.stat().st_size == 100_000


def test_publishing_a_package_again_leaves_its_lists(
    table: JobTable, tmp_path: Path
) -> None:
    output = tmp_path / "package"
    result: JsonValue = {
        "members": [{"name": "index.m3u8", "file": "artifacts/list", "facts": {}}],
        "lists": ["index.m3u8"],
        "tracks": ["video"],
    }
    job = completed_job(table, tmp_path, output, result=result)
    (tmp_path / "artifacts" / "list").write_text("list")
    publish_job(table, *table.job_and_tasks(job.id), storage=tmp_path)
    (tmp_path / "artifacts" / "list").unlink()
    publish_job(
        table, *table.job_and_tasks(job.id), storage=tmp_path
    )  # another coordinator, too late
    assert [path.name for path in output.iterdir()] == ["index.m3u8"]
