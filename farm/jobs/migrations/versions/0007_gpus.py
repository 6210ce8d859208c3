"""GPUs that workers serve, and what tasks take of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "gpus",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("offer", sa.JSON(), nullable=False),
        sa.Column("seen", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="gpus_pkey"),
    )
    op.create_table(
        "gpu_workers",
        sa.Column("worker", sa.String(255), nullable=False),
        sa.Column("gpu", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("worker", name="gpu_workers_pkey"),
    )
    op.create_index("gpu_workers_gpu_idx", "gpu_workers", ["gpu"])
    op.create_table(
        "task_demands",
        sa.Column("task_id", sa.String(48), nullable=False),
        sa.Column("demand", sa.JSON(), nullable=False),
        sa.Column("gpu", sa.String(64)),
        sa.PrimaryKeyConstraint("task_id", name="task_demands_pkey"),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["tasks.id"],
            name="task_demands_task_id_fkey",
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    op.drop_table("task_demands")
    op.drop_table("gpu_workers")
    op.drop_table("gpus")
