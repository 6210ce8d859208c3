"""Sums of what events told, for metrics; they are made of all events there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_WORD = sa.String(32)


def upgrade() -> None:
    op.create_table(
        "totals",
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("queue", _WORD, nullable=False),
        sa.Column("detail", sa.String(64), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("what", "kind", "queue", "detail", name="totals_pkey"),
    )
    op.create_table(
        "queued_tasks",
        sa.Column("task_id", sa.String(48), nullable=False),
        sa.Column("queue", _WORD, nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", name="queued_tasks_pkey"),
    )
    op.create_index("queued_tasks_queue_idx", "queued_tasks", ["queue", "since"])
    op.create_table(
        "recent_attempts",
        sa.Column("minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("outcome", _WORD, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("minute", "outcome", name="recent_attempts_pkey"),
    )


def downgrade() -> None:
    for table in ("recent_attempts", "queued_tasks", "totals"):
        op.drop_table(table)
