"""Style templates of projects as templates of the farm."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from farm.timeline.doors.sheet import Piece
from farm.timeline.doors.studio.style_element import read_element
from farm.timeline.doors.studio.text import read_color
from farm.timeline.templates import TEMPLATES
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from farm.timeline.doors.fields import Fields
    from farm.timeline.doors.sheet import Level
    from farm.timeline.doors.studio.resources import Resources


def read_style(given: Fields, use: Fields | None = None) -> dict[str, Any] | None:
    """Return the media of a style template; `None` where nothing of it can be shown.

    Args:
        given: the template, or only the id of one that the farm knows.
        use: what a clip says: texts and colours instead.
    """
    name = given.text("id", "styleTemplateId", "templateId")
    if given.raw("elements") is None and name in TEMPLATES:
        media: dict[str, Any] = {"type": "template", "name": name}
        known = [each.name for each in TEMPLATES[name].elements]
    else:
        elements = [
            each for raw in given.objects("elements") if (each := read_element(raw))
        ]
        if not elements:
            given.warn("the style template has no element that can be shown")
            return None
        media = {"type": "template", "elements": elements}
        known = [each["name"] for each in elements]
        length = given.number("duration", low=0)
        if length:
            media["length"] = length
        ground = read_color(given.text("background_color", "backgroundColor"))
        if ground:
            media["background"] = ground
    if given.raw("transitions"):
        given.warn("are left out", "transitions")
    if use is not None:
        _override(use, media, known)
    return media


def style_of(clip: Fields, resources: Resources) -> dict[str, Any] | None:
    """Return the media of the style template that a clip shows, if any."""
    value = clip.raw("styleTemplate", "style_template")
    is_use = isinstance(value, dict)
    use = clip.object("styleTemplate", "style_template") if is_use else None
    named = value if isinstance(value, str) else ""
    if use is not None:
        named = use.text("id", "styleTemplateId", "templateId", "style_template_id")
    named = named or clip.text("style_template_id", "styleTemplateId")
    if not named and use is None:
        return None
    entry = resources.styles.get(named)
    if entry is None and use is not None and use.raw("elements") is not None:
        entry = use
    if entry is None and named in TEMPLATES:
        entry = type(clip)({"id": named}, clip.at("styleTemplate"), clip.notes)
    if entry is None:
        clip.warn(f"there is no style template {show_value(named)}")
        return None
    resources.shown_styles.add(named)
    return read_style(entry, use)


def lay_style(
    clip: Fields, media: dict[str, Any], level: Level, below: Piece | None
) -> Piece | None:
    """Return the piece that shows a clip's template, above its media if it has some."""
    if below is not None:
        start, length = below.start, below.length
    else:
        start = clip.seconds("start_time", "startTime") or Fraction(0)
        found = clip.number("duration")
        end = clip.number("end_time", "endTime")
        if found is None and end is not None:
            found = end - start
        if found is None or found <= 0:
            clip.refuse("needs a duration of more than 0 seconds", "duration")
            return None
        length = found
    return Piece(
        place=clip.place,
        kind="video",
        level=(*level, 1),
        start=start,
        length=length,
        media=media,
        name=clip.text("name") or clip.text("id"),
        enabled=clip.flag("enabled", "isEnabled", default=True),
    )


def _override(use: Fields, media: dict[str, Any], known: list[str]) -> None:
    for names, field in (
        (("texts", "textOverrides", "customTexts"), "texts"),
        (("colors", "colorOverrides", "customColors"), "colors"),
    ):
        values = use.object(*names).values
        found = {}
        for name, value in values.items():
            text = value if isinstance(value, str) else ""
            wanted = text.replace("\x00", "") if field == "texts" else read_color(text)
            is_known = name in known or (field, name) == ("colors", "background")
            if not is_known or wanted is None:
                use.warn(f"{field}: {show_value(name)} changes no element")
            else:
                found[name] = wanted
        if found:
            media[field] = found
