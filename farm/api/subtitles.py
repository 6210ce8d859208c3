"""Read files of subtitles that callers give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pysubs2

from farm.api.output import absolute
from farm.errors import InvalidOption

if TYPE_CHECKING:
    import os

    from pydantic import JsonValue

_ENCODINGS = ("utf-8-sig", "utf-16", "cp1252")
_MOST_BYTES = 20_000_000


def read_subtitles(path: str | os.PathLike[str]) -> pysubs2.SSAFile:
    """Read SubRip, WebVTT, ASS and what else pysubs2 knows, in any usual encoding.

    Raises:
        InvalidOption: when it cannot be read, or there is no subtitle in it.
    """
    file = absolute(path)
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise InvalidOption(f"{file} is too large for subtitles")
        data = file.read_bytes()
    except OSError as error:
        raise InvalidOption(f"{file} cannot be read: {error.strerror}") from error
    is_wide = data[:2] in {b"\xff\xfe", b"\xfe\xff"}
    for encoding in _ENCODINGS[1:2] if is_wide else _ENCODINGS[::2]:
        try:
            found = pysubs2.SSAFile.from_string(data.decode(encoding))
        except (UnicodeError, pysubs2.Pysubs2Error, ValueError):
            continue
        if found.events:
            return found
    raise InvalidOption(f"{file} holds no subtitles that can be read")


def read_subtitle_times(path: str | os.PathLike[str]) -> list[JsonValue]:
    """Return start and end of each subtitle, in seconds as text."""
    return [
        [f"{event.start}/1000", f"{event.end}/1000"]
        for event in read_subtitles(path)
        if not event.is_comment
    ]


def read_as_ass(path: str | os.PathLike[str]) -> str:
    """Return subtitles as an ASS document; those that are ASS keep their styles."""
    found = read_subtitles(path)
    if found.format not in {"ass", "ssa"}:
        # what libass takes for a picture of 384x288, whatever the film's size
        found.info.update({"PlayResX": "384", "PlayResY": "288"})
        found.styles["Default"] = pysubs2.SSAStyle(
            fontname="Noto Sans", fontsize=18, outline=1, shadow=0, marginv=12
        )
    return found.to_string("ass")
