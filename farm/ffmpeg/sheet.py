"""Commands that lay finished pictures side by side, and the text that players read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.ffmpeg.command import Command
from farm.ffmpeg.graph import compile_graph, open_input
from farm.ffmpeg.still_output import still_output

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

#: Rows of a sheet; with more pictures, there are more sheets.
MOST_ROWS = 10
#: Pixels of a side of a sheet: WebP has no more.
LONGEST_SIDE = 16383


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A picture of a storyboard."""

    sheet: str
    """Name of the file it lies in."""
    x: int
    y: int
    start: Fraction
    """It stands for the film from here to `end`, in seconds."""
    end: Fraction


def rows_of_sheet(height: int, *, rows: int) -> int:
    """Return how many rows of pictures a sheet may have at most."""
    return max(1, min(MOST_ROWS, rows, LONGEST_SIDE // height))


def build_sheet_command(
    pattern: str, *, first: int, count: int, columns: int, rows: int, name: str
) -> Command:
    """Lay pictures of the scratch folder into rows; what is left over is black.

    Args:
        pattern: of their names, with their number (``tile-%05d.png``).
        first: number of the first.
        count: how many.
        columns: pictures in a row.
        rows: of the sheet.
        name: of the sheet.
    """
    source = open_input(pattern, f="image2", framerate=25, start_number=first)
    laid = (
        source["v"]
        .filter("trim", end_frame=count)
        .filter("format", "rgb24")  # in 4:2:0, colours of neighbours would run
        .filter("tile", f"{columns}x{rows}", nb_frames=count)
    )
    suffix = name[name.rindex(".") :]
    arguments, files = compile_graph(still_output(laid, name, suffix=suffix))
    return Command(arguments=arguments, output=name, files=files, frames=1)


def write_vtt(tiles: Sequence[Tile], *, size: tuple[int, int]) -> str:
    """Return the WebVTT of a storyboard: a cue for each picture, with its place.

    The form is that of media fragments (``#xywh=``, https://www.w3.org/TR/media-frags/),
    as players read it for the pictures above their time bar.
    """
    cues = [
        f"{show_clock(tile.start)} --> {show_clock(tile.end)}\n"
        f"{tile.sheet}#xywh={tile.x},{tile.y},{size[0]},{size[1]}\n"
        for tile in tiles
    ]
    return "\n".join(["WEBVTT\n", *cues])


def show_clock(seconds: Fraction) -> str:
    """Write a time as WebVTT does: ``HH:MM:SS.mmm``."""
    whole = round(seconds * 1000)
    minutes, milliseconds = divmod(whole, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"
