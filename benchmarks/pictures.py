"""Cases thumbnails and storyboard: pictures of a long film against a full decode."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from benchmarks.bare import Ran
from benchmarks.command import reap
from benchmarks.figures import Case, Figure
from benchmarks.machine import CORES
from benchmarks.processes import cpu_seconds
from farm import Farm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks.turns import Turns
    from farm.api import Job

SECONDS, QUICK_SECONDS = 600, 120
COUNT = 100
_THUMBNAIL_WIDTH, _TILE_WIDTH = 320, 160
_EXACT = "thumbnails, exact"
_LEAST_THUMBNAILS, _LEAST_STORYBOARD = 8.0, 10.0
_WHAT_THUMBNAILS = (
    "{count} thumbnails of {seconds} s of 1280x720 H.264 with key frames up to 8.3 s "
    "apart, by a farm that is up, in turn with FFmpeg's filter fps over the whole file."
)
_WHAT_STORYBOARD = (
    "A storyboard of {count} pictures of the same film, all different, in turn with "
    "FFmpeg's filters fps and tile over the whole file."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureCases:
    """Takes pictures of one film in every way."""

    film: Path
    seconds: int
    ffmpeg: Path
    folder: Path
    exact: bool
    """Whether thumbnails are made exactly, too."""
    bounded: bool

    def measure(self, turns: Turns, *, names: set[str], rounds: int) -> list[Case]:
        """Measure the cases that are named."""
        cases = []
        # each round asks for another width: what was made before would be reused
        widths = count(0, 2)
        with Farm.local(self.folder / "pictures", cpu_slots=CORES) as farm:
            farm.probe(self.film).result(timeout=60)  # the farm is up
            if "thumbnails" in names:
                cases.append(self._thumbnails(turns, farm, widths, rounds=rounds))
            if "storyboard" in names:
                cases.append(self._storyboard(turns, farm, widths, rounds=rounds))
        return cases

    def _thumbnails(
        self, turns: Turns, farm: Farm, widths: Iterator[int], *, rounds: int
    ) -> Case:
        def ours(*, exact: bool) -> Ran:
            width = _THUMBNAIL_WIDTH + next(widths)
            return self._ours(
                lambda output: farm.thumbnails(
                    self.film, output, count=COUNT, width=width, exact=exact
                )
            )

        things = {
            "thumbnails": lambda: ours(exact=False),
            **({_EXACT: lambda: ours(exact=True)} if self.exact else {}),
            "thumbnails, bare": lambda: self._bare(
                f"fps={COUNT}/{self.seconds},scale={_THUMBNAIL_WIDTH}:-2",
                "bare-%03d.jpg",
            ),
        }
        turns.take(things, rounds=rounds)
        bare = turns.seconds("thumbnails, bare")
        return Case(
            name="thumbnails",
            what=_WHAT_THUMBNAILS.format(count=COUNT, seconds=self.seconds),
            figures=(
                Figure(name="ours", unit="s", values=turns.seconds("thumbnails")),
                Figure(name="bare", unit="s", values=bare),
                _faster(
                    turns.seconds("thumbnails"),
                    bare,
                    least=_LEAST_THUMBNAILS if self.bounded else None,
                ),
                *(
                    [Figure(name=_EXACT, unit="s", values=turns.seconds(_EXACT))]
                    if self.exact
                    else []
                ),
            ),
            details={},
        )

    def _storyboard(
        self, turns: Turns, farm: Farm, widths: Iterator[int], *, rounds: int
    ) -> Case:
        different: list[float] = []

        def ours() -> Ran:
            width = _TILE_WIDTH + next(widths)
            return self._ours(
                lambda output: farm.storyboard(
                    self.film, output, count=COUNT, width=width
                ),
                look=lambda output: different.append(_count_different(output)),
            )

        things = {
            "storyboard": ours,
            "storyboard, bare": lambda: self._bare(
                f"fps={COUNT}/{self.seconds},scale={_TILE_WIDTH}:-2,"
                f"tile=10x{COUNT // 10}",
                "bare-sheet.jpg",
            ),
        }
        turns.take(things, rounds=rounds)
        bare = turns.seconds("storyboard, bare")
        return Case(
            name="storyboard",
            what=_WHAT_STORYBOARD.format(count=COUNT),
            figures=(
                Figure(name="ours", unit="s", values=turns.seconds("storyboard")),
                Figure(name="bare", unit="s", values=bare),
                _faster(
                    turns.seconds("storyboard"),
                    bare,
                    least=_LEAST_STORYBOARD if self.bounded else None,
                ),
                Figure(
                    name="different pictures",
                    unit="",
                    values=tuple(different),
                    least=COUNT,
                ),
            ),
            details={},
        )

    def _ours(
        self,
        submit: Callable[[Path], Job],
        *,
        look: Callable[[Path], None] = lambda _: None,
    ) -> Ran:
        output = self.folder / "made"
        spent, start = cpu_seconds(os.getpid()), time.monotonic()
        submit(output).result(timeout=600)
        seconds = time.monotonic() - start
        spent = cpu_seconds(os.getpid()) - spent
        look(output)
        shutil.rmtree(output)
        return Ran(seconds=seconds, cpu_seconds=spent)

    def _bare(self, graph: str, name: str) -> Ran:
        start = time.monotonic()
        process = subprocess.Popen(
            [
                *(str(self.ffmpeg), "-nostdin", "-loglevel", "error", "-y"),
                *("-i", str(self.film), "-vf", graph, "-an", "-q:v", "2"),
                str(self.folder / name),
            ]
        )
        spent = reap(process)
        seconds = time.monotonic() - start
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, "ffmpeg")
        return Ran(seconds=seconds, cpu_seconds=spent)


def _count_different(folder: Path) -> int:
    """Return how many frames of the film are on the sheets."""
    text = (folder / "frames.json").read_text(encoding="utf-8")
    return len({frame["time"] for frame in json.loads(text)["frames"]})


def _faster(
    ours: tuple[float, ...], bare: tuple[float, ...], *, least: float | None
) -> Figure:
    """Return how many times as fast we are."""
    values = tuple(other / one for one, other in zip(ours, bare, strict=True))
    return Figure(name="times as fast as bare", unit="×", values=values, least=least)


def make_film(ffmpeg: Path, folder: Path, *, seconds: int) -> Path:
    """Make a long film, unless it is there; no two frames of it are alike."""
    arguments = [
        *("-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30,noise=alls=3:allf=t"),
        *("-f", "lavfi", "-i", "sine=f=330", "-t", str(seconds)),
        *("-c:v", "libx264", "-preset", "veryfast", "-b:v", "4M"),
        *("-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k"),
    ]
    recipe = json.dumps([ffmpeg.name, arguments])
    name = f"film-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}.mp4"
    film = folder / name
    if not film.exists():
        print(f"making {name} ...", flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        aside = folder / f"part-{name}"
        start = [str(ffmpeg), "-nostdin", "-loglevel", "error", "-y"]
        subprocess.run([*start, *arguments, str(aside)], check=True)
        aside.rename(film)
    return film
