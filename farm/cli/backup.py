"""Commands that keep the job table: backup, restore."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from farm.cli.options import JsonOption

if TYPE_CHECKING:
    from farm.jobs.backup import Backup

_FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="The backup, such as jobs.farm.gz.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(backup)
    app.command()(restore)


def backup(path: _FileArgument, as_json: JsonOption = False) -> None:
    """Write the job table into a file, while the farm runs."""
    from farm.cli.session import open_farm

    with open_farm(may_start=False) as farm:
        _tell(farm.backup(path), as_json=as_json)


def restore(
    path: _FileArgument,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a table that holds jobs.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make the job table of a backup; the farm may not run meanwhile."""
    from farm.api.restore import restore as restore_table
    from farm.cli.session import read_settings

    _tell(restore_table(read_settings(), path, force=force), as_json=as_json)


def _tell(found: Backup, *, as_json: bool) -> None:
    from farm.cli.output import say, say_aside, say_json

    if as_json:
        say_json(
            {
                "path": str(found.path),
                "schema": found.schema,
                "created": found.created,
                "rows": dict(found.rows),
            }
        )
        return
    rows = found.rows
    say_aside(f"farm: rows of jobs: {rows['jobs']}, of tasks: {rows['tasks']}")
    say(str(found.path))
