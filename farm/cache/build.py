"""Which FFmpeg it is, for the keys of the cache; its bytes are read once a farm."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from farm.cache.stamp import read_stamp
from farm.cache.storage import checksum
from farm.errors import FarmUnavailable
from farm.ffmpeg.locate import ffmpeg_build

if TYPE_CHECKING:
    from pathlib import Path

    from farm.jobs.artifacts import ArtifactIndex

_builds: dict[tuple[Path, str], str] = {}
_reading = threading.Lock()


def find_build(ffmpeg: Path, index: ArtifactIndex | None) -> str:
    """Return what tells this FFmpeg from any other: its bytes, and what it tells.

    What is known of its bytes is kept like facts of media, as long as its stamp stays.
    """
    stamp = read_stamp(ffmpeg)
    key = (ffmpeg, "" if stamp is None else stamp.text)
    with _reading:  # threads that ask at once would all read it
        if key not in _builds:
            _builds[key] = ffmpeg_build(ffmpeg, content=_content(ffmpeg, index))
        return _builds[key]


def _content(ffmpeg: Path, index: ArtifactIndex | None) -> str:
    stamp = read_stamp(ffmpeg)
    if index is None or stamp is None or not stamp.is_settled:
        return checksum(ffmpeg)
    name = f"program:{ffmpeg}"
    with suppress(FarmUnavailable):  # then it is read again
        known = index.media_facts(name, stamp=stamp.text)
        if isinstance(known, dict) and known.get("content"):
            return str(known["content"])
    content = checksum(ffmpeg)
    with suppress(FarmUnavailable):
        index.keep_media_facts(name, stamp=stamp.text, facts={"content": content})
    return content
