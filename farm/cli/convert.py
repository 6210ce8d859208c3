"""The command that writes a timeline in another form: convert."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farm.cli.options import (
    JsonOption,
    MediaRootOption,
    MissingOption,
    OutputOption,
)


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(convert)


def convert(
    timeline: Annotated[
        Path,
        typer.Argument(metavar="IN", help="Of any known form; see docs/doors.md."),
    ],
    output: OutputOption,
    media_root: MediaRootOption = None,
    missing: MissingOption = "refuse",
    as_json: JsonOption = False,
) -> None:
    """Write a timeline as the farm's own JSON (OUT.json) or as OpenTimelineIO."""
    from farm.api.convert import convert_timeline
    from farm.cli.output import say_written

    warnings = convert_timeline(
        timeline, output, media_root=media_root, missing=missing
    )
    say_written(output, warnings, as_json=as_json)
