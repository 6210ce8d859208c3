"""The cache: artifacts found by key, facts of media, counts and limits.

The artifacts of the first step were listed by attempt, and nobody asked for them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_KEY = sa.String(64)
_JOB_ID = sa.String(32)
_TASK_ID = sa.String(48)
_WORD = sa.String(32)


def upgrade() -> None:
    op.drop_table("artifacts")
    _create_artifacts()
    op.create_table(
        "media",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("used", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("path", name="media_pkey"),
    )
    op.create_table(
        "cache_counts",
        sa.Column("minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("longest", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("minute", "what", name="cache_counts_pkey"),
    )
    op.create_table(
        "cache_limits",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="cache_limits_pkey"),
    )


def downgrade() -> None:
    for table in (
        "cache_limits",
        "cache_counts",
        "media",
        "artifact_pins",
        "artifacts",
    ):
        op.drop_table(table)
    _create_first_artifacts()


def _create_artifacts() -> None:
    op.create_table(
        "artifacts",
        sa.Column("key", _KEY, nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("checksum", sa.String(64), nullable=False),
        sa.Column("facts", sa.JSON()),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("project", sa.Text()),
        sa.Column("job_id", _JOB_ID, nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("used", sa.Double(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="artifacts_pkey"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="artifacts_job_id_fkey"),
    )
    op.create_index("artifacts_used_idx", "artifacts", ["used"])
    op.create_index("artifacts_project_idx", "artifacts", ["project"])
    op.create_table(
        "artifact_pins",
        sa.Column("key", _KEY, nullable=False),
        sa.Column("job_id", _JOB_ID, nullable=False),
        sa.PrimaryKeyConstraint("key", "job_id", name="artifact_pins_pkey"),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="artifact_pins_job_id_fkey"
        ),
    )
    op.create_index("artifact_pins_job_idx", "artifact_pins", ["job_id"])


def _create_first_artifacts() -> None:
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
