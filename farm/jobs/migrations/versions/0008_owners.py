"""Owners of jobs, turns between them, and artifacts that outlive their job."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_QUEUED = sa.text("status = 'queued'")
_UNFINISHED = sa.text("status IN ('queued', 'active', 'paused')")
_KEY = "artifacts_job_id_fkey"
_ARTIFACTS = (
    "key, kind, path, size_bytes, checksum, facts, seconds, project, job_id, "
    "created, used, uses"
)


def upgrade() -> None:
    op.add_column("jobs", sa.Column("owner", sa.Text()))
    op.add_column(
        "tasks", sa.Column("owner", sa.Text(), nullable=False, server_default="")
    )
    op.create_index("jobs_owner_idx", "jobs", ["owner", "created"])
    op.create_index("jobs_finished_idx", "jobs", ["status", "finished"])
    op.create_index(
        "jobs_unfinished_idx",
        "jobs",
        ["owner"],
        sqlite_where=_UNFINISHED,
        postgresql_where=_UNFINISHED,
    )
    op.create_index("tasks_served_idx", "tasks", ["owner", "queue", "started"])
    for name, columns in (
        (
            "tasks_turn_idx",
            ["queue", "priority", "owner", "created", "job_id", "number"],
        ),
        ("tasks_sent_idx", ["sent"]),
    ):
        op.create_index(
            name, "tasks", columns, sqlite_where=_QUEUED, postgresql_where=_QUEUED
        )
    op.create_index("events_task_idx", "events", ["task_id"])
    op.create_index("task_needs_needed_idx", "task_needs", ["needed_id"])
    _make_artifacts_anew(with_key=False)


def downgrade() -> None:
    op.execute("DELETE FROM artifacts WHERE job_id NOT IN (SELECT id FROM jobs)")
    _make_artifacts_anew(with_key=True)
    op.drop_index("task_needs_needed_idx", "task_needs")
    op.drop_index("events_task_idx", "events")
    for name in ("tasks_sent_idx", "tasks_turn_idx", "tasks_served_idx"):
        op.drop_index(name, "tasks")
    for name in ("jobs_unfinished_idx", "jobs_finished_idx", "jobs_owner_idx"):
        op.drop_index(name, "jobs")
    op.drop_column("tasks", "owner")
    op.drop_column("jobs", "owner")


def _make_artifacts_anew(*, with_key: bool) -> None:
    """Take the foreign key to the job away, or put it back; all rows stay."""
    if op.get_context().dialect.name == "postgresql":
        if with_key:
            op.create_foreign_key(_KEY, "artifacts", "jobs", ["job_id"], ["id"])
        else:
            op.drop_constraint(_KEY, "artifacts")
        return
    # SQLite changes no constraint of a table: there is a new one
    op.rename_table("artifacts", "artifacts_before")
    _create_artifacts(with_key=with_key)
    op.execute(
        f"INSERT INTO artifacts ({_ARTIFACTS}) SELECT {_ARTIFACTS} "  # noqa: S608  # names alone
        "FROM artifacts_before"
    )
    op.drop_table("artifacts_before")
    op.create_index("artifacts_used_idx", "artifacts", ["used"])
    op.create_index("artifacts_project_idx", "artifacts", ["project"])


def _create_artifacts(*, with_key: bool) -> None:
    keys = [sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=_KEY)]
    op.create_table(
        "artifacts",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("checksum", sa.String(64), nullable=False),
        sa.Column("facts", sa.JSON()),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("project", sa.Text()),
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("used", sa.Double(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="artifacts_pkey"),
        *(keys if with_key else []),
    )
