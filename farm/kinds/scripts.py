"""Which fonts of the farm hold the letters of which scripts.

FFmpeg reads every font that it is given at each start: it gets those that a text needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Ranges of code points (Unicode 16, Blocks.txt) by the file of the Noto font.
_NOTO: Final[Mapping[str, tuple[tuple[int, int], ...]]] = {
    "Arabic": ((0x600, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF), (0xFB50, 0xFEFC)),
    "Armenian": ((0x530, 0x58F), (0xFB13, 0xFB17)),
    "Bengali": ((0x980, 0x9FF),),
    "Devanagari": ((0x900, 0x97F), (0xA8E0, 0xA8FF), (0x1CD0, 0x1CFF)),
    "Ethiopic": ((0x1200, 0x139F), (0x2D80, 0x2DDF), (0xAB00, 0xAB2F)),
    "Georgian": ((0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D2F)),
    "Gujarati": ((0xA80, 0xAFF),),
    "Gurmukhi": ((0xA00, 0xA7F),),
    "Hebrew": ((0x590, 0x5FF), (0xFB1D, 0xFB4F)),
    "Kannada": ((0xC80, 0xCFF),),
    "Khmer": ((0x1780, 0x17FF), (0x19E0, 0x19FF)),
    "Lao": ((0xE80, 0xEFF),),
    "Malayalam": ((0xD00, 0xD7F),),
    "Myanmar": ((0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F)),
    "Oriya": ((0xB00, 0xB7F),),
    "Sinhala": ((0xD80, 0xDFF), (0x111E0, 0x111FF)),
    "Tamil": ((0xB80, 0xBFF), (0x11FC0, 0x11FFF)),
    "Telugu": ((0xC00, 0xC7F),),
    "Thai": ((0xE00, 0xE7F),),
}
_SYMBOLS: Final = ((0x2100, 0x2BFF), (0x1F100, 0x1F1FF))
_EMOJI: Final = ((0x2190, 0x2BFF), (0x3030, 0x303D), (0x1F000, 0x1FAFF))
_CJK: Final = (
    (0x1100, 0x11FF), (0x2E80, 0x31FF), (0x3200, 0x4DBF), (0x4E00, 0x9FFF),
    (0xA960, 0xA97F), (0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF), (0x20000, 0x323AF),
)  # fmt: skip
CJK_FILE: Final = "NotoSansCJK-VF.otf.ttc"

_FILES: Final[Mapping[str, tuple[tuple[int, int], ...]]] = {
    **{f"NotoSans{name}[wght].ttf": ranges for name, ranges in _NOTO.items()},
    "NotoSansSymbols[wght].ttf": _SYMBOLS,
    "NotoEmoji[wght].ttf": _EMOJI,
    CJK_FILE: _CJK,
}

ALL_SCRIPTS: Final = "".join(chr(ranges[0][0]) for ranges in _FILES.values())
"""Text that needs every font."""


def fonts_for(text: str) -> set[str]:
    """Return the files of fonts that a text needs beside Noto Sans."""
    points = {ord(char) for char in set(text) if ord(char) > 0x52F}  # noqa: PLR2004  # what Noto Sans has
    return {name for name, ranges in _FILES.items() if _holds(ranges, points)}


def _holds(ranges: Iterable[tuple[int, int]], points: set[int]) -> bool:
    return any(first <= point <= last for first, last in ranges for point in points)
