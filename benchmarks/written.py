"""Titles of bare FFmpeg commands: one file of ASS, drawn onto the finished picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pysubs2

from farm.ffmpeg.text import ass_style, new_document
from farm.timeline.title import TitleMedia

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def write_titles(
    path: Path,
    titles: Sequence[tuple[dict[str, Any], int, int]],
    *,
    size: tuple[int, int],
) -> Path:
    """Write titles that look like those of the farm, each with start and length."""
    document = new_document(*size)
    for fields, start, seconds in titles:
        title = TitleMedia.model_validate({"type": "title", **fields})
        document.styles["Default"] = ass_style(title, size[0])
        document.append(
            pysubs2.SSAEvent(
                start=1000 * start, end=1000 * (start + seconds), text=title.text
            )
        )
    document.save(str(path))
    return path
