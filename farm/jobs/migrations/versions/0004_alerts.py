"""Alerts and their history, and messages that are sent to others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STATE = sa.String(16)


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", _ID, sa.Identity(), nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("severity", _STATE, nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("state", _STATE, nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.Column("fired", sa.Double()),
        sa.Column("resolved", sa.Double()),
        sa.PrimaryKeyConstraint("id", name="alerts_pkey"),
    )
    op.create_index("alerts_state_idx", "alerts", ["state", "id"])
    op.create_table(
        "deliveries",
        sa.Column("id", _ID, sa.Identity(), nullable=False),
        sa.Column("job_id", sa.String(32)),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", _STATE, nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.Double(), nullable=False),
        sa.Column("ended", sa.Double()),
        sa.Column("http_status", sa.Integer()),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="deliveries_pkey"),
    )
    op.create_index("deliveries_state_idx", "deliveries", ["state", "next_try"])
    op.create_index("deliveries_job_idx", "deliveries", ["job_id", "id"])


def downgrade() -> None:
    op.drop_table("deliveries")
    op.drop_table("alerts")
