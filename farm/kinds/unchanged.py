"""See that sources are still what they were when the job was planned.

What is made of a file that was replaced meanwhile is not what was asked for, and must
not be found again under the key of the file that was there before.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from farm.cache.stamp import read_stamp
from farm.cache.store import FOLDER, checksum
from farm.errors import SourceChanged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from farm.kinds.context import TaskContext

_STAMP = "stamp:"
_OWN = (FOLDER, "artifacts")


def check_unchanged(context: TaskContext, description: JsonValue) -> None:
    """Look at the sources of a description again, after something was made of them.

    Raises:
        SourceChanged: when one is not what the description says.
    """
    own = [context.settings.storage_folder.absolute() / name for name in _OWN]
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
    if content.startswith(_STAMP):
        return content == f"{_STAMP}{stamp.text}"
    if context.store is not None:
        known = context.store.index.media_facts(str(path), stamp=stamp.text)
        if isinstance(known, dict) and known.get("content"):
            return known["content"] == content
    try:
        return checksum(path) == content  # it was too new for its stamp to be kept
    except OSError:
        return False
