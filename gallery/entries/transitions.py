"""Transitions, at a quarter, a half and three quarters of the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.timeline.transition import TRANSITIONS
from gallery.entry import Entry, Page, Panel, film, timeline

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (240, 136)
_MOMENTS = {"1/4": "0.76", "1/2": "1", "3/4": "1.24"}
#: Of those whose edge is soft and wide, and passes the picture around the middle.
_NEAR_THE_MIDDLE = {"2/5": "0.92", "1/2": "1", "3/5": "1.08"}
_SOFT = {"circleopen", "circleclose"}


def transition_page(media: Path) -> Page:
    """Return the page of all kinds."""
    return Page(
        name="transitions",
        title="Transitions",
        about="From the harbour to the meadow, at a quarter, a half and three quarters "
        "of the way, or as the pictures say. The JSON stands between the two clips, "
        "among the `items` of a track.",
        entries=tuple(_entry(kind, media) for kind in TRANSITIONS),
    )


def _entry(kind: str, media: Path) -> Entry:
    paste = {"type": "transition", "kind": kind, "duration": 1}
    items = [
        film(str(media / "harbour.mkv")),
        paste,
        film(str(media / "meadow.mkv"), start="0.6"),
    ]
    document = timeline(items, size=SIZE)
    what = TRANSITIONS[kind]
    return Entry(
        name=kind,
        what=f"{what[0].upper()}{what[1:]}.",
        paste=paste,
        panels=tuple(
            Panel(document=document, at=at, caption=caption)
            for caption, at in (_NEAR_THE_MIDDLE if kind in _SOFT else _MOMENTS).items()
        ),
    )
