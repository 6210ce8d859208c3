"""The steps from one schema of the job table to the next, run by Alembic."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from farm.errors import TableUnavailable

if TYPE_CHECKING:
    from sqlalchemy import Connection


def build_config(connection: Connection) -> Config:
    """Return Alembic's configuration for this folder and connection."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def upgrade(connection: Connection, *, location: str, revision: str = "head") -> None:
    """Run the steps that are missing, in the transaction of the connection."""
    logging.getLogger("alembic").setLevel(logging.WARNING)  # a user has no use for it
    try:
        command.upgrade(build_config(connection), revision)
    except CommandError as error:
        raise TableUnavailable(
            f"The job table at {location} was made by another version of the farm; "
            f"use that version, or a newer one ({error})",
            location=location,
        ) from error
