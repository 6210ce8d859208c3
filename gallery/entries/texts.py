"""Styles of subtitles, and movements of titles."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from farm.timeline.subtitle_styles import STYLES
from farm.timeline.title import AnimationKind
from gallery.entry import Entry, Page, Panel, still, timeline, title

if TYPE_CHECKING:
    from pathlib import Path

    from farm.timeline.title import TextLook

SIZE = (1280, 720)
#: Of a style, the lower middle in full size is shown.
_PART = (300, 540, 900, 712)
SMALL = (240, 136)
_LINE = "The tide comes in at seven,\nand the boats come home."
_LOOK = {"size": 26, "weight": 700, "outline": 2}
#: Kind → what it does, and three moments of a movement of one second; those at the end
#: are seen on a title of two.
_KINDS: dict[str, tuple[str, tuple[str, str, str]]] = {
    "fade-in": ("Appears.", ("0.2", "0.48", "0.8")),
    "slide-in": ("Comes from a side.", ("0.2", "0.48", "0.8")),
    "scale-in": ("Grows out of nothing.", ("0.2", "0.48", "0.8")),
    "typewriter": ("Is written letter by letter.", ("0.2", "0.48", "0.8")),
    "bounce": ("Falls into place, and bounces.", ("0.12", "0.4", "0.6")),
    "fade-out": ("Vanishes.", ("1.2", "1.48", "1.8")),
    "slide-out": ("Goes to a side.", ("1.2", "1.48", "1.8")),
    "scale-out": ("Shrinks to nothing.", ("1.2", "1.48", "1.8")),
    "dissolve": ("Letters go in a scattered order.", ("1.2", "1.48", "1.8")),
    "wave": (
        "Letters grow tall and fall back, one after the other, again and again.",
        ("0.12", "0.4", "0.72"),
    ),
    "blink": ("Goes and comes, again and again.", ("0.12", "0.6", "1.12")),
    "shake": ("Trembles, once.", ("0.12", "0.2", "0.28")),
    "scale": ("Larger and back, once.", ("0.2", "0.48", "0.8")),
}


def style_page(media: Path) -> Page:
    """Return the page of the styles of subtitles."""
    return Page(
        name="subtitle-styles",
        title="Styles of subtitles",
        about="The JSON is one of the list `subtitles` of a document. Fields of `look` "
        "beside `style` change what is different. The pictures are the lower middle of "
        "one of 1280 by 720 pixels.",
        entries=tuple(_style(name, media) for name in STYLES),
    )


def animation_page(media: Path) -> Page:
    """Return the page of the movements of titles."""
    return Page(
        name="title-animations",
        title="Animations of titles",
        about="Three moments of each, in seconds of a title of two seconds. The JSON "
        "is one of the list `animations` of a title, or of the `look` of subtitles; "
        "`duration` and `delay` are seconds.",
        entries=tuple(_animation(kind, media) for kind in get_args(AnimationKind)),
    )


def _style(name: str, media: Path) -> Entry:
    cue = {"start": 0, "end": 2, "text": _LINE}
    paste = {"style": name, "cues": [cue]}
    moves = any(each.kind == "typewriter" for each in STYLES[name].animations)
    fades = bool(STYLES[name].animations) and not moves
    moments = ("0.2", "0.6") if moves else ("0.08", "1") if fades else ("1",)
    document = timeline(
        [still(str(media / "harbour.png"), "2")], size=SIZE, subtitles=[paste]
    )
    return Entry(
        name=name,
        what=_describe(STYLES[name]),
        paste=paste,
        panels=tuple(
            Panel(
                document=document,
                at=at,
                part=_PART,
                caption=f"{at} s" if len(moments) > 1 else "",
            )
            for at in moments
        ),
    )


def _describe(look: TextLook) -> str:
    """Say how a style looks, from its own fields."""
    colors = f"`{look.color}`"
    if look.color_end:
        colors += f" to `{look.color_end}`"
    parts = [f"{colors}, weight {look.weight}, {look.size:g} px of 1080"]
    if look.outline:
        parts.append(f"outline `{look.outline_color}`")
    if look.shadow_opacity:
        parts.append(f"shadow `{look.shadow_color}`")
    if look.box_color:
        parts.append(f"box `{look.box_color}`")
    parts += [each.kind for each in look.animations]
    return f"{'; '.join(parts)}."


def _animation(kind: str, media: Path) -> Entry:
    what, moments = _KINDS[kind]
    paste = {"kind": kind, "duration": 1}
    text = title("Morning tide", "2", look={**_LOOK, "animations": [paste]})
    document = timeline([still(str(media / "harbour.png"), "2")], [text], size=SMALL)
    return Entry(
        name=kind,
        what=what,
        paste=paste,
        panels=tuple(
            Panel(document=document, at=at, caption=f"{at} s") for at in moments
        ),
    )
