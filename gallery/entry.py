"""What the gallery shows: pages of entries, each with one picture of some panels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A part of a picture: a frame of a timeline, or all of its sound."""

    document: Json
    at: str | None = None
    """Time of the frame in seconds; without one the sound is drawn."""
    caption: str = ""
    part: tuple[int, int, int, int] | None = None
    """Left, top, right and bottom of what is shown of the frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of a catalogue."""

    name: str
    what: str
    paste: Any
    """What a document has for it."""
    facts: tuple[str, ...] = ()
    """Its parameters, a line each."""
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Entries of one family."""

    name: str
    """Of its file and of the folder of its pictures."""
    title: str
    about: str
    """What is to be known of all, and where to paste the JSON."""
    entries: tuple[Entry, ...]


def film(path: str, seconds: str = "1", start: str = "0", **fields: object) -> Json:
    """Return a clip of a film that fills the picture."""
    return {
        "type": "clip",
        "media": {"type": "file", "path": path},
        "source_range": {"start": start, "duration": seconds},
        "fit": "fill",
        **fields,
    }


def still(path: str, seconds: str = "1", **fields: object) -> Json:
    """Return a clip of a still that fills the picture."""
    media = {"type": "file", "path": path}
    return {"type": "clip", "media": media, "duration": seconds, "fit": "fill"} | fields


def title(text: str, seconds: str = "1", *, look: Json, **fields: object) -> Json:
    """Return a clip of a title."""
    media = {"type": "title", "text": text, **look}
    return {"type": "clip", "media": media, "duration": seconds, **fields}


def timeline(*tracks: list[Json], size: tuple[int, int], **fields: object) -> Json:
    """Return a document of video tracks, from bottom to top."""
    return {
        "format": "farm-timeline/1",
        "rate": 25,
        "width": size[0],
        "height": size[1],
        "tracks": [{"kind": "video", "items": items} for items in tracks],
        **fields,
    }


def panels_of(pages: tuple[Page, ...]) -> Iterator[tuple[Page, Entry, Panel]]:
    """Yield every panel with where it stands."""
    for page in pages:
        for entry in page.entries:
            for panel in entry.panels:
                yield page, entry, panel
