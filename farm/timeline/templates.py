"""The style templates that the farm knows, by the names that editors have for them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from farm.timeline.element import Element

if TYPE_CHECKING:
    from collections.abc import Mapping


class StyleTemplate(NamedTuple):
    """Elements, and how long they last."""

    what: str
    category: str
    seconds: Fraction
    background: str | None
    elements: tuple[Element, ...]


def _element(kind: str, name: str, box: str, **fields: Any) -> Element:  # noqa: ANN401  # fields of an element
    x, y, width, height = (float(each) / 100 for each in box.split())
    return Element.model_validate(
        {"kind": kind, "name": name, "x": x, "y": y, "width": width, "height": height}
        | fields
    )


def _move(kind: str, duration: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401  # fields of an animation
    return {"kind": kind, "duration": duration, **fields}


_GONE = _move("fade-out", "0.4", easing="ease-in")

TEMPLATES: Final[Mapping[str, StyleTemplate]] = {
    "modern-intro-1": StyleTemplate(
        "A title that grows out of the middle, over a line and two rings on dark blue",
        "intro",
        Fraction(3),
        "#101828",
        (
            _element(
                "shape", "ring", "30 10 40 80", shape="circle", color="#1d2b4a",
                animations=[
                    _move("scale", "0.9", easing="back"), _move("fade-in", "0.4"),
                    _GONE,
                ],
            ),
            _element(
                "shape", "core", "36 21 28 58", shape="circle", color="#243760",
                start="0.15",
                animations=[
                    _move("scale", "0.9", easing="back"), _move("fade-in", "0.4"),
                    _GONE,
                ],
            ),
            _element(
                "text", "title", "8 34 84 22", text="Your title", size=132, weight=800,
                start="0.3",
                animations=[
                    _move("scale", "0.7", amount=0.6), _move("fade-in", "0.5"), _GONE,
                ],
            ),
            _element(
                "line", "line", "40 57 20 1", stroke=6, color="#20a0ff", start="0.7",
                animations=[_move("typewriter", "0.5", easing="ease-in-out"), _GONE],
            ),
            _element(
                "text", "subtitle", "15 60 70 10", text="A few words", size=52,
                weight=300, color="#d7e3ff", start="0.9",
                animations=[
                    _move("slide", "0.5", side="bottom", amount=0.06),
                    _move("fade-in", "0.5"), _GONE,
                ],
            ),
        ),
    ),
    "minimal-outro-1": StyleTemplate(
        "Thanks and a line of text in black on white, that fade in and out",
        "outro",
        Fraction(4),
        "#ffffff",
        (
            _element(
                "text", "title", "10 36 80 16", text="Thank you", size=104, weight=300,
                color="#111111", spacing=4,
                animations=[_move("fade-in", "0.8"), _move("fade-out", "0.8")],
            ),
            _element(
                "line", "line", "46 53 8 1", stroke=3, color="#111111", start="0.5",
                animations=[_move("typewriter", "0.6"), _move("fade-out", "0.8")],
            ),
            _element(
                "text", "subtitle", "10 56 80 9", text="example.org", size=44,
                color="#555555", start="0.8",
                animations=[_move("fade-in", "0.8"), _move("fade-out", "0.8")],
            ),
        ),
    ),
    "corporate-lower-third-1": StyleTemplate(
        "Name and role on a dark bar with a stripe, that slides in from the left",
        "lower-third",
        Fraction(5),
        None,
        (
            _element(
                "shape", "bar", "5 76 40 15", color="#0b1f3a", opacity=0.92,
                animations=[
                    _move("slide", "0.6", easing="cubic"), _GONE,
                ],
            ),
            _element(
                "shape", "stripe", "5 76 0.6 15", color="#f5a623",
                animations=[_move("slide", "0.5", easing="cubic"), _GONE],
            ),
            _element(
                "text", "title", "7 77 37 8", text="Name Surname", size=58, weight=700,
                align="left", start="0.4",
                animations=[
                    _move("slide", "0.5", amount=0.05), _move("fade-in", "0.4"), _GONE,
                ],
            ),
            _element(
                "text", "subtitle", "7 84 37 6", text="Role, company", size=36,
                align="left", color="#c9d6ea", start="0.6",
                animations=[
                    _move("slide", "0.5", amount=0.05), _move("fade-in", "0.4"), _GONE,
                ],
            ),
        ),
    ),
    "bold-title-1": StyleTemplate(
        "One heavy title that falls into place and flickers once, with a shadow",
        "title",
        Fraction(5, 2),
        None,
        (
            _element(
                "text", "title", "5 30 90 40", text="BOLD TITLE", size=210, weight=900,
                shadow_x=8, shadow_y=8, shadow_opacity=0.85, shadow_color="#d1105a",
                animations=[
                    _move("bounce", "0.9"), _move("flicker", "0.3", delay="0.9"),
                    _move("fade-out", "0.3"),
                ],
            ),
        ),
    ),
    "classic-overlay-1": StyleTemplate(
        "A thin frame around the picture with a caption at its foot",
        "overlay",
        Fraction(6),
        None,
        (
            *(
                _element(
                    "shape", "frame", box, color="#f2e6c9",
                    animations=[_move("fade-in", "1"), _move("fade-out", "1")],
                )
                for box in ("4 6 92 0.4", "4 93.6 92 0.4", "4 6 0.225 88",
                            "95.775 6 0.225 88")
            ),
            _element(
                "shape", "plate", "32 84 36 8", color="#000000", opacity=0.55,
                radius=10, start="0.4",
                animations=[_move("fade-in", "0.8"), _move("fade-out", "0.8")],
            ),
            _element(
                "text", "title", "33 84 34 8", text="A caption", size=46, italic=True,
                color="#f2e6c9", start="0.6",
                animations=[_move("fade-in", "0.8"), _move("fade-out", "0.8")],
            ),
        ),
    ),
}  # fmt: skip
"""By name."""
