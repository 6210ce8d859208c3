"""Commands that make pictures: frame, thumbnails, storyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farm.cli.options import (
    DetachOption,
    FolderOption,
    JsonOption,
    MediaRootOption,
    MissingOption,
    OutputOption,
    WebhookOption,
    WidthOption,
)
from farm.cli.owned import owned
from farm.cli.session import make


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(owned(frame))
    app.command()(owned(frames))
    app.command()(owned(thumbnails))
    app.command()(owned(storyboard))


def frame(
    source: Annotated[
        Path, typer.Argument(metavar="TIMELINE|MEDIA", help="Where to take it from.")
    ],
    at: Annotated[
        str, typer.Option(metavar="T", help="When: seconds or HH:MM:SS.mmm.")
    ],
    output: OutputOption,
    width: WidthOption = None,
    media_root: MediaRootOption = None,
    missing: MissingOption = "refuse",
    webhook: WebhookOption = None,
    detach: DetachOption = False,
    as_json: JsonOption = False,
) -> int:
    """Write the picture at a time as jpg, png, webp or avif."""
    return make(
        lambda farm: farm.frame(
            source,
            output,
            at=at,
            width=width,
            media_root=media_root,
            missing=missing,
            webhook=webhook,
        ),
        detach=detach,
        as_json=as_json,
    )


def thumbnails(
    media: Annotated[Path, typer.Argument(metavar="MEDIA", help="The film.")],
    count: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")],
    output: FolderOption,
    width: Annotated[
        int | None,
        typer.Option(min=2, max=16384, help="Pixels; default: 320, or as it is."),
    ] = None,
    picture_format: Annotated[
        str, typer.Option("--format", help="jpg, png, webp or avif.")
    ] = "jpg",
    exact: Annotated[
        bool, typer.Option("--exact", help="Not the nearest key frame, but the frame.")
    ] = False,
    no_representative: Annotated[
        bool,
        typer.Option("--no-representative", help="Also where it is black or faded."),
    ] = False,
    webhook: WebhookOption = None,
    detach: DetachOption = False,
    as_json: JsonOption = False,
) -> int:
    """Write pictures of a film, evenly placed, into a folder."""
    return make(
        lambda farm: farm.thumbnails(
            media,
            output,
            count=count,
            width=width,
            format=picture_format,
            exact=exact,
            representative=not no_representative,
            webhook=webhook,
        ),
        detach=detach,
        as_json=as_json,
    )


def storyboard(
    source: Annotated[Path, typer.Argument(metavar="TIMELINE|MEDIA", help="Of what.")],
    output: FolderOption,
    count: Annotated[
        int | None,
        typer.Option(min=1, max=10_000, help="How many pictures; default: 100."),
    ] = None,
    every: Annotated[
        str | None, typer.Option(metavar="S", help="Or: one every so many seconds.")
    ] = None,
    columns: Annotated[int, typer.Option(min=1, max=1000, help="In a row.")] = 10,
    width: Annotated[
        int | None,
        typer.Option(min=2, max=4096, help="Pixels of a picture; default: 160."),
    ] = None,
    picture_format: Annotated[
        str, typer.Option("--format", help="jpg, png, webp or avif.")
    ] = "jpg",
    exact: Annotated[
        bool, typer.Option("--exact", help="The frame in the middle of each part.")
    ] = False,
    stills: Annotated[
        bool, typer.Option("--stills", help="Also each picture as a file.")
    ] = False,
    strip: Annotated[
        bool, typer.Option("--strip", help="Also all pictures in one row.")
    ] = False,
    media_root: MediaRootOption = None,
    missing: MissingOption = "refuse",
    webhook: WebhookOption = None,
    detach: DetachOption = False,
    as_json: JsonOption = False,
) -> int:
    """Lay pictures on sheets, with WebVTT for players and frames.json."""
    return make(
        lambda farm: farm.storyboard(
            source,
            output,
            count=count,
            every=every,
            columns=columns,
            width=width,
            format=picture_format,
            exact=exact,
            stills=stills,
            strip=strip,
            media_root=media_root,
            missing=missing,
            webhook=webhook,
        ),
        detach=detach,
        as_json=as_json,
    )


def frames(
    source: Annotated[
        Path, typer.Argument(metavar="TIMELINE|MEDIA", help="Where to take them from.")
    ],
    output: FolderOption,
    at: Annotated[
        str | None, typer.Option(metavar="T,T,…", help="When: times with commas.")
    ] = None,
    purpose: Annotated[
        str | None,
        typer.Option(
            help="What for: timeline-preview, object-detection, scene-recognition, "
            "text-recognition, subtitle-analysis or screenshot."
        ),
    ] = None,
    strategy: Annotated[
        str | None,
        typer.Option(help="interval, scenes, keyframes, subtitles or combined."),
    ] = None,
    every: Annotated[
        str | None, typer.Option(metavar="S", help="Seconds between; default: 1.")
    ] = None,
    threshold: Annotated[
        float, typer.Option(min=0, max=1, help="Change that makes a scene.")
    ] = 0.3,
    offset: Annotated[
        str, typer.Option(metavar="S", help="Seconds into a subtitle.")
    ] = "0.5",
    subtitles: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Default: those of the film.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, max=10_000, help="At most so many.")
    ] = None,
    scores: Annotated[
        bool, typer.Option("--scores", help="Of key frames, too: decodes all.")
    ] = False,
    width: WidthOption = None,
    picture_format: Annotated[
        str | None, typer.Option("--format", help="jpg, png, webp or avif.")
    ] = None,
    media_root: MediaRootOption = None,
    missing: MissingOption = "refuse",
    webhook: WebhookOption = None,
    detach: DetachOption = False,
    as_json: JsonOption = False,
) -> int:
    """Write several frames, at times or by a strategy, and frames.json."""
    return make(
        lambda farm: farm.frames(
            source,
            output,
            at=None if at is None else at.split(","),
            purpose=purpose,
            strategy=strategy,
            every=every,
            threshold=threshold,
            offset=offset,
            subtitles=subtitles,
            limit=limit,
            scores=scores,
            width=width,
            format=picture_format,
            media_root=media_root,
            missing=missing,
            webhook=webhook,
        ),
        detach=detach,
        as_json=as_json,
    )
