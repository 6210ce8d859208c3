"""A backup holds all rows of one moment, and makes the same table elsewhere."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Connection, select, text

from farm.errors import BackupFailed, DiskFull, NotAllowed
from farm.jobs.alerts import Breach
from farm.jobs.cached import NewArtifact
from farm.jobs.database import Database
from farm.jobs.models.base import metadata
from farm.jobs.restore import check_backup, restore_backup
from farm.jobs.status import JobStatus, TaskKind
from farm.jobs.table import JobTable
from tests.integration.jobs.factories import (
    add_job,
    claim,
    complete,
    new_job,
    new_task,
    task_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from farm.jobs.records import Job

    Rows = dict[str, list[tuple[Any, ...]]]


FILLED = {
    *("jobs", "tasks", "task_needs", "attempts", "events", "workers", "artifacts"),
    *("artifact_pins", "media", "cache_counts", "cache_limits", "totals"),
    *("queued_tasks", "recent_attempts", "alerts", "webhooks", "deliveries"),
}


def fill(table: JobTable) -> Job:
    """Write rows of all kinds; return a job that is in the middle of its work."""
    job = table.add_job(
        new_job(owner="Åsa", spec={"text": "ü\n\"'%s\\ 0x00", "n": [1.5, None, True]}),
        [new_task("a"), new_task("b"), new_task("output", "a", "b")],
        warnings=["something"],
    )
    complete(table, task_of(table, job, "a"), result={"file": "a.mkv"})
    failed = claim(table, task_of(table, job, "b"))
    table.fail(failed.task.id, attempt=1, error=DiskFull("full"), log="log", argv="a")
    cancelled = add_job(table, "a", idempotency_key="k")
    table.cancel_job(cancelled.id)
    artifact = NewArtifact(
        key="a" * 64,
        kind=TaskKind.SEGMENT,
        path="cache/a",
        size_bytes=2**40,
        checksum="b" * 64,
        facts={"frames": 1},
        seconds=0.1,
    )
    table.artifacts.add(artifact, job_id=job.id)
    table.artifacts.take("c" * 64, job_id=job.id)
    table.artifacts.set_limits({"max_bytes": 5e9})
    table.artifacts.keep_media_facts("/a.mp4", stamp="1", facts={"a": 1})
    breach = Breach(
        rule="r",
        labels={"a": "b"},
        severity="info",
        summary="s",
        value=1,
        for_seconds=0,
    )
    table.alerts.update({breach.key: breach}, webhook="http://a.example")
    table.webhooks.add(job.id, url="http://a.example", wanted=["started"])
    table.webhooks.tell(progress_seconds=1)
    table.register_worker(
        name="w@h",
        host="h",
        pid=1,
        queues=["cpu.batch"],
        slots=2,
        device=None,
        ffmpeg="7",
    )
    table.worker_seen("w@h", state="offline")
    table.sums.add_up()
    return job


def read_rows(url: str) -> Rows:
    with closing(Database(url)) as database, database.reading() as connection:
        return {name: _rows(connection, name) for name in metadata.tables}


def _rows(connection: Connection, name: str) -> list[tuple[Any, ...]]:
    table = metadata.tables[name]
    found = select(table).order_by(*table.primary_key.columns)
    return [tuple(row) for row in connection.execute(found)]


def back_up(url: str, path: Path) -> Path:
    with closing(JobTable.open(url)) as table:
        return table.back_up(path).path


def restore(url: str, path: Path, *, force: bool = False) -> None:
    with closing(Database(url)) as database:
        restore_backup(database, path, force=force)


def test_a_backup_makes_the_same_table_on_either_database(
    url: str, new_url: str, tmp_path: Path
) -> None:
    with closing(JobTable.open(url)) as table:
        job = fill(table)
    path = back_up(url, tmp_path / "jobs.farm.gz")
    before = read_rows(url)
    assert {name for name, rows in before.items() if rows} >= FILLED

    restore(new_url, path)

    assert read_rows(new_url) == before
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.glob(".*.part")] == []
    with closing(JobTable.open(new_url)) as restored:
        go_on(restored, job)


def go_on(table: JobTable, job: Job) -> None:
    """Bring the job to its end; numbers of rows go on where they were."""
    last = table.last_event_id()
    complete(table, task_of(table, job, "b"))
    table.release_ready()
    complete(table, task_of(table, job, "output"))
    assert table.complete_job(job.id, result=lambda _: {})
    assert table.job(job.id).status is JobStatus.COMPLETED
    new = [event.id for event in table.events(job.id, after=last)]
    assert new == sorted(new)
    assert min(new) == last + 1
    table.sums.add_up()
    assert table.sums.read().behind == 0


def test_a_backup_is_of_one_moment_while_others_write(
    table: JobTable, tmp_path: Path
) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            job = add_job(table, "a", "b", "c")
            table.cancel_job(job.id)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        while len(table.jobs(limit=60)) < 60:
            assert all(writer.is_alive() for writer in writers)
        backups = [table.back_up(tmp_path / f"{number}.gz") for number in range(3)]
    finally:
        stop.set()
        for writer in writers:
            writer.join()

    assert backups[2].rows["jobs"] > backups[0].rows["jobs"]
    for backup in backups:
        assert check_backup(backup.path) == backup
        rows = backup.rows
        assert rows["tasks"] == 3 * rows["jobs"]
        lines = gzip.decompress(backup.path.read_bytes()).splitlines()
        events = [line for line in lines if b',"queued","cancelled",' in line]
        cancelled = [line for line in lines if b'"render","cancelled"' in line]
        assert len(events) == 4 * len(cancelled)


def test_a_table_with_jobs_is_replaced_only_when_asked_for(
    url: str, new_url: str, tmp_path: Path
) -> None:
    with closing(JobTable.open(url)) as table:
        fill(table)
    path = back_up(url, tmp_path / "a.gz")
    with closing(JobTable.open(new_url)) as other:
        kept = add_job(other, "a")

    with pytest.raises(NotAllowed, match=r"\(jobs: 1, artifacts: 0\).* --force"):
        restore(new_url, path)
    with closing(JobTable.open(new_url)) as other:
        assert other.job(kept.id) == kept
    restore(new_url, path, force=True)

    assert read_rows(new_url) == read_rows(url)


def test_a_table_whose_farm_runs_is_not_replaced(
    url: str, new_url: str, tmp_path: Path
) -> None:
    path = back_up(url, tmp_path / "a.gz")
    with closing(JobTable.open(new_url)) as other:
        other.register_worker(
            name="w@h", host="h", pid=1, queues=[], slots=1, device=None, ffmpeg=None
        )
        with pytest.raises(NotAllowed, match="its worker w@h is online"):
            restore(new_url, path, force=True)
        other.worker_seen("w@h", state="offline")

    restore(new_url, path)


def test_a_restore_that_fails_changes_nothing(
    url: str, new_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(JobTable.open(url)) as table:
        fill(table)
    path = back_up(url, tmp_path / "a.gz")
    with closing(JobTable.open(new_url)) as other:
        add_job(other, "a")
    with closing(Database(new_url)) as database, database.writing() as connection:
        connection.execute(text("CREATE TABLE others (id INTEGER)"))  # of a neighbour
    before = read_rows(new_url)
    lines = gzip.decompress(path.read_bytes()).splitlines()
    values = [json.loads(line) for line in lines[:-1]]
    place = next(
        number
        for number, value in enumerate(values)
        if isinstance(value, dict) and value.get("table") == "jobs"
    )
    values[place + 2] = values[place + 1]  # a job that is there twice
    write_lines(path, values)

    with pytest.raises(Exception, match=r"(?i)unique"):
        restore(new_url, path, force=True)

    assert read_rows(new_url) == before
    restore(new_url, back_up(url, path), force=True)
    with closing(Database(new_url)) as database, database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM others")).scalar_one() == 0


def write_lines(path: Path, values: list[Any]) -> None:
    """Write a backup with a right sum, whatever it says."""
    rows: dict[str, int] = {}
    name = ""
    for value in values[1:]:
        if isinstance(value, dict):
            name = value["table"]
            rows[name] = 0
        else:
            rows[name] += 1
    data = "".join(json.dumps(value) + "\n" for value in values).encode()
    end = json.dumps({"rows": rows, "sha256": hashlib.sha256(data).hexdigest()})
    path.write_bytes(gzip.compress(data + end.encode() + b"\n"))


def test_a_backup_of_an_older_farm_is_brought_to_this_version(
    new_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "old.gz"
    jobs = [
        "id",
        "kind",
        "status",
        "planned",
        "spec",
        "priority",
        "created",
        "warnings",
    ]
    tasks = [
        "id",
        "job_id",
        "number",
        "name",
        "kind",
        "status",
        "queue",
        "priority",
        "frames",
        "frames_done",
        "attempt",
        "attempts_allowed",
        "created",
    ]
    write_lines(
        path,
        [
            {"format": "farm-backup/1", "schema": "0003", "farm": "0", "created": 1.0},
            {"table": "jobs", "columns": jobs},
            ["1m8b16tdkq7wy", "render", "queued", True, None, 4, 1.0, []],
            {"table": "tasks", "columns": tasks},
            [
                *("1m8b16tdkq7wy-1", "1m8b16tdkq7wy", 1, "output", "segment"),
                *("queued", "cpu.batch", 4, 1, 0, 0, 3, 1.0),
            ],
        ],
    )

    restore(new_url, path)

    with closing(JobTable.open(new_url)) as table:
        job = table.job("1m8b16tdkq7wy")
        assert (job.owner, job.status) == (None, JobStatus.QUEUED)
        complete(table, "1m8b16tdkq7wy-1")
        assert table.complete_job(job.id, result=lambda _: {})


def test_a_backup_goes_where_it_can_be_written_alone(
    sqlite_url: str, tmp_path: Path
) -> None:
    with closing(JobTable.open(sqlite_url)) as table:
        with pytest.raises(BackupFailed, match="cannot be written: No such file"):
            table.back_up(tmp_path / "nowhere" / "a.gz")
        with pytest.raises(BackupFailed, match="is the job table itself"):
            table.back_up(tmp_path / "jobs.sqlite")
        table.back_up(tmp_path / "a.gz")
        table.back_up(tmp_path / "a.gz")  # the older one is replaced
    with pytest.raises(BackupFailed, match="cannot be read"):
        check_backup(tmp_path / "b.gz")
