"""Subtitles that become streams of a render."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import InvalidOption
from farm.ffmpeg.concat import SUBTITLE_CODECS
from farm.timeline.placing.subtitles import shown_cues

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from farm.timeline.composition import Composition
    from farm.timeline.subtitles import Subtitles
    from farm.timeline.timeline import Timeline


def check_subtitles(timeline: Timeline, output: str) -> None:
    """Refuse streams of subtitles in a file that holds none."""
    suffix = Path(output).suffix.lower()
    if suffix not in SUBTITLE_CODECS and any(_streams(timeline)):
        names = ", ".join(f"*{each}" for each in SUBTITLE_CODECS)
        message = f"a {suffix} file holds no stream of subtitles: name the output "
        raise InvalidOption(f"{message}{names}, or burn them in")


def subtitle_streams(
    timeline: Timeline, composition: Composition, start: int, end: int
) -> list[JsonValue]:
    """Return what is said in frames `start` to `end`, counted from `start`."""
    return [
        {
            "language": each.language,
            "name": each.name,
            "cues": [
                [max(first, start) - start, min(last, end) - start, cue.text]
                for first, last, cue in shown_cues(
                    composition.rate, each, composition.frames
                )
                if first < end and last > start and cue.text.strip()
            ],
        }
        for each in _streams(timeline)
    ]


def _streams(timeline: Timeline) -> Iterator[Subtitles]:
    return (
        each
        for each in timeline.subtitles
        if each.enabled and each.show == "stream" and each.cues
    )
