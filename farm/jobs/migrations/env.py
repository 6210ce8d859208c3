"""Run by Alembic, inside the transaction of `farm.jobs.schema.migrate`."""

from __future__ import annotations

from alembic import context

from farm.jobs.models.base import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite too: a killed process leaves the old schema
    render_as_batch=True,  # SQLite changes a table by making it anew
)
context.run_migrations()
