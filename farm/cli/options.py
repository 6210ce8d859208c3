"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

JsonOption: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print one JSON object instead.")
]
OutputOption: TypeAlias = Annotated[
    Path, typer.Option("--output", "-o", help="File to write.", metavar="OUT")
]
FolderOption: TypeAlias = Annotated[
    Path, typer.Option("--output", "-o", help="Folder to write to.", metavar="DIR")
]
WidthOption: TypeAlias = Annotated[
    int | None, typer.Option(min=2, max=16384, help="Pixels; default: as it is.")
]
PriorityOption: TypeAlias = Annotated[
    int, typer.Option(min=0, max=9, help="0 (last) to 9 (first).")
]
RangeOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--range", metavar="A:B", help="Part of it: seconds or HH:MM:SS.mmm."),
]
MediaRootOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--media-root", metavar="DIR", help="Look there, by name, for missing media."
    ),
]
MissingOption: TypeAlias = Annotated[
    str, typer.Option(metavar="refuse|black", help="What to do about missing media.")
]
VmafOption: TypeAlias = Annotated[
    float | None,
    typer.Option(
        min=1, max=100, help="Quality of each segment, such as 94; the CRF is searched."
    ),
]
LoudnessOption: TypeAlias = Annotated[
    float | None,
    typer.Option(
        min=-70, max=-5, help="Of the whole sound in LUFS: -14 web, -23 broadcast."
    ),
]
TruePeakOption: TypeAlias = Annotated[
    float | None,
    typer.Option(
        min=-9, max=0, help="No peak above it, in dBTP; with --loudness. Default: -1."
    ),
]
DetachOption: TypeAlias = Annotated[
    bool, typer.Option("--detach", help="Print the job's id and do not wait.")
]
WebhookOption: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Tell it of the job by signed messages."),
]
JobArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="ID", help="The job's id, or how it starts.")
]
