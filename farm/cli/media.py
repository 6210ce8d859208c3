"""Commands that say what is in a media file: probe, analyse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farm.cli.options import DetachOption, JsonOption, WebhookOption
from farm.cli.owned import owned

_MediaArgument = Annotated[Path, typer.Argument(metavar="MEDIA", help="The file.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(owned(probe))
    app.command()(owned(analyse))


def probe(
    media: _MediaArgument,
    keyframes: Annotated[
        bool, typer.Option("--keyframes", help="Tell when each key frame is shown.")
    ] = False,
    decode: Annotated[
        bool, typer.Option("--decode", help="Decode it, to see how much can be.")
    ] = False,
    webhook: WebhookOption = None,
    as_json: JsonOption = False,
) -> int:
    """Say what is in a media file."""
    from farm.cli.facts import say_facts
    from farm.cli.session import open_farm, say_warnings, wait_for

    with open_farm() as farm:
        job = farm.probe(media, keyframes=keyframes, decode=decode, webhook=webhook)
        result = wait_for(job, quiet=True)
    say_warnings(result)
    say_facts(result.facts[0], as_json=as_json)
    return 0


def analyse(
    media: _MediaArgument,
    what: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Of scenes, silence, black, freeze, loudness, keyframes, motion, "
            "quality, interlace, crop; with commas. Default: all that it allows.",
        ),
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What quality is measured against."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", help="JSON file to write, too."),
    ] = None,
    scene_score: Annotated[
        float | None, typer.Option(help="Change that is a cut, to 100. Default: 10.")
    ] = None,
    silence_db: Annotated[
        float | None, typer.Option(help="Below this it is silent. Default: -50.")
    ] = None,
    silence_seconds: Annotated[
        float | None, typer.Option(help="Shortest silence. Default: 0.5.")
    ] = None,
    black_seconds: Annotated[
        float | None, typer.Option(help="Shortest black part. Default: 0.1.")
    ] = None,
    freeze_seconds: Annotated[
        float | None, typer.Option(help="Shortest still part. Default: 0.5.")
    ] = None,
    webhook: WebhookOption = None,
    detach: DetachOption = False,
    as_json: JsonOption = False,
) -> int:
    """Measure a media file: cuts, silence, loudness, quality and more."""
    from farm.cli.analysis import say_analysis
    from farm.cli.session import finish, open_farm, say_warnings, wait_for

    given = {
        "scene_score": scene_score,
        "silence_db": silence_db,
        "silence_seconds": silence_seconds,
        "black_seconds": black_seconds,
        "freeze_seconds": freeze_seconds,
    }
    with open_farm(may_start=not detach) as farm:
        job = farm.analyse(
            media,
            output,
            what=what,
            reference=reference,
            thresholds={name: each for name, each in given.items() if each is not None},
            webhook=webhook,
        )
        if detach:
            return finish(job, detach=True, as_json=as_json)
        result = wait_for(job, quiet=as_json)
    say_warnings(result)
    say_analysis(result.facts[0], as_json=as_json, output=result.output)
    return 0
