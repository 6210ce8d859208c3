"""Commands that make pictures: frame."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farm.cli.options import DetachOption, JsonOption, OutputOption
from farm.cli.session import make


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(frame)


def frame(
    source: Annotated[
        Path, typer.Argument(metavar="TIMELINE|MEDIA", help="Where to take it from.")
    ],
    at: Annotated[
        str, typer.Option(metavar="T", help="When: seconds or HH:MM:SS.mmm.")
    ],
    output: OutputOption,
    width: Annotated[
        int | None, typer.Option(min=2, max=16384, help="Pixels; default: as it is.")
    ] = None,
    detach: DetachOption = False,
    as_json: JsonOption = False,
) -> int:
    """Write the picture at a time as jpg, png or webp."""
    return make(
        lambda farm: farm.frame(source, output, at=at, width=width),
        detach=detach,
        as_json=as_json,
    )
