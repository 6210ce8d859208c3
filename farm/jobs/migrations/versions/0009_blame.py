"""Until when attempts had their task, which workers fail, and who coordinates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("attempts", sa.Column("lease_until", sa.Double()))
    op.add_column(
        "workers",
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
    )
    op.add_column("workers", sa.Column("reason", sa.Text()))
    op.create_table(
        "leaders",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="leaders_pkey"),
    )


def downgrade() -> None:
    op.drop_table("leaders")
    op.drop_column("workers", "reason")
    op.drop_column("workers", "failures")
    op.drop_column("attempts", "lease_until")
