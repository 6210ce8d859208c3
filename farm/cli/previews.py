"""Commands that show what something does to media: previews."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from farm.cli.options import (
    DetachOption,
    JsonOption,
    OutputOption,
    WebhookOption,
    WidthOption,
)
from farm.cli.owned import owned
from farm.cli.session import make

_Media: TypeAlias = Annotated[Path, typer.Argument(metavar="MEDIA", help="The film.")]
_At: TypeAlias = Annotated[
    str, typer.Option(metavar="T", help="When: seconds or HH:MM:SS.mmm.")
]
_Duration: TypeAlias = Annotated[
    str, typer.Option(metavar="S", help="Of a clip (mp4, gif), up to 30 s.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command("filter-preview")(owned(filter_preview))
    app.command("effect-preview")(owned(effect_preview))
    app.command("transition-preview")(owned(transition_preview))
    app.command("subtitle-preview")(owned(subtitle_preview))


def filter_preview(
    media: _Media,
    filters: Annotated[
        list[str],
        typer.Option(
            "--filter",
            metavar="NAME[=VALUE…]",
            help="Of the catalogue; may be given again.",
        ),
    ],
    at: _At,
    output: OutputOption,
    duration: _Duration = "2",
    width: WidthOption = None,
    webhook: WebhookOption = None,
    detach: DetachOption = False,
    as_json: JsonOption = False,
) -> int:
    """Show a film with filters of the catalogue: a frame, or a short clip."""
    return make(
        lambda farm: farm.filter_preview(
            media,
            output,
            filter=filters,
            at=at,
            duration=duration,
            width=width,
            webhook=webhook,
        ),
        detach=detach,
        as_json=as_json,
    )


def effect_preview(
    media: _Media,
    effect: Annotated[str, typer.Option(metavar="NAME", help="Of the catalogue.")],
    at: _At,
    output: OutputOption,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PARAMETER=VALUE", help="May be given again."),
    ] = None,
    duration: _Duration = "2",
    width: WidthOption = None,
    webhook: WebhookOption = None,
    detach: DetachOption = False,
    as_json: JsonOption = False,
) -> int:
    """Show a film with an effect: a frame, or a short clip."""
    return make(
        lambda farm: farm.effect_preview(
            media,
            output,
            effect=effect,
            parameters=_read_parameters(settings or []),
            at=at,
            duration=duration,
            width=width,
            webhook=webhook,
        ),
        detach=detach,
        as_json=as_json,
    )


def transition_preview(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="What leaves.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="What comes.")],
    output: OutputOption,
    transition: Annotated[
        str, typer.Option("--kind", "--transition", help="As in a timeline.")
    ] = "dissolve",
    seconds: Annotated[
        str, typer.Option(metavar="S", help="Length of the transition.")
    ] = "1",
    cut: Annotated[
        str | None, typer.Option(metavar="T", help="Time of BEFORE at its middle.")
    ] = None,
    into: Annotated[
        str | None, typer.Option(metavar="T", help="Time of AFTER at its middle.")
    ] = None,
    progress: Annotated[
        float, typer.Option(min=0, max=1, help="Of a frame: how far it has gone.")
    ] = 0.5,
    width: WidthOption = None,
    webhook: WebhookOption = None,
    detach: DetachOption = False,
    as_json: JsonOption = False,
) -> int:
    """Show how one film becomes another: a frame, or a short clip."""
    return make(
        lambda farm: farm.transition_preview(
            before,
            after,
            output,
            transition=transition,
            seconds=seconds,
            cut=cut,
            into=into,
            progress=progress,
            width=width,
            webhook=webhook,
        ),
        detach=detach,
        as_json=as_json,
    )


def subtitle_preview(
    media: _Media,
    subtitles: Annotated[
        Path, typer.Option(metavar="FILE", help="SubRip, WebVTT or ASS.")
    ],
    at: _At,
    output: OutputOption,
    duration: _Duration = "2",
    width: WidthOption = None,
    webhook: WebhookOption = None,
    detach: DetachOption = False,
    as_json: JsonOption = False,
) -> int:
    """Show a film with subtitles: a frame, or a short clip."""
    return make(
        lambda farm: farm.subtitle_preview(
            media,
            output,
            subtitles=subtitles,
            at=at,
            duration=duration,
            width=width,
            webhook=webhook,
        ),
        detach=detach,
        as_json=as_json,
    )


def _read_parameters(texts: list[str]) -> dict[str, float]:
    from farm.errors import InvalidOption

    found = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            found[name] = float(value)
        except ValueError as error:
            raise InvalidOption(f"{text!r} should be PARAMETER=NUMBER") from error
    return found
