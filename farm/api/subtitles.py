"""Read files of subtitles that callers give."""

from __future__ import annotations

import re
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

import pysubs2

from farm.api.output import absolute
from farm.errors import InvalidOption

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from pydantic import JsonValue

_ENCODINGS = ("utf-8-sig", "utf-16", "cp1252")
_MOST_BYTES = 20_000_000
_ASS = re.compile(r"^\[Events\].*^Dialogue:", re.MULTILINE | re.DOTALL)
_ASS_FORMAT = re.compile(r"^Format:(.*)$", re.MULTILINE)
_ASS_LINE = re.compile(r"^Dialogue:(.*)$", re.MULTILINE)
#: Some programs write the last point as a colon.
_ASS_TIME = re.compile(r"\s*(\d+):(\d+):(\d+)[.:](\d\d)")
_ENDS = ("start", "end")


def read_subtitles(path: str | os.PathLike[str]) -> pysubs2.SSAFile:
    """Read SubRip, WebVTT, ASS and what else pysubs2 knows, in any usual encoding.

    Raises:
        InvalidOption: when it cannot be read, or there is no subtitle in it.
    """
    for text in _texts(path):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of fields that it takes as usual
                found = pysubs2.SSAFile.from_string(text)
        except Exception:  # noqa: BLE001, S112  # it breaks in many ways on what is odd
            continue
        if found.events:
            return found
    raise InvalidOption(f"{absolute(path)} holds no subtitles that can be read")


def _texts(path: str | os.PathLike[str]) -> Iterator[str]:
    """Yield the text of a file, in each encoding that it may have."""
    file = absolute(path)
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise InvalidOption(f"{file} is too large for subtitles")
        data = file.read_bytes()
    except OSError as error:
        raise InvalidOption(f"{file} cannot be read: {error.strerror}") from error
    is_wide = data[:2] in {b"\xff\xfe", b"\xfe\xff"}
    for encoding in _ENCODINGS[1:2] if is_wide else _ENCODINGS[::2]:
        with suppress(UnicodeError):
            yield data.decode(encoding)


def read_subtitle_times(path: str | os.PathLike[str]) -> list[JsonValue]:
    """Return start and end of each subtitle, in seconds as text."""
    for text in _texts(path):
        if _ASS.search(text) and (times := list(_ass_times(text))):
            return [*times]
    return [
        [f"{event.start}/1000", f"{event.end}/1000"]
        for event in read_subtitles(path)
        if not event.is_comment
    ]


def _ass_times(text: str) -> Iterator[JsonValue]:
    """Yield start and end of each line that is shown, by the fields it has."""
    events = text[text.index("[Events]") :]
    fields = _ASS_FORMAT.search(events)
    names = [each.strip().lower() for each in (fields[1] if fields else "").split(",")]
    if not {"start", "end"} <= set(names):
        return
    for line in _ASS_LINE.findall(events):
        values = dict(zip(names, line.split(",", len(names) - 1), strict=False))
        start, end = (_ASS_TIME.match(values.get(name, "")) for name in _ENDS)
        if start and end:
            yield [_seconds(start), _seconds(end)]


def _seconds(found: re.Match[str]) -> str:
    hours, minutes, seconds, hundredths = (int(part) for part in found.groups())
    return f"{((hours * 60 + minutes) * 60 + seconds) * 100 + hundredths}/100"


def read_as_ass(path: str | os.PathLike[str]) -> str:
    """Return subtitles as an ASS document; one that is ASS stays as it is."""
    for text in _texts(path):
        if _ASS.search(text):  # pysubs2 minds not which fields its lines have
            return text
    found = read_subtitles(path)
    # what libass takes for a picture of 384x288, whatever the film's size
    found.info.update({"PlayResX": "384", "PlayResY": "288"})
    found.styles["Default"] = pysubs2.SSAStyle(
        fontname="Noto Sans", fontsize=18, outline=1, shadow=0, marginv=12
    )
    return found.to_string("ass")
