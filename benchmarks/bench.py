"""What all cases are given: sizes, media, a folder, turns."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.media import Edit, make_clips
from farm.kinds.fonts import link_fonts
from farm.settings import Settings

if TYPE_CHECKING:
    from benchmarks.sizes import Size, Sizes
    from benchmarks.turns import Turns

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One run of benchmarks."""

    sizes: Sizes
    turns: Turns
    ffmpeg: Path
    folder: Path
    """What is written on the way; it is removed at the end."""

    def clips(self, size: Size) -> tuple[Path, ...]:
        """Return the clips in a size, made where they are not there."""
        return make_clips(self.ffmpeg, RESULTS, size=size)

    def edit(self, size: Size, shown: int) -> Edit:
        """Return three clips with two dissolves, each shown so many seconds."""
        return Edit(clips=self.clips(size), shown_seconds=shown, size=size)

    def place(self, name: str) -> Path:
        """Return a folder for a case, with the fonts for FFmpeg."""
        place = self.folder / name
        place.mkdir(exist_ok=True)
        link_fonts(place, Settings.read(), ["a title"])
        return place

    def music(self, seconds: int) -> Path:
        """Return music of a length, of pink noise."""
        path = self.folder / f"music-{seconds}.m4a"
        if not path.exists():
            wave = f"anoisesrc=c=pink:a=0.3:r=44100:seed=2:d={seconds}"
            subprocess.run(
                [
                    *(str(self.ffmpeg), "-nostdin", "-loglevel", "error", "-f"),
                    *("lavfi", "-i", wave, "-ac", "2", "-b:a", "160k", str(path)),
                ],
                check=True,
            )
        return path
