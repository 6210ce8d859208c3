"""Commands that make small films: preview, gif, concat."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farm.cli.options import (
    DetachOption,
    JsonOption,
    MediaRootOption,
    MissingOption,
    OutputOption,
    PriorityOption,
    RangeOption,
    WebhookOption,
)
from farm.cli.owned import owned
from farm.cli.session import make


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(owned(preview))
    app.command()(owned(gif))
    app.command()(owned(concat))


def preview(
    source: Annotated[
        Path, typer.Argument(metavar="TIMELINE|MEDIA", help="What is shown.")
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to write.", metavar="OUT"),
    ] = None,
    hls: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder to write HLS to, instead; it can be played while it grows.",
        ),
    ] = None,
    time_range: RangeOption = None,
    width: Annotated[
        int | None,
        typer.Option(min=2, max=4096, help="Pixels; default: 640 at the longer side."),
    ] = None,
    speed: Annotated[
        str, typer.Option(metavar="X", help="Times as fast, 1/16 to 16.")
    ] = "1",
    media_root: MediaRootOption = None,
    missing: MissingOption = "refuse",
    priority: PriorityOption = 4,
    webhook: WebhookOption = None,
    detach: DetachOption = False,
    as_json: JsonOption = False,
) -> int:
    """Make a small film, fast, in which every seek is quick."""
    target = _one_of(output, hls)
    return make(
        lambda farm: farm.preview(
            source,
            target,
            hls=hls is not None,
            range=time_range,
            width=width,
            speed=speed,
            priority=priority,
            media_root=media_root,
            missing=missing,
            webhook=webhook,
        ),
        detach=detach,
        as_json=as_json,
    )


def _one_of(output: Path | None, hls: Path | None) -> Path:
    from farm.errors import InvalidOption

    if output is not None and hls is None:
        return output
    if hls is not None and output is None:
        return hls
    raise InvalidOption("give either -o OUT for a file, or --hls DIR for a folder")


def gif(
    source: Annotated[
        Path, typer.Argument(metavar="TIMELINE|MEDIA", help="What is shown.")
    ],
    output: OutputOption,
    duration: Annotated[
        str, typer.Option(metavar="D", help="How long: seconds or HH:MM:SS.mmm.")
    ],
    start: Annotated[
        str, typer.Option(metavar="T", help="From when: seconds or HH:MM:SS.mmm.")
    ] = "0",
    fps: Annotated[
        str | None, typer.Option(metavar="F", help="Frames a second; default: 12.5.")
    ] = None,
    width: Annotated[
        int | None, typer.Option(min=2, max=4096, help="Pixels; default: at most 480.")
    ] = None,
    loop: Annotated[
        int, typer.Option(min=0, max=65535, help="Times it is played; 0: for ever.")
    ] = 0,
    max_bytes: Annotated[
        int | None,
        typer.Option(min=1, help="At most so many; colours, size and rate give way."),
    ] = None,
    media_root: MediaRootOption = None,
    missing: MissingOption = "refuse",
    priority: PriorityOption = 4,
    webhook: WebhookOption = None,
    detach: DetachOption = False,
    as_json: JsonOption = False,
) -> int:
    """Make a short range a moving picture: gif, webp or avif."""
    return make(
        lambda farm: farm.gif(
            source,
            output,
            start=start,
            duration=duration,
            fps=fps,
            width=width,
            loop=loop,
            max_bytes=max_bytes,
            priority=priority,
            media_root=media_root,
            missing=missing,
            webhook=webhook,
        ),
        detach=detach,
        as_json=as_json,
    )


def concat(
    media: Annotated[
        list[Path], typer.Argument(metavar="MEDIA…", help="The files, in order.")
    ],
    output: OutputOption,
    copy: Annotated[
        str, typer.Option(help="auto: copy where all files fit; off: render.")
    ] = "auto",
    preset: Annotated[
        str | None, typer.Option(help="How to render; then nothing is copied.")
    ] = None,
    priority: PriorityOption = 4,
    webhook: WebhookOption = None,
    detach: DetachOption = False,
    as_json: JsonOption = False,
) -> int:
    """Join files, by stream copy where they fit; say which, and why."""
    return make(
        lambda farm: farm.concat(
            media,
            output,
            copy=copy,
            preset=preset,
            priority=priority,
            webhook=webhook,
        ),
        detach=detach,
        as_json=as_json,
    )
