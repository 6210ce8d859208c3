"""Case 6: what cutting a render into segments costs in quality and size."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from statistics import mean, quantiles
from typing import TYPE_CHECKING

from benchmarks.figures import Case, Figure
from benchmarks.machine import CORES
from farm import Farm

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.media import Edit

_WHAT = (
    "The timeline of the case render, in segments and in one piece at the same "
    "quality setting (CRF), both compared with a lossless render by VMAF (libvmaf)."
)
_MOST_MEAN, _MOST_LOW, _MOST_SIZE = 0.3, 1.0, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityCase:
    """Renders one timeline in segments, in one piece, and losslessly."""

    edit: Edit
    ffmpeg: Path
    folder: Path

    def measure(self) -> Case:
        """Return the differences of the first two."""
        with Farm.local(self.folder / "quality", cpu_slots=CORES) as farm:
            for name, preset, segments in (
                ("lossless.mkv", "lossless", "auto"),
                ("segments.mp4", "source", "auto"),
                ("whole.mp4", "source", "off"),
            ):
                job = farm.render(
                    self.edit.document(),
                    self.folder / name,
                    preset=preset,
                    segments=segments,
                    smart="off",
                )
                job.result(timeout=3600)
        scores = {name: self._vmaf(name) for name in ("segments.mp4", "whole.mp4")}
        sizes = {name: (self.folder / name).stat().st_size for name in scores}
        means = {name: mean(found) for name, found in scores.items()}
        lows = {name: quantiles(found, n=100)[0] for name, found in scores.items()}
        larger = 100 * (sizes["segments.mp4"] / sizes["whole.mp4"] - 1)
        return Case(
            name="quality",
            what=_WHAT,
            figures=(
                _score("VMAF, in one piece", means["whole.mp4"]),
                _score("VMAF, in segments", means["segments.mp4"]),
                _score("  lower by", _lower(means), most=_MOST_MEAN),
                _score("1st percentile, lower by", _lower(lows), most=_MOST_LOW),
                Figure(name="larger by", unit="%", values=(larger,), most=_MOST_SIZE),
            ),
            details={"bytes": dict(sizes)},
        )

    def _vmaf(self, name: str) -> list[float]:
        """Return the score of each frame."""
        log = "vmaf.json"
        graph = f"[0:v][1:v]libvmaf=log_fmt=json:log_path={log}:n_threads={CORES}"
        subprocess.run(
            [
                *(str(self.ffmpeg), "-nostdin", "-loglevel", "error"),
                *("-i", str(self.folder / name)),
                *("-i", str(self.folder / "lossless.mkv")),
                *("-lavfi", graph, "-f", "null", os.devnull),
            ],
            cwd=self.folder,
            check=True,
        )
        frames = json.loads((self.folder / log).read_text("utf-8"))["frames"]
        return [frame["metrics"]["vmaf"] for frame in frames]


def _score(name: str, value: float, *, most: float | None = None) -> Figure:
    return Figure(name=name, unit="", values=(value,), most=most)


def _lower(found: dict[str, float]) -> float:
    return found["whole.mp4"] - found["segments.mp4"]
