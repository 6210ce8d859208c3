"""The command that writes the subtitles of a timeline into a file: subtitles."""

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
    app.command()(subtitles)


def subtitles(
    timeline: Annotated[
        Path,
        typer.Argument(
            metavar="TIMELINE", help="Of any known form; see docs/doors.md."
        ),
    ],
    output: OutputOption,
    language: Annotated[
        str | None, typer.Option(help="Which, where there are several: en, eng.")
    ] = None,
    titles: Annotated[
        bool, typer.Option("--titles", help="The titles of its tracks instead.")
    ] = False,
    media_root: MediaRootOption = None,
    missing: MissingOption = "refuse",
    as_json: JsonOption = False,
) -> None:
    """Write the subtitles of a timeline as OUT.srt, OUT.vtt or OUT.ass."""
    from farm.api.subtitling import write_subtitles
    from farm.cli.output import say_written

    warnings = write_subtitles(
        timeline,
        output,
        language=language,
        titles=titles,
        media_root=media_root,
        missing=missing,
    )
    say_written(output, warnings, as_json=as_json)
