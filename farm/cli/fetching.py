"""The command that fetches a source: fetch."""

from __future__ import annotations

from typing import Annotated

import typer

from farm.cli.options import JsonOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(fetch)


def fetch(
    url: Annotated[str, typer.Argument(metavar="URL", help="An address of https.")],
    output: Annotated[str, typer.Option("--output", "-o", help="The file to write.")],
    as_json: JsonOption = False,
) -> None:
    """Fetch a source from a host that https_hosts allows, into a file."""
    from farm.api import Farm
    from farm.cli.output import say, say_json
    from farm.cli.session import read_settings

    with Farm(read_settings(), may_start=False) as farm:
        path = farm.fetch(url, output)
    if as_json:
        say_json({"output": str(path), "size_bytes": path.stat().st_size})
    else:
        say(str(path))
