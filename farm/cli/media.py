"""Commands that say what is in a media file: probe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farm.cli.options import JsonOption


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(probe)


def probe(
    media: Annotated[Path, typer.Argument(metavar="MEDIA", help="The file.")],
    as_json: JsonOption = False,
) -> int:
    """Say what is in a media file."""
    from farm.cli.facts import say_facts
    from farm.cli.session import open_farm, wait_for

    with open_farm() as farm:
        result = wait_for(farm.probe(media), quiet=True)
    say_facts(result.facts[0], as_json=as_json)
    return 0
