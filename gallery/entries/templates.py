"""Style templates, and the movements of their elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from farm.timeline.element import ElementAnimationKind
from farm.timeline.templates import TEMPLATES
from gallery.entry import Entry, Json, Page, Panel, still, timeline

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (320, 180)
SMALL = (240, 136)
#: Template → what its texts say, and three of its moments.
_SHOWN: dict[str, tuple[dict[str, str], tuple[str, str, str]]] = {
    "modern-intro-1": (
        {"title": "Morning tide", "subtitle": "A film of the harbour"},
        ("0.32", "0.8", "2"),
    ),
    "minimal-outro-1": (
        {"title": "Thank you", "subtitle": "harbour.example"},
        ("0.4", "1", "2"),
    ),
    "corporate-lower-third-1": (
        {"title": "Ida Moen", "subtitle": "Harbour master"},
        ("0.16", "0.6", "2"),
    ),
    "bold-title-1": ({"title": "THE TIDE"}, ("0.2", "1.04", "1.6")),
    "classic-overlay-1": ({"title": "Eight in the morning"}, ("0.4", "1", "3")),
}
#: Kind → what it does, its fields, and three moments of an element of two seconds.
_MOVES: dict[str, tuple[str, Json, tuple[str, str, str]]] = {
    "fade-in": ("Appears.", {}, ("0.04", "0.2", "0.8")),
    "fade-out": (
        "Vanishes at the end.", {"easing": "linear"}, ("1.2", "1.48", "1.8")
    ),
    "slide": (
        "Comes from a side.",
        {"side": "left", "amount": 0.5, "easing": "cubic"},
        ("0.2", "0.48", "0.8"),
    ),
    "scale": ("Grows.", {"amount": 0.2, "easing": "back"}, ("0.04", "0.4", "0.96")),
    "rotate": ("Turns.", {"amount": 180, "easing": "linear"}, ("0.2", "0.48", "0.8")),
    "bounce": ("Falls into place, and bounces.", {}, ("0.08", "0.2", "0.6")),
    "shake": ("Trembles.", {"amount": 0.04}, ("0.08", "0.12", "0.2")),
    "pulse": (
        "Grows and falls back.", {"amount": 0.6}, ("0.04", "0.24", "0.88")
    ),
    "flicker": ("Darkens and lightens.", {}, ("0.04", "0.12", "0.2")),
    "typewriter": (
        "Text comes letter by letter, a shape from the left.",
        {"easing": "linear"},
        ("0.2", "0.48", "0.8"),
    ),
    "motion-path": (
        "Goes through points.",
        {"path": [[-0.3, 0.3], [0, -0.3], [0.3, 0.3]], "easing": "linear"},
        ("0.2", "0.48", "0.8"),
    ),
    "morph": (
        "A shape becomes another.",
        {"shape": "circle", "easing": "linear"},
        ("0.04", "0.48", "0.96"),
    ),
    "parallax": (
        "Drifts from right to left.",
        {"amount": 0.5, "duration": 2, "easing": "linear"},
        ("0.2", "1", "1.8"),
    ),
    "dissolve": (
        "Goes in tiles at the end.", {"easing": "linear"}, ("1.2", "1.48", "1.8")
    ),
}  # fmt: skip
_STAR: Json = {
    "kind": "shape", "shape": "star",
    "x": 0.38, "y": 0.25, "width": 0.24, "height": 0.42,
    "color": "#ffc020", "stroke": 6, "stroke_color": "#20304a",
}  # fmt: skip
_WORD: Json = {
    "kind": "text", "text": "tide", "x": 0.1, "y": 0.3, "width": 0.8, "height": 0.4,
    "size": 220, "weight": 800, "stroke": 8, "stroke_color": "#20304a",
}  # fmt: skip


def template_page(media: Path) -> Page:
    """Return the page of the style templates."""
    return Page(
        name="style-templates",
        title="Style templates",
        about="Three moments of each, in seconds. The JSON is the `media` of a clip; "
        "`texts` and `colors` change its elements by their names.",
        entries=tuple(_template(name, media) for name in TEMPLATES),
    )


def element_page(media: Path) -> Page:
    """Return the page of the movements of elements of templates."""
    return Page(
        name="element-animations",
        title="Animations of elements",
        about="Three moments of each, in seconds of an element of two seconds. The "
        "JSON is one of the list `animations` of an element of a style template.",
        entries=tuple(_move(kind, media) for kind in get_args(ElementAnimationKind)),
    )


def _template(name: str, media: Path) -> Entry:
    texts, moments = _SHOWN[name]
    paste = {"type": "template", "name": name, "texts": texts}
    template = TEMPLATES[name]
    return Entry(
        name=name,
        what=f"{template.what}; {float(template.seconds):g} s.",
        paste=paste,
        panels=_panels(paste, str(float(template.seconds)), moments, SIZE, media),
    )


def _move(kind: str, media: Path) -> Entry:
    what, fields, moments = _MOVES[kind]
    paste = {"kind": kind, "duration": 1} | fields
    element = _WORD if kind == "typewriter" else _STAR
    shown = {"type": "template", "elements": [{**element, "animations": [paste]}]}
    return Entry(
        name=kind,
        what=what,
        paste=paste,
        panels=_panels(shown, "2", moments, SMALL, media),
    )


def _panels(
    shown: Json,
    seconds: str,
    moments: tuple[str, str, str],
    size: tuple[int, int],
    media: Path,
) -> tuple[Panel, ...]:
    clip = {"type": "clip", "media": shown, "duration": seconds}
    ground = [still(str(media / "harbour.png"), seconds)]
    document = timeline(ground, [clip], size=size)
    return tuple(Panel(document=document, at=at, caption=f"{at} s") for at in moments)
