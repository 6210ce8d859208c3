"""Styles of subtitles, by the names that editors have for them.

Lengths are pixels in a picture of 1080 lines.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import AfterValidator, WithJsonSchema

from farm.timeline.near import check_name
from farm.timeline.title import TextAnimation, TextLook

if TYPE_CHECKING:
    from collections.abc import Mapping


def _style(**fields: Any) -> TextLook:  # noqa: ANN401  # fields of a look
    usual = {"size": 52, "align": "bottom", "margin": 60, "max_width": 0.85}
    return TextLook.model_validate(usual | fields)


_EIGHTH = Fraction(1, 8)

STYLES: Final[Mapping[str, TextLook]] = {
    "basic-white": _style(outline=3),
    "basic-yellow": _style(color="#ffe100", outline=3),
    "cinematic-elegant": _style(
        size=48, weight=300, spacing=2, color="#f4efe6",
        shadow_opacity=0.8, shadow_y=3, shadow_blur=6,
    ),
    "cinematic-bold": _style(
        size=60, weight=800, spacing=1,
        shadow_opacity=0.9, shadow_x=4, shadow_y=4, shadow_blur=8,
    ),
    "stylized-neon": _style(
        size=58, weight=600, color="#e8feff",
        shadow_opacity=1, shadow_blur=18, shadow_color="#00e5ff",
    ),
    "stylized-retro": _style(
        size=58, weight=900, color="#ffb347", outline=4, outline_color="#5a2d0c",
        shadow_opacity=1, shadow_x=6, shadow_y=6, shadow_color="#d1495b",
    ),
    "minimal-clean": _style(size=46, weight=400, outline=1.5),
    "minimal-background": _style(
        size=46, box_color="#000000", box_opacity=0.65, box_padding=16
    ),
    "animated-typewriter": _style(
        outline=3,
        animations=(
            TextAnimation(kind="typewriter", duration=Fraction(1), easing="linear"),
        ),
    ),
    "animated-fade": _style(
        outline=3,
        animations=(
            TextAnimation(kind="fade-in", duration=2 * _EIGHTH),
            TextAnimation(kind="fade-out", duration=2 * _EIGHTH),
        ),
    ),
    "modern-sans": _style(
        size=54, weight=600, outline=0,
        shadow_opacity=0.6, shadow_y=2, shadow_blur=10,
    ),
    "modern-gradient": _style(
        size=56, weight=800, color="#ff5f6d", color_end="#ffc371", outline=3,
        outline_color="#2b1020",
    ),
}  # fmt: skip
"""By name."""


StyleName = Annotated[
    str,
    AfterValidator(partial(check_name, known=STYLES, what="style")),
    WithJsonSchema({"type": "string", "enum": sorted(STYLES)}),
]
