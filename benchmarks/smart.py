"""Case 7: what two cuts in an untouched film cost, in parts of encoding it."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.compare import count_frames
from benchmarks.figures import Case, Figure
from benchmarks.machine import CORES
from benchmarks.media import CLIP_SECONDS, RATE
from farm import Farm

if TYPE_CHECKING:
    from pathlib import Path

    from farm.api import Result

_MOST = 5.0
_WHAT = (
    "A {seconds} s {width}x{height} H.264 film with two cuts out of it, on a farm of "
    "two CPU slots that is up, without the cache: groups of pictures copied, and all "
    "encoded."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmartCase:
    """Renders an untouched film with two cuts, copied and encoded."""

    clip: Path
    size: tuple[int, int]
    loops: int
    """How often the clip is shown in the film."""
    ffmpeg: Path
    folder: Path
    bounded: bool
    """Whether the bound counts: it is for ten minutes."""

    def measure(self, *, rounds: int) -> Case:
        """Encode once, then copy so many times."""
        film = self._film()
        document = self._document(film)
        with Farm.local(self.folder / "smart", cpu_slots=CORES) as farm:
            farm.probe(film).result(timeout=60)  # the farm is up
            encoded, _ = self._render(farm, document, "off")
            copied, results = [], []
            for _ in range(rounds):
                seconds, result = self._render(farm, document, "auto")
                copied.append(seconds)
                results.append(result)
        shares = tuple(100 * seconds / encoded for seconds in copied)
        segments = results[-1].segments
        return Case(
            name="smart",
            what=_WHAT.format(
                seconds=self.loops * CLIP_SECONDS,
                width=self.size[0],
                height=self.size[1],
            ),
            figures=(
                Figure(name="all encoded", unit="s", values=(encoded,)),
                Figure(name="copied but for the cuts", unit="s", values=tuple(copied)),
                Figure(
                    name="copied, of encoded",
                    unit="%",
                    values=shares,
                    most=_MOST if self.bounded else None,
                ),
            ),
            details={
                "frames_copied": sum(
                    each.end - each.start for each in segments if each.how == "copied"
                ),
                "frames": segments[-1].end,
            },
        )

    def _render(
        self, farm: Farm, document: dict[str, Any], smart: str
    ) -> tuple[float, Result]:
        output = self.folder / f"smart-{smart}.mp4"
        start = time.monotonic()
        job = farm.render(document, output, smart=smart, use_cache=False)
        result = job.result(timeout=3600)
        seconds = time.monotonic() - start
        print(f"  smart {smart}: {seconds:.2f} s", flush=True)
        if smart == "auto":
            assert any(each.how == "copied" for each in result.segments)
        assert count_frames(output) == result.segments[-1].end
        self._decode(output)
        output.unlink()
        return seconds, result

    def _decode(self, path: Path) -> None:
        """Decode to the end; stop at the first word of damage."""
        done = subprocess.run(
            [
                *(str(self.ffmpeg), "-nostdin", "-loglevel", "error", "-xerror"),
                *("-i", str(path), "-f", "null", os.devnull),
            ],
            check=True,
            capture_output=True,
        )
        assert not done.stderr

    def _film(self) -> Path:
        path = self.folder / "film.mp4"
        subprocess.run(
            [
                *(str(self.ffmpeg), "-nostdin", "-loglevel", "error"),
                *("-stream_loop", str(self.loops - 1), "-i", str(self.clip)),
                *("-map", "0:v", "-c", "copy", str(path)),
            ],
            check=True,
        )
        return path

    def _document(self, film: Path) -> dict[str, Any]:
        third = self.loops * CLIP_SECONDS / 3
        return {
            "format": "farm-timeline/1",
            "rate": str(RATE),
            "width": self.size[0],
            "height": self.size[1],
            "tracks": [
                {
                    "kind": "video",
                    "items": [
                        {
                            "type": "clip",
                            "media": {"type": "file", "path": str(film)},
                            "source_range": {
                                "start": str(number * third + 1.3),
                                "duration": str(third - 2.7),
                            },
                        }
                        for number in range(3)
                    ],
                }
            ],
        }
