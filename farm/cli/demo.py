"""The command that shows everything at work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farm.cli.options import JsonOption

_SLOTS = 2


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    media: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="A folder with films of your own."),
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder to write to.")
    ] = Path("demo-output"),
    as_json: JsonOption = False,
) -> None:
    """Render a timeline with everything in it on two workers, and check it."""
    from farm.cli.output import say, say_aside, say_json
    from farm.cli.session import open_farm, wait_for
    from farm.demo.show import show

    tell = say_aside if as_json else say
    tell(f"A demonstration on {_SLOTS} CPU workers of a private farm.")
    with open_farm(cpu_slots=_SLOTS) as farm:
        shown = show(farm, output, media=media, say=tell, wait=wait_for)
    if as_json:
        say_json(shown.to_json())
        return
    for what, path in (
        ("timeline", shown.timeline),
        ("film", shown.film),
        ("frame", shown.frame),
        ("contact sheet", shown.sheet),
    ):
        say(f"{what:<14} {path}")
    say(f"All of it checked, in {sum(shown.seconds.values()):.1f} s.")
