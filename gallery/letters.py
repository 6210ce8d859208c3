"""The farm's own font, for what is drawn here."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from PIL import ImageFont

_FONT = Path(str(files("fontpkg_noto_sans"))) / "files" / "NotoSans[wdth,wght].ttf"


@cache
def letters(size: int, *, weight: int = 500) -> ImageFont.FreeTypeFont:
    """Return Noto Sans of a size in pixels and a weight of 100 to 900."""
    font = ImageFont.truetype(str(_FONT), size)
    axes = font.get_variation_axes()
    wanted = {b"Weight": weight, b"Width": 100}
    font.set_variation_by_axes([wanted.get(each["name"], 0) for each in axes])
    return font
