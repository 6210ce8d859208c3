"""The command that joins whole files by stream copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.ffmpeg.command import Command

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

_LIST = "files.ffconcat"
_FAST_START = {".mp4", ".mov", ".m4a"}


def build_copy_command(
    pieces: Sequence[tuple[str, Fraction]],
    *,
    suffix: str,
    has_picture: bool,
    sources: Sequence[str],
) -> Command:
    """Join files, each named as it lies in the scratch folder, with its seconds.

    Starts are rounded to microseconds, not lengths: errors do not add up.
    """
    lines, start, rounded = ["ffconcat version 1.0"], 0 * pieces[0][1], 0
    for name, seconds in pieces:
        start += seconds
        end = round(start * 1_000_000)
        lines += [f"file {name}", f"duration {end - rounded}us"]
        rounded = end
    name = f"joined{suffix}"
    flags = ("-movflags", "+faststart") if suffix in _FAST_START else ()
    if suffix == ".wav":
        flags = ("-rf64", "auto")
    return Command(
        arguments=(
            *("-f", "concat", "-safe", "0", "-i", _LIST),
            *(("-map", "0:v:0") if has_picture else ()),
            *("-map", "0:a:0?", "-c", "copy"),
            *("-map_metadata", "-1", "-map_chapters", "-1", *flags, name),
        ),
        output=name,
        files={_LIST: "\n".join(lines) + "\n"},
        sources=tuple(sources),
    )
