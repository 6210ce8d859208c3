"""Commands that say what is in a media file: probe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farm.cli.options import JsonOption

_MediaArgument = Annotated[Path, typer.Argument(metavar="MEDIA", help="The file.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(probe)


def probe(
    media: _MediaArgument,
    keyframes: Annotated[
        bool, typer.Option("--keyframes", help="Tell when each key frame is shown.")
    ] = False,
    decode: Annotated[
        bool, typer.Option("--decode", help="Decode it, to see how much can be.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Say what is in a media file."""
    from farm.cli.facts import say_facts
    from farm.cli.session import open_farm, say_warnings, wait_for

    with open_farm() as farm:
        job = farm.probe(media, keyframes=keyframes, decode=decode)
        result = wait_for(job, quiet=True)
    say_warnings(result)
    say_facts(result.facts[0], as_json=as_json)
    return 0
