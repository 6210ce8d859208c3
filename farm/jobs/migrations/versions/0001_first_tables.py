"""The first tables: jobs, tasks, attempts, events, workers and artifacts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_JOB_ID = sa.String(32)
_TASK_ID = sa.String(48)
_WORD = sa.String(32)


def upgrade() -> None:
    _create_jobs()
    _create_tasks()
    _create_task_needs()
    _create_attempts()
    _create_events()
    _create_workers()
    _create_artifacts()


def downgrade() -> None:
    for table in (
        "artifacts",
        "workers",
        "events",
        "attempts",
        "task_needs",
        "tasks",
        "jobs",
    ):
        op.drop_table(table)


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", _JOB_ID, nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("status", _WORD, nullable=False),
        sa.Column("planned", sa.Boolean(), nullable=False),
        sa.Column("spec", sa.JSON()),
        sa.Column("output", sa.Text()),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("project", sa.Text()),
        sa.Column("idempotency_key", sa.Text()),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("started", sa.Double()),
        sa.Column("finished", sa.Double()),
        sa.Column("error", sa.JSON()),
        sa.Column("result", sa.JSON()),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="jobs_pkey"),
        sa.UniqueConstraint("idempotency_key", name="jobs_idempotency_key_key"),
    )
    op.create_index("jobs_created_idx", "jobs", ["created"])
    op.create_index("jobs_status_idx", "jobs", ["status", "created"])
    op.create_index("jobs_project_idx", "jobs", ["project", "created"])


def _create_tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", _TASK_ID, nullable=False),
        sa.Column("job_id", _JOB_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("status", _WORD, nullable=False),
        sa.Column("queue", _WORD, nullable=False),
        sa.Column("payload", sa.JSON()),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("frames_done", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("attempts_allowed", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Text()),
        sa.Column("lease_until", sa.Double()),
        sa.Column("not_before", sa.Double()),
        sa.Column("sent", sa.Double()),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("started", sa.Double()),
        sa.Column("finished", sa.Double()),
        sa.Column("error", sa.JSON()),
        sa.Column("result", sa.JSON()),
        sa.PrimaryKeyConstraint("id", name="tasks_pkey"),
        sa.UniqueConstraint("job_id", "name", name="tasks_job_id_name_key"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="tasks_job_id_fkey"),
    )
    op.create_index("tasks_job_idx", "tasks", ["job_id", "status"])
    for status in ("waiting", "queued", "active"):
        where = sa.text(f"status = '{status}'")
        op.create_index(
            f"tasks_{status}_idx",
            "tasks",
            ["id"],
            sqlite_where=where,
            postgresql_where=where,
        )


def _create_task_needs() -> None:
    op.create_table(
        "task_needs",
        sa.Column("task_id", _TASK_ID, nullable=False),
        sa.Column("needed_id", _TASK_ID, nullable=False),
        sa.PrimaryKeyConstraint("task_id", "needed_id", name="task_needs_pkey"),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name="task_needs_task_id_fkey"
        ),
        sa.ForeignKeyConstraint(
            ["needed_id"], ["tasks.id"], name="task_needs_needed_id_fkey"
        ),
    )


def _create_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("task_id", _TASK_ID, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("started", sa.Double(), nullable=False),
        sa.Column("finished", sa.Double()),
        sa.Column("outcome", _WORD),
        sa.Column("argv", sa.Text()),
        sa.Column("log", sa.Text()),
        sa.Column("error", sa.JSON()),
        sa.PrimaryKeyConstraint("task_id", "number", name="attempts_pkey"),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name="attempts_task_id_fkey"
        ),
    )


def _create_events() -> None:
    counted = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "events",
        sa.Column("id", counted, sa.Identity(), nullable=False),
        sa.Column("job_id", _JOB_ID, nullable=False),
        sa.Column("task_id", _TASK_ID),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("before", _WORD),
        sa.Column("after", _WORD, nullable=False),
        sa.Column("attempt", sa.Integer()),
        sa.Column("note", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="events_pkey"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="events_job_id_fkey"),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name="events_task_id_fkey"),
    )
    op.create_index("events_job_idx", "events", ["job_id", "id"])


def _create_workers() -> None:
    op.create_table(
        "workers",
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("queues", sa.JSON(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("device", sa.Text()),
        sa.Column("ffmpeg", sa.Text()),
        sa.Column("started", sa.Double(), nullable=False),
        sa.Column("seen", sa.Double(), nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.PrimaryKeyConstraint("name", name="workers_pkey"),
    )


def _create_artifacts() -> None:
    op.create_table(
        "artifacts",
        sa.Column("task_id", _TASK_ID, nullable=False),
        sa.Column("attempt", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("job_id", _JOB_ID, nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "attempt", "path", name="artifacts_pkey"),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name="artifacts_task_id_fkey"
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="artifacts_job_id_fkey"),
    )
    op.create_index("artifacts_job_idx", "artifacts", ["job_id"])
