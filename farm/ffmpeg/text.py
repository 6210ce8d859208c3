"""Titles as ASS documents, for FFmpeg's filter ``ass`` (libass)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pysubs2

if TYPE_CHECKING:
    from farm.timeline.clip import TitleMedia

#: Where a text stands → the key of a number pad, as ASS counts.
_ALIGNMENTS = {
    "bottom-left": 1, "bottom": 2, "bottom-right": 3,
    "left": 4, "center": 5, "right": 6,
    "top-left": 7, "top": 8, "top-right": 9,
}  # fmt: skip
_WORD_JOINER = "\u2060"
_LONG_MS = 9 * 3600 * 1000


def build_title(title: TitleMedia, *, width: int, height: int) -> str:
    """Return the ASS document of a title in a frame of the timeline's size."""
    document = pysubs2.SSAFile()
    document.info.update(
        {
            "PlayResX": str(width),
            "PlayResY": str(height),
            "WrapStyle": "0",
            "ScaledBorderAndShadow": "yes",
            "YCbCr Matrix": "None",
        }
    )
    margin = round(title.margin)
    document.styles["Default"] = pysubs2.SSAStyle(
        fontname=_font_name(title.font),
        fontsize=title.size,
        primarycolor=_color(title.color),
        outlinecolor=_color(title.outline_color),
        bold=title.bold,
        italic=title.italic,
        outline=title.outline,
        shadow=0,
        alignment=pysubs2.Alignment(_ALIGNMENTS[title.align]),
        marginl=margin,
        marginr=margin,
        marginv=margin,
    )
    document.append(
        pysubs2.SSAEvent(start=0, end=_LONG_MS, text=escape_text(title.text))
    )
    return document.to_string("ass")


def escape_text(text: str) -> str:
    r"""Write text so that libass shows it as it is: no ``{tags}``, no ``\n``."""
    text = text.replace("\\", "\\" + _WORD_JOINER).replace("{", "\\{")
    return re.sub(r"\r\n?|\n", r"\\N", text)


def _font_name(name: str) -> str:
    """Write the name of a font so that it stays one field of one line."""
    return " ".join(re.sub(r"[,\x00-\x1f]", " ", name).split()) or "Noto Sans"


def _color(color: str) -> pysubs2.Color:
    return pysubs2.Color(*(int(color[at : at + 2], 16) for at in (1, 3, 5)))
