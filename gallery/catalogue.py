"""All pages of the gallery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery.entries.effects import effect_pages
from gallery.entries.layouts import layout_page
from gallery.entries.sounds import sound_page
from gallery.entries.templates import element_page, template_page
from gallery.entries.texts import animation_page, style_page
from gallery.entries.transitions import transition_page

if TYPE_CHECKING:
    from pathlib import Path

    from gallery.entry import Page


def all_pages(media: Path) -> tuple[Page, ...]:
    """Return the pages, whose timelines show media in a folder."""
    return (
        *effect_pages(media),
        transition_page(media),
        layout_page(media),
        style_page(media),
        animation_page(media),
        template_page(media),
        element_page(media),
        sound_page(media),
    )
