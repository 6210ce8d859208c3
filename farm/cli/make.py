"""Commands that make something: render, frame, probe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from farm.cli.options import (
    DetachOption,
    JsonOption,
    OutputOption,
    PriorityOption,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from farm.api import Farm, Job

_TimelineArgument = Annotated[
    Path, typer.Argument(metavar="TIMELINE", help="farm-timeline/1 or OpenTimelineIO.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(render)
    app.command()(frame)
    app.command()(probe)


def render(
    timeline: _TimelineArgument,
    output: OutputOption,
    preset: Annotated[
        str | None,
        typer.Option(help="How to encode; see `farm presets`. Default: by OUT's end."),
    ] = None,
    time_range: Annotated[
        str | None,
        typer.Option(
            "--range", metavar="A:B", help="Part of it: seconds or HH:MM:SS.mmm."
        ),
    ] = None,
    priority: PriorityOption = 4,
    device: Annotated[str, typer.Option(help="auto or cpu.")] = "auto",
    segments: Annotated[
        str, typer.Option(help="auto, off (in one piece) or aimed SECONDS.")
    ] = "auto",
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Render all of it anew.")
    ] = False,
    detach: DetachOption = False,
    as_json: JsonOption = False,
) -> int:
    """Render a timeline into one file."""
    return _make(
        lambda farm: farm.render(
            timeline,
            output,
            preset=preset,
            range=time_range,
            priority=priority,
            device=device,
            segments=segments,
            use_cache=not no_cache,
        ),
        detach=detach,
        as_json=as_json,
    )


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
    return _make(
        lambda farm: farm.frame(source, output, at=at, width=width),
        detach=detach,
        as_json=as_json,
    )


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


def _make(submit: Callable[[Farm], Job], *, detach: bool, as_json: bool) -> int:
    """Submit a job, wait for it unless told otherwise, and print its output."""
    from farm.cli.session import finish, open_farm

    with open_farm(may_start=not detach) as farm:
        return finish(submit(farm), detach=detach, as_json=as_json)
