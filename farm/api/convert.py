"""Write a timeline of any form in one that the farm writes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from farm.api.output import absolute
from farm.api.source import media_rules, read_timeline
from farm.errors import InvalidOption
from farm.timeline.save import write_timeline

if TYPE_CHECKING:
    from farm.api.source import Source


def convert_timeline(
    source: Source,
    output: str | os.PathLike[str],
    *,
    media_root: str | os.PathLike[str] | None = None,
    missing: str = "refuse",
) -> tuple[str, ...]:
    """Write a timeline as ``OUT.json`` or ``OUT.otio``; return what is to be told.

    Args:
        source: a timeline of any form.
        output: the file to write; its end says the form.
        media_root: where missing media are looked for by name.
        missing: ``refuse``, or ``black`` in their place.

    Raises:
        InvalidTimeline: with all problems of the timeline.
        InvalidOption: when the output cannot be written.
    """
    loaded = read_timeline(source, media_rules(media_root, missing))
    path = absolute(output)
    if isinstance(source, str | os.PathLike) and path == absolute(source):
        raise InvalidOption(f"{path} is the timeline itself: give it another name")
    return (*loaded.warnings, *write_timeline(loaded.timeline, path))
