"""Layouts of split screens, with their cells numbered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.timeline.layouts import LAYOUTS
from gallery.entry import Entry, Json, Page, Panel, still, timeline, title

if TYPE_CHECKING:
    from pathlib import Path

SIZES = {"landscape": (320, 180), "portrait": (152, 270), "square": (208, 208)}
_STILLS = ("harbour.png", "woman.png", "meadow.png", "man.png", "barn.png")
_NUMBER = {"size": 30, "weight": 800, "outline": 2}


def layout_page(media: Path) -> Page:
    """Return the page of all layouts."""
    return Page(
        name="layouts",
        title="Split screens",
        about="Each clip of a split screen lies on a track of its own; the JSON is of "
        "the clip, and `index` is the number in the picture. Pictures here have a "
        "`gap` of 4.",
        entries=tuple(_entry(name, media) for name in LAYOUTS),
    )


def _entry(name: str, media: Path) -> Entry:
    cells = len(LAYOUTS[name])
    return Entry(
        name=name,
        what=f"{cells} cells.",
        paste={"fit": "fill", "cell": {"layout": name, "index": 0, "gap": 4}},
        panels=(Panel(document=_document(name, cells, media), at="0"),),
    )


def _document(name: str, cells: int, media: Path) -> Json:
    tracks = []
    for index in range(cells):
        cell = {"layout": name, "index": index, "gap": 4}
        path = media / _STILLS[(index + index // len(_STILLS)) % len(_STILLS)]
        tracks.append([still(str(path), "0.2", cell=cell)])
    for index in range(cells):
        cell = {"layout": name, "index": index}
        tracks.append([title(str(index), "0.2", look=_NUMBER, cell=cell)])
    return timeline(*tracks, size=SIZES[name.rpartition("-")[2]], background="#181c22")
