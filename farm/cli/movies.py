"""Commands that make what is played: render, renditions, ladder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farm.cli.options import (
    DetachOption,
    FolderOption,
    JsonOption,
    LoudnessOption,
    MediaRootOption,
    MissingOption,
    OutputOption,
    PriorityOption,
    RangeOption,
    TruePeakOption,
    VmafOption,
    WebhookOption,
)
from farm.cli.owned import owned
from farm.cli.session import make

_TimelineArgument = Annotated[
    Path,
    typer.Argument(metavar="TIMELINE", help="Of any known form; see docs/doors.md."),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(owned(render))
    app.command()(owned(renditions))
    app.command()(owned(ladder))


def render(
    timeline: _TimelineArgument,
    output: OutputOption,
    preset: Annotated[
        str | None,
        typer.Option(help="How to encode; see `farm presets`. Default: by OUT's end."),
    ] = None,
    time_range: RangeOption = None,
    media_root: MediaRootOption = None,
    missing: MissingOption = "refuse",
    subtitles: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Add them: SubRip, WebVTT or ASS."),
    ] = None,
    subtitle_style: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="How they look; default: basic-white."),
    ] = None,
    subtitles_as: Annotated[
        str,
        typer.Option(metavar="burn|stream", help="Into the picture, or a stream."),
    ] = "burn",
    priority: PriorityOption = 4,
    device: Annotated[str, typer.Option(help="auto, cpu or gpu.")] = "auto",
    segments: Annotated[
        str, typer.Option(help="auto, off (in one piece) or aimed SECONDS.")
    ] = "auto",
    smart: Annotated[
        str, typer.Option(help="auto: copy what is untouched and fits; off: encode it.")
    ] = "auto",
    vmaf: VmafOption = None,
    loudness: LoudnessOption = None,
    true_peak: TruePeakOption = None,
    max_bytes: Annotated[
        str | None,
        typer.Option(metavar="N", help="Of the file: bytes, or such as 25MB."),
    ] = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Render all of it anew.")
    ] = False,
    webhook: WebhookOption = None,
    detach: DetachOption = False,
    as_json: JsonOption = False,
) -> int:
    """Render a timeline into one file."""
    return make(
        lambda farm: farm.render(
            timeline,
            output,
            preset=preset,
            range=time_range,
            priority=priority,
            device=device,
            segments=segments,
            smart=smart,
            vmaf=vmaf,
            loudness=loudness,
            true_peak=true_peak,
            max_bytes=max_bytes,
            use_cache=not no_cache,
            media_root=media_root,
            missing=missing,
            subtitles=subtitles,
            subtitle_style=subtitle_style,
            subtitles_as=subtitles_as,
            webhook=webhook,
        ),
        detach=detach,
        as_json=as_json,
    )


def renditions(
    source: Annotated[
        Path, typer.Argument(metavar="TIMELINE|MEDIA", help="What to render.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder to write to.", metavar="DIR")
    ],
    preset: Annotated[
        list[str], typer.Option(help="Repeat it for each; see `farm presets`.")
    ],
    name: Annotated[
        str | None, typer.Option(help="Of the files; default: the source's.")
    ] = None,
    time_range: RangeOption = None,
    media_root: MediaRootOption = None,
    missing: MissingOption = "refuse",
    priority: PriorityOption = 4,
    vmaf: VmafOption = None,
    loudness: LoudnessOption = None,
    true_peak: TruePeakOption = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Render all of it anew.")
    ] = False,
    webhook: WebhookOption = None,
    detach: DetachOption = False,
    as_json: JsonOption = False,
) -> int:
    """Render a timeline or a film in several presets, into a folder."""
    return make(
        lambda farm: farm.renditions(
            source,
            output,
            presets=preset,
            name=name,
            range=time_range,
            priority=priority,
            vmaf=vmaf,
            loudness=loudness,
            true_peak=true_peak,
            use_cache=not no_cache,
            media_root=media_root,
            missing=missing,
            webhook=webhook,
        ),
        detach=detach,
        as_json=as_json,
    )


def ladder(
    source: Annotated[
        Path, typer.Argument(metavar="TIMELINE|MEDIA", help="What is shown.")
    ],
    output: FolderOption,
    rung: Annotated[
        list[str] | None,
        typer.Option(
            help="2160p to 240p; repeat it for each. Default: all up to its size."
        ),
    ] = None,
    hls: Annotated[
        bool, typer.Option("--hls", help="Playlists of HLS. Default: both.")
    ] = False,
    dash: Annotated[
        bool, typer.Option("--dash", help="A description of DASH. Default: both.")
    ] = False,
    time_range: RangeOption = None,
    media_root: MediaRootOption = None,
    missing: MissingOption = "refuse",
    priority: PriorityOption = 4,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Render all of it anew.")
    ] = False,
    webhook: WebhookOption = None,
    detach: DetachOption = False,
    as_json: JsonOption = False,
) -> int:
    """Make several sizes for players that choose: HLS and DASH, in one folder."""
    return make(
        lambda farm: farm.ladder(
            source,
            output,
            rungs=rung or (),
            hls=hls or not dash,
            dash=dash or not hls,
            range=time_range,
            priority=priority,
            use_cache=not no_cache,
            media_root=media_root,
            missing=missing,
            webhook=webhook,
        ),
        detach=detach,
        as_json=as_json,
    )
