"""Who wants to hear of which job."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", _ID, sa.Identity(), nullable=False),
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("next_progress", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="webhooks_pkey"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="webhooks_job_id_fkey"),
    )
    op.create_index("webhooks_job_idx", "webhooks", ["job_id"])
    op.create_index("webhooks_open_idx", "webhooks", ["is_open", "id"])


def downgrade() -> None:
    op.drop_table("webhooks")
