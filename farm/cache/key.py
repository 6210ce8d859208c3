"""The key of an artifact: a hash of everything that can change a pixel or a sample.

It is made by exclusion: all that describes a task goes in, but for names, and paths
of sources, whose contents stand in their place; with it the code that turns the
description into a command, and the FFmpeg that runs it. So an artifact that is found
is what would be made, and a change of the farm that is forgotten here cannot exist.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

    from pydantic import JsonValue

#: What is said for people.
_EXCLUDED = {"label"}
#: Packages whose code decides what a description looks and sounds like.
_RENDERER = ("farm.ffmpeg", "farm.effects", "farm.timeline.transitions")


def build_key(kind: str, description: JsonValue, *, build: str, fonts: str = "") -> str:
    """Return the key of what a task makes, as 64 hexadecimal digits (SHA-256).

    Args:
        kind: of the task.
        description: what it depends on; each source in it has its `content`.
        build: which FFmpeg makes it (`farm.cache.build`).
        fonts: digest of the fonts that titles may use; empty where there are none.
    """
    described = {
        "kind": kind,
        "description": _without_names(description),
        "renderer": renderer_digest(),
        "build": build,
        "fonts": fonts,
    }
    text = json.dumps(described, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@cache
def renderer_digest() -> str:
    """Return a hash of the code that builds commands."""
    digest = hashlib.sha256()
    for package in _RENDERER:
        for file in _sources(resources.files(package)):
            digest.update(file.name.encode("utf-8") + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _sources(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name == "__pycache__":
            continue
        if entry.is_dir():
            yield from _sources(entry)
        else:
            yield entry


def _without_names(value: JsonValue) -> JsonValue:
    """Leave out names, and where a source lies if it is said what is in it."""
    if isinstance(value, dict):
        excluded = _EXCLUDED | ({"path"} if value.get("content") else set())
        return {
            name: _without_names(each)
            for name, each in value.items()
            if name not in excluded
        }
    if isinstance(value, list):
        return [_without_names(each) for each in value]
    return value
