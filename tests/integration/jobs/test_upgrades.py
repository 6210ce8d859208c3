"""A table of any released schema, with jobs in it, is brought to this version."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Connection, MetaData, insert, select

from farm.jobs import migrations, schema
from farm.jobs.database import Database
from farm.jobs.status import JobStatus, Queue
from farm.jobs.table import JobTable
from tests.integration.jobs.factories import complete, task_of

JOB, ENDED = "1m8b16tdkq7wy", "1m8b16tdkq7wz"
KEY = "a" * 64
_ERROR = {"kind": "DiskFull", "message": "full", "retry": True, "facts": {"a": 1}}

ROWS: dict[str, list[dict[str, Any]]] = {
    "jobs": [
        {
            "id": JOB,
            "kind": "render",
            "status": "active",
            "planned": True,
            "spec": {"timeline": {"text": "ü"}, "preset": "h264-1080p"},
            "output": "/out.mp4",
            "priority": 7,
            "project": "trailer",
            "idempotency_key": "key",
            "created": 100.5,
            "started": 101.5,
            "finished": None,
            "error": None,
            "result": None,
            "warnings": ["something"],
        },
        {
            "id": ENDED,
            "kind": "probe",
            "status": "failed",
            "planned": True,
            "spec": None,
            "output": None,
            "priority": 0,
            "project": None,
            "idempotency_key": None,
            "created": 90.0,
            "started": None,
            "finished": 99.0,
            "error": _ERROR,
            "result": None,
            "warnings": [],
        },
    ],
    "tasks": [
        {
            "id": f"{JOB}-{number}",
            "job_id": JOB,
            "number": number,
            "name": name,
            "kind": kind,
            "status": status,
            "queue": "cpu.batch",
            "payload": {"start": number},
            "priority": 7,
            "frames": 50,
            "frames_done": done,
            "attempt": attempt,
            "attempts_allowed": 3,
            "worker": None,
            "lease_until": None,
            "not_before": None,
            "sent": sent,
            "created": 100.5,
            "started": None,
            "finished": None,
            "error": None,
            "result": result,
        }
        for number, name, kind, status, done, attempt, sent, result in (
            (1, "a", "segment", "completed", 50, 1, 101.0, {"file": "a.mkv"}),
            (2, "b", "segment", "queued", 0, 1, 102.0, None),
            (3, "output", "concat", "waiting", 0, 0, None, None),
        )
    ],
    "task_needs": [
        {"task_id": f"{JOB}-3", "needed_id": f"{JOB}-{number}"} for number in (1, 2)
    ],
    "attempts": [
        {
            "task_id": f"{JOB}-{number}",
            "number": 1,
            "worker": "w@h",
            "started": 101.5,
            "finished": 102.0,
            "outcome": outcome,
            "argv": "ffmpeg -i 'a b'",
            "log": "log",
            "error": error,
        }
        for number, outcome, error in ((1, "completed", None), (2, "failed", _ERROR))
    ],
    "events": [
        {
            "id": number,
            "job_id": JOB,
            "task_id": task and f"{JOB}-{task}",
            "at": 100.0 + number,
            "before": before,
            "after": after,
            "attempt": 1 if task and before else None,
            "note": note,
        }
        for number, task, before, after, note in (
            (1, None, None, "queued", None),
            (2, 1, None, "queued", None),
            (3, 2, None, "queued", None),
            (4, 3, None, "waiting", None),
            (5, None, "queued", "active", None),
            (6, 1, "queued", "active", "w@h"),
            (7, 1, "active", "completed", None),
            (8, 2, "queued", "active", "w@h"),
            (9, 2, "active", "queued", "full"),
        )
    ],
    "workers": [
        {
            "name": "w@h",
            "host": "h",
            "pid": 1,
            "queues": ["cpu.batch"],
            "slots": 2,
            "device": None,
            "ffmpeg": "7.0",
            "started": 100.0,
            "seen": 100.0,
            "state": "lost",
        }
    ],
    # --- 0002
    "artifacts": [
        {
            "key": KEY,
            "kind": "segment",
            "path": "cache/aa/a.mkv",
            "size_bytes": 2**40,
            "checksum": "b" * 64,
            "facts": {"frames": 50},
            "seconds": 1.5,
            "project": "trailer",
            "job_id": JOB,
            "created": 100.0,
            "used": 100.0,
            "uses": 1,
        }
    ],
    "artifact_pins": [{"key": KEY, "job_id": JOB}],
    "media": [{"path": "/a.mp4", "stamp": "1", "facts": {"a": 1}, "used": 100.0}],
    "cache_counts": [
        {"minute": 0, "what": "hit", "count": 5, "seconds": 0.5, "longest": 0.2}
    ],
    "cache_limits": [{"name": "max_bytes", "value": 1e9}],
    # --- 0004
    "alerts": [
        {
            "id": 1,
            "rule": "disk",
            "labels": "{}",
            "severity": "warning",
            "summary": "full",
            "state": "firing",
            "value": 0.99,
            "since": 100.0,
            "fired": 101.0,
            "resolved": None,
        }
    ],
    "deliveries": [
        {
            "id": 1,
            "job_id": JOB,
            "url": "https://a.example",
            "event": "job.started",
            "body": "{}",
            "state": "waiting",
            "created": 100.0,
            "tries": 0,
            "next_try": 100.0,
            "ended": None,
            "http_status": None,
            "error": None,
        }
    ],
    # --- 0005
    "job_runs": [
        {
            "job_id": ENDED,
            "kind": "probe",
            "preset": "",
            "frames": 0,
            "seconds": 1.0,
            "finished": 99.0,
        }
    ],
    # --- 0006
    "webhooks": [
        {
            "id": 1,
            "job_id": JOB,
            "url": "https://a.example",
            "wanted": ["completed"],
            "seen": 5,
            "is_open": True,
            "next_progress": 0.0,
        }
    ],
}
VERSIONS = Path(migrations.__file__).parent / "versions"
RELEASED = sorted(
    path.name[:4] for path in VERSIONS.glob("[0-9]*.py") if path.name[:4] != schema.HEAD
)
"""The schemas that tables of users may have."""


def read_tables(connection: Connection) -> MetaData:
    found = MetaData()
    found.reflect(connection)
    for table in found.tables.values():
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type = JSON(none_as_null=True)
    return found


def fill(connection: Connection, revision: str) -> dict[str, list[dict[str, Any]]]:
    """Write the rows that a table of a schema can hold; return them."""
    tables = read_tables(connection).tables
    rows = {name: values for name, values in ROWS.items() if name in tables}
    if revision == "0001":  # its artifacts were others, which nobody asked for
        del rows["artifacts"]
    for name, values in rows.items():
        connection.execute(insert(tables[name]), values)
    if revision == "0001":
        old = {"task_id": f"{JOB}-1", "attempt": 1, "path": "a", "job_id": JOB}
        old |= {"size_bytes": 1, "created": 1.0}
        connection.execute(insert(tables["artifacts"]), [old])
    if connection.dialect.name == "postgresql":
        for name in {"events", "alerts", "deliveries", "webhooks"} & rows.keys():
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), "
                f"{len(rows[name])})"
            )
    return rows


def test_every_older_schema_is_tried() -> None:
    assert RELEASED[0] == "0001"
    assert len(RELEASED) >= 6


@pytest.mark.parametrize("revision", RELEASED)
def test_rows_of_an_older_schema_stay_and_their_jobs_go_on(
    new_url: str, revision: str
) -> None:
    with (
        closing(Database(new_url)) as database,
        schema.rebuilding(database) as connection,
    ):
        schema.upgrade(connection, location="here", revision=revision)
        rows = fill(connection, revision)
    with closing(JobTable.open(new_url)) as table:
        check_rows(table, rows)
        check_records(table)
        go_on(table)


def check_rows(table: JobTable, rows: dict[str, list[dict[str, Any]]]) -> None:
    with table._database.reading() as connection:
        tables = read_tables(connection).tables
        for name, values in rows.items():
            found = select(*(tables[name].c[each] for each in values[0]))
            stored = [dict(row) for row in connection.execute(found).mappings()]
            assert sorted(stored, key=str) == sorted(values, key=str), name


def check_records(table: JobTable) -> None:
    job, ended = table.job(JOB), table.job(ENDED)
    assert (job.status, job.priority, job.owner) == (JobStatus.ACTIVE, 7, None)
    assert ended.error is not None
    assert ended.error.message == "full"
    assert len(table.attempts(JOB)) == 2
    assert len(table.events(JOB)) == 9


def go_on(table: JobTable) -> None:
    turns = table.turns(
        table.levels(),
        room=dict.fromkeys(Queue, 5),
        waiting=(),
        resend_seconds=5,
    )
    assert [turn.task_id for turn in turns[Queue.CPU_BATCH]] == [f"{JOB}-2"]
    job = table.job(JOB)
    complete(table, task_of(table, job, "b"), result={"file": "b.mkv"})
    assert table.release_ready() == [f"{JOB}-3"]
    complete(table, task_of(table, job, "output"), result={"file": "out.mp4"})
    assert table.complete_job(JOB, result=lambda _: {"outputs": []})
    assert table.job(JOB).status is JobStatus.COMPLETED
    table.sums.add_up()
    assert table.sums.read().totals["ended", "render", "", "completed"] == 1
