"""Read what the filters of an analysis noted of sound."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from farm.ffmpeg.analyse import LOG, LOUDNESS
from farm.ffmpeg.printed import read_frames
from farm.timeline.analysis import Loudness

if TYPE_CHECKING:
    from pathlib import Path


_SILENT_LUFS = -70.0  # the absolute gate: nothing below it counts
_PEAK = re.compile(r"^ *Peak: +(?P<db>\S+) dBFS", re.MULTILINE)
_ROUNDED_DB = 0.05  # peaks in the summary are off by at most this


def read_loudness(folder: Path, *, stream: int) -> Loudness:
    """Return the loudness of a sound."""
    last: dict[str, str] = {}
    momentary, short_term = [_SILENT_LUFS], [_SILENT_LUFS]
    for _, values in read_frames(folder / LOUDNESS, None):
        if "lavfi.r128.M" not in values:  # it only has what its source wrote
            continue
        last = values
        momentary.append(float(values["lavfi.r128.M"]))
        short_term.append(float(values["lavfi.r128.S"]))
    log = (folder / LOG).read_text(encoding="utf-8")
    sample_peak, true_peak = ([*_PEAK.findall(log), "-inf", "-inf"])[:2]
    integrated = _above_gate(float(last.get("lavfi.r128.I", _SILENT_LUFS)))
    is_heard = integrated is not None
    return Loudness(
        stream=stream,
        integrated=integrated,
        range=round(float(last.get("lavfi.r128.LRA", 0)), 2),
        range_low=_above_gate(float(last["lavfi.r128.LRA.low"])) if is_heard else None,
        range_high=(
            _above_gate(float(last["lavfi.r128.LRA.high"])) if is_heard else None
        ),
        true_peak=_finite(true_peak),
        sample_peak=_finite(sample_peak),
        max_momentary=_above_gate(max(momentary)),
        max_short_term=_above_gate(max(short_term)),
    )


def read_true_peak(folder: Path) -> float:
    """Return the true peak of a sound in dBTP, to a hundredth; −inf: it is silent.

    The summary has tenths, frames have thousandths of full scale, but end before the
    last tenth of a second.
    """
    peaks = [
        float(values["lavfi.r128.true_peak"])
        for _, values in read_frames(folder / LOUDNESS, None)
        if "lavfi.r128.true_peak" in values
    ]
    highest = max(peaks, default=0.0)
    fine = 20 * math.log10(highest) if highest > 0 else -math.inf
    log = (folder / LOG).read_text(encoding="utf-8")
    rough = float(([*_PEAK.findall(log), "-inf", "-inf"])[1])
    return fine if rough <= fine + _ROUNDED_DB else rough + _ROUNDED_DB


def _above_gate(lufs: float) -> float | None:
    return round(lufs, 2) if lufs > _SILENT_LUFS else None


def _finite(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None
