"""What kinds that take pictures out of one file have in common."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from farm.errors import InvalidOption
from farm.ffmpeg.size import width_size
from farm.ffmpeg.still_output import STILL_SUFFIXES
from farm.timeline.composition import FilmSource
from farm.timeline.time import show_time
from farm.timeline.whole import film_source, shown_size

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.settings import Settings
    from farm.timeline.media import MediaFacts

FILM = TypeAdapter(FilmSource)
#: Formats of pictures by the names of their suffixes.
FORMATS = tuple(suffix.removeprefix(".") for suffix in STILL_SUFFIXES)
#: A still picture counts as this long.
_STILL_SECONDS = Fraction(1)


def check_format(name: str) -> None:
    """Refuse a format of pictures that cannot be written."""
    if name not in FORMATS:
        message = f"pictures cannot be written as {name}; there are: "
        raise InvalidOption(message + ", ".join(FORMATS))


def film_payload(
    facts: MediaFacts,
    settings: Settings,
    *,
    width: int | None,
    usual_width: int | None,
    suffix: str,
) -> dict[str, JsonValue]:
    """Return the part of a payload that says what film it is, and how large it gets.

    Args:
        facts: of the file.
        settings: of the farm.
        width: that was asked for.
        usual_width: taken where none was, unless the film is smaller.
        suffix: of the pictures.
    """
    source = film_source(facts)
    video = source.video
    shown = shown_size(video)
    if width is None and usual_width is not None:
        width = min(usual_width, shown[0])
    end = video.end if video.end > video.start else video.start + _STILL_SECONDS
    return {
        "source": FILM.dump_python(source, mode="json"),
        "start": str(video.start),
        "end": str(end),
        "size": list(width_size(*shown, wanted=width)),
        "suffix": suffix,
        "threads": settings.task_threads,
    }


def film_warnings(facts: MediaFacts, wanted: int) -> tuple[str, ...]:
    """Say what the user should know of a film of which pictures are taken."""
    video = film_source(facts).video
    name = Path(facts.path).name
    warnings = []
    if facts.truncated:
        there = show_time(video.end - facts.start)
        warnings.append(f"{name} is truncated: pictures are of the {there} there are")
    if video.is_image and wanted > 1:
        warnings.append(f"{name} is a still picture: all pictures are the same")
    elif video.frames is not None and video.frames < wanted:
        warnings.append(
            f"{name} has {video.frames} frames for {wanted} pictures: some are the same"
        )
    return tuple(warnings)
