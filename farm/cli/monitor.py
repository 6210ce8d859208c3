"""Commands that tell of the farm as a whole: its metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(metrics)


def metrics() -> None:
    """Print the metrics of the farm once, as Prometheus reads them."""
    from farm.cli.output import say
    from farm.cli.session import open_farm

    with open_farm(may_start=False) as farm:
        say(farm.metrics().rstrip("\n"))
