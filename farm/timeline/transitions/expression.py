"""Write the expression of a drawn transition for xfade."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from farm.timeline.transitions.drawn import Drawn

#: Black, white and the colour of fire in the planes of a format: Y, U, V at 8 bits.
_YUV = {"BLACK": (16, 128, 128), "WHITE": (235, 128, 128), "FIRE": (150, 60, 196)}
#: Likewise G, B, R and alpha; black lets nothing through and hides nothing.
_GBR = {
    "BLACK": (0, 0, 0, 0),
    "WHITE": (255, 255, 255, 255),
    "FIRE": (130, 30, 255, 255),
}
_PLACE = re.compile(r"\b(T|U|V|BLACK|WHITE|FIRE)\b")


def write_expression(drawn: Drawn, *, pix_fmt: str, white: float = 1) -> str:
    """Return what xfade draws in a format of planes of one size.

    Args:
        drawn: the transition.
        pix_fmt: of both pictures.
        white: signal of white, of 1; less where there is brighter than white.
    """
    factor = 4 if "10" in pix_fmt else 1
    is_gbr = pix_fmt.startswith("gbr")
    colors = _GBR if is_gbr else _YUV
    dark = (0, 0, 0, None) if is_gbr else _YUV["BLACK"]
    values = {
        name: _planes(
            [
                factor * (v if d is None else d + round((v - d) * white, 2))
                for v, d in zip(color, dark, strict=True)
            ]
        )
        for name, color in colors.items()
    }
    values |= {"T": "(1-P)", "U": "(X/W)", "V": "(Y/H)"}
    text = _PLACE.sub(lambda found: values[found[1]], drawn.expression)
    return _with_pictures(text, planes=len(colors["BLACK"]))


def _planes(values: list[float]) -> str:
    """Return a value for each plane."""
    if len(set(values)) == 1:
        return f"{values[0]:g}"
    first, *rest = (f"{value:g}" for value in values)
    if len(set(rest)) == 1:
        return f"if(PLANE,{rest[0]},{first})"
    if len(values) == 3:  # noqa: PLR2004
        return f"if(eq(PLANE,0),{first},if(eq(PLANE,1),{rest[0]},{rest[1]}))"
    middle = f"if(eq(PLANE,1),{rest[0]},{rest[1]})"
    return f"if(eq(PLANE,0),{first},{middle})"


def _with_pictures(text: str, *, planes: int) -> str:
    """Write each look into a picture by xfade's functions, one for each plane."""
    found = re.search(r"\b([AB])\(", text)
    if not found:
        return text
    start, name = found.start(), found[1].lower()
    end = _closing(text, found.end())
    inner = _with_pictures(text[found.end() : end], planes=planes)
    if inner == "X,Y":
        look = found[1]
    else:
        look = f"{name}{planes - 1}({inner})"
        for plane in range(planes - 2, -1, -1):
            look = f"if(eq(PLANE,{plane}),{name}{plane}({inner}),{look})"
    rest = _with_pictures(text[end + 1 :], planes=planes)
    return f"{text[:start]}{look}{rest}"


def _closing(text: str, start: int) -> int:
    depth = 1
    for at in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if not depth:
            return at
    message = f"no closing bracket in {text!r}"
    raise ValueError(message)
