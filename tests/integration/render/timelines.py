"""Small timelines, written in one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from farm.timeline.timeline import FORMAT

if TYPE_CHECKING:
    from pathlib import Path

Json: TypeAlias = dict[str, Any]


def clip(
    source: Path, begin: object = None, length: object = None, /, **more: object
) -> Json:
    """Return a clip of a file, with the beginning and length of its source range."""
    item: Json = {"type": "clip", "media": {"type": "file", "path": str(source)}}
    if length is not None:
        item["source_range"] = {"start": str(begin or 0), "duration": str(length)}
    return item | more


def still(source: Path, duration: object, **more: object) -> Json:
    """Return a clip of a picture."""
    return clip(source) | {"duration": str(duration)} | more


def plain(color: str, duration: object, **more: object) -> Json:
    """Return a clip of one colour."""
    media = {"type": "color", "color": color}
    return {"type": "clip", "media": media, "duration": str(duration)} | more


def title(
    text: str, duration: object, *, at: Json | None = None, **look: object
) -> Json:
    """Return a title; `at` holds fields of the clip, the others are of the title."""
    media = {"type": "title", "text": text} | look
    return {"type": "clip", "media": media, "duration": str(duration)} | (at or {})


def gap(duration: object) -> Json:
    """Return a gap."""
    return {"type": "gap", "duration": str(duration)}


def change(duration: object, kind: str = "dissolve") -> Json:
    """Return a transition, centred on its cut."""
    return {"type": "transition", "kind": kind, "duration": str(duration)}


def video(*items: Json, **more: object) -> Json:
    """Return a video track."""
    return {"kind": "video", "items": list(items)} | more


def audio(*items: Json, **more: object) -> Json:
    """Return an audio track."""
    return {"kind": "audio", "items": list(items)} | more


def timeline(*tracks: Json, **more: object) -> Json:
    """Return a timeline of 160 by 96 pixels at 25 frames a second."""
    head: Json = {"format": FORMAT, "rate": 25, "width": 160, "height": 96}
    return head | {"tracks": list(tracks)} | more
