"""A contact sheet: pictures of a film, evenly spread, in one grid."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from farm.demo.run import run_again
from farm.ffmpeg.command import Command

COLUMNS, ROWS = 5, 4
_CELL_WIDTH = 256  # pixels


def make_sheet(film: Path, output: Path, *, frames: int, ffmpeg: Path) -> None:
    """Write the contact sheet of a film with so many frames."""
    command = build_sheet_command(film, name=output.name, frames=frames)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".making-") as scratch:
        made = run_again(command, ffmpeg=ffmpeg, scratch=Path(scratch))
        shutil.move(made, output)


def build_sheet_command(film: Path, *, name: str, frames: int) -> Command:
    """Build the command that takes a picture in the middle of each part."""
    every = max(1, frames // (COLUMNS * ROWS))
    graph = (
        f"select='eq(mod(n\\,{every})\\,{every // 2})',"
        f"scale={_CELL_WIDTH}:-2,tile={COLUMNS}x{ROWS}:padding=4:margin=4"
    )
    return Command(
        arguments=(
            *("-i", f"file:{film}", "-an", "-vf", graph),
            *("-frames:v", "1", "-update", "1", name),
        ),
        output=name,
        sources=(str(film),),
    )
