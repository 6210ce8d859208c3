"""See that sources are still what they were when the job was planned.

What is made of a file that was replaced meanwhile is not what was asked for, and must
not be found again under the key of the file that was there before.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from farm.cache.stamp import is_alike, read_stamp
from farm.cache.storage import checksum
from farm.cache.store import FOLDER
from farm.errors import SourceChanged
from farm.kinds.sources import STAMP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from farm.kinds.context import TaskContext

_OWN = (FOLDER, "artifacts")


def check_unchanged(context: TaskContext, description: JsonValue) -> None:
    """Look at the sources of a description again, after something was made of them.

    Raises:
        SourceChanged: when one is not what the description says.
    """
    own = [context.settings.storage_folder.absolute() / name for name in _OWN]
    own.append(context.settings.input_cache_folder)  # copies are never changed
    for path, content in sorted(set(_sources(description))):
        if any(Path(path).absolute().is_relative_to(folder) for folder in own):
            continue  # of the farm's own, checked when it is taken
        if not _is_same(context, Path(path), content):
            message = (
                f"{path} has changed since the job was planned; "
                "submit the job again to use what is there now"
            )
            raise SourceChanged(message, path=path)


def _sources(value: JsonValue) -> Iterator[tuple[str, str]]:
    """Yield path and content of each source in a description."""
    if isinstance(value, dict):
        path, content = value.get("path"), value.get("content")
        if isinstance(path, str) and isinstance(content, str) and content:
            yield path, content
        for each in value.values():
            yield from _sources(each)
    elif isinstance(value, list):
        for each in value:
            yield from _sources(each)


def _is_same(context: TaskContext, path: Path, content: str) -> bool:
    stamp = read_stamp(path)
    if stamp is None:
        return False
    is_mapped = context.sources is not None and str(path) in context.sources.mapped
    if content.startswith(STAMP):
        told = content.removeprefix(STAMP)
        return told == stamp.text or (is_mapped and is_alike(told, stamp.text))
    if context.store is not None:
        known = context.store.index.media_facts(str(path), stamp=stamp.text)
        if isinstance(known, dict) and known.get("content"):
            return known["content"] == content
    try:  # it was too new for its stamp to be kept, or it is mapped
        return _checksum_of(path, stamp.text) == content
    except OSError:
        return False


@lru_cache(maxsize=256)
def _checksum_of(path: Path, stamp: str) -> str:
    """Return the checksum of a file, read once as long as its stamp stays."""
    del stamp
    return checksum(path)
