"""Commands that show sound: waveform."""

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
    WebhookOption,
)
from farm.cli.owned import owned
from farm.cli.session import make
from farm.errors import InvalidOption


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(owned(waveform))


def waveform(
    source: Annotated[
        Path, typer.Argument(metavar="TIMELINE|MEDIA", help="What is heard.")
    ],
    output: OutputOption,
    width: Annotated[
        int, typer.Option(min=2, max=16384, help="Of a png, in pixels.")
    ] = 1200,
    height: Annotated[
        int, typer.Option(min=2, max=4096, help="Of a png, in pixels.")
    ] = 200,
    color: Annotated[
        str, typer.Option(metavar="#RRGGBB", help="Of a png; its ground is clear.")
    ] = "#2f7ed8",
    samples_per_pixel: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="Of json and dat.")
    ] = 256,
    zoom: Annotated[
        str | None,
        typer.Option(
            metavar="N,N…", help="Several samples per pixel: OUT is a folder of files."
        ),
    ] = None,
    file_format: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="png|json|dat", help="By default by OUT's end, or dat."
        ),
    ] = None,
    bits: Annotated[int, typer.Option(metavar="8|16", help="Of json and dat.")] = 16,
    split_channels: Annotated[
        bool, typer.Option("--split-channels", help="Each channel by itself.")
    ] = False,
    media_root: MediaRootOption = None,
    missing: MissingOption = "refuse",
    priority: PriorityOption = 4,
    webhook: WebhookOption = None,
    detach: DetachOption = False,
    as_json: JsonOption = False,
) -> int:
    """Draw sound as png, or write its peaks as audiowaveform's json or dat."""
    return make(
        lambda farm: farm.waveform(
            source,
            output,
            width=width,
            height=height,
            color=color,
            samples_per_pixel=samples_per_pixel,
            zoom=_read_levels(zoom),
            format=file_format,
            bits=bits,
            split_channels=split_channels,
            priority=priority,
            media_root=media_root,
            missing=missing,
            webhook=webhook,
        ),
        detach=detach,
        as_json=as_json,
    )


def _read_levels(written: str | None) -> tuple[int, ...]:
    if written is None:
        return ()
    try:
        return tuple(int(level) for level in written.split(","))
    except ValueError as error:
        raise InvalidOption(
            f"{written!r} are no zoom levels; write samples per pixel, as 256,1024"
        ) from error
