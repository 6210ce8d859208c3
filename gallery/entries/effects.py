"""Effects on the picture: before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from farm.effects.catalog import EFFECTS, FAMILIES
from farm.effects.describe import show_parameter
from farm.effects.model import File
from gallery.entry import Entry, Json, Page, Panel, film, still, timeline

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (384, 216)
_AT = "0.4"
#: Where the usual values change too little for a picture, or too much.
_SHOWN: dict[str, dict[str, Any]] = {
    "fade_to_color": {"amount": 0.5, "red": 0.1, "blue": 0.3},
    "rec709": {"transfer": "linear"},
    "motion_blur": {"frames": 8},
    "lut": {"file": "looks/teal.cube"},
    "color_balance": {"shadows_blue": 0.8, "highlights_red": 0.6},
    "noise_reduction": {"strength": 8},
    "lens_flare": {"x": 0.33, "y": 0.46},
}
#: What is not shown on the film of the harbour, and on what instead.
_SOURCES = {
    "s_log": "s_log.png",
    "d_log": "d_log.png",
    "v_log": "v_log.png",
    "hlg": "hlg.png",
    "rec2020": "rec2020.png",
    "rec709": "linear.png",
    "white_balance": "tungsten.png",
    "noise_reduction": "noisy.png",
    "chroma_key": "green.png",
    "color_key": "black.png",
    "despill": "spill.png",
    "stabilise": "hand.mkv",
    "infrared": "meadow.mkv",
    "landscape": "meadow.mkv",
    "teal_orange": "meadow.mkv",
}
#: Over what they are shown: they let it be seen.
_OVER = {"chroma_key", "color_key"}
#: Of what is seen only as time passes, eight frames are laid over each other.
_MIXED = {"stabilise"}
_MIX: Json = {"name": "motion_blur", "parameters": {"frames": 8}}
#: Several moments of what is another in each.
_MOMENTS = {"camera_shake": ("0.28", "0.4"), "glitch": ("0.32", "0.4")}
_TITLES = {
    "light": "Light",
    "colour": "Colour",
    "log": "Log curves and signals",
    "lut": "Tables of colours",
    "looks": "Looks",
    "blur": "Blur and sharpness",
    "stylise": "Stylise",
    "distort": "Distort",
    "key": "Keys",
}
_ABOUT = (
    "Effects on the picture, before and after. The JSON is one of the list `effects` "
    "of a clip. Timelines of the pictures are 384 pixels wide: lengths in pixels look "
    "larger here than in a large picture."
)


def effect_pages(media: Path) -> tuple[Page, ...]:
    """Return a page for each family."""
    return tuple(
        Page(
            name=f"effects-{family}",
            title=f"Effects: {_TITLES.get(family, family.capitalize())}",
            about=_ABOUT,
            entries=tuple(_entry(name, media) for name in effects),
        )
        for family, effects in FAMILIES.items()
    )


def _entry(name: str, media: Path) -> Entry:
    effect = EFFECTS[name]
    given = _SHOWN.get(name, {})
    usual = {
        key: each.default
        for key, each in effect.parameters.items()
        if not isinstance(each, File)
    }
    paste = {"name": name, "parameters": {**usual, **given}}
    files = {
        key: str(media / given[key])
        for key, each in effect.parameters.items()
        if isinstance(each, File)
    }
    use = {"name": name, "parameters": {**given, **files}}
    moments = _MOMENTS.get(name, (_AT,))
    after, mix = ("after, 8 frames", [_MIX]) if name in _MIXED else ("after", [])
    return Entry(
        name=name,
        what=effect.what,
        facts=tuple(
            f"`{key}`: {show_parameter(each)}"
            for key, each in effect.parameters.items()
        ),
        paste=paste,
        panels=(
            Panel(
                document=_document(name, media, mix),
                at=_AT,
                caption=after.replace("after", "before"),
            ),
            *(
                Panel(
                    document=_document(name, media, [use, *mix]), at=at, caption=after
                )
                for at in moments
            ),
        ),
    )


def _document(name: str, media: Path, effects: list[Json]) -> Json:
    source = str(media / _SOURCES.get(name, "harbour.mkv"))
    make = film if source.endswith(".mkv") else still
    shown = [make(source, effects=effects)]
    if name in _OVER:
        return timeline([still(str(media / "meadow.png"))], shown, size=SIZE)
    return timeline(shown, size=SIZE)
