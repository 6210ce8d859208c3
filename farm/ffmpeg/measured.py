"""Read what the filters of an analysis noted (`farm.ffmpeg.analyse`)."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, TypeAlias

from farm.ffmpeg.analyse import CROP, LOG, LOUDNESS, PSNR, SSIM, VMAF
from farm.timeline.analysis import (
    Crop,
    Interlace,
    Keyframes,
    Loudness,
    Motion,
    Quality,
    Scene,
    Score,
    Span,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from farm.timeline.media import VideoFacts

#: Such as ``frame:12   pts:480     pts_time:0.48``.
_FRAME = re.compile(r"frame:\d+ +pts:(?P<pts>\S+) ")
_SILENT_LUFS = -70.0  # the absolute gate: nothing below it counts
_PEAK = re.compile(r"^ *Peak: +(?P<db>\S+) dBFS", re.MULTILINE)
_ROUNDED_DB = 0.05  # peaks in the summary are off by at most this
_PSNR_MSE = re.compile(r"mse_avg:(?P<mse>\S+)")
_SSIM_ALL = re.compile(r"All:(?P<all>\S+)")
_LOW_PART = 0.05
_Order: TypeAlias = Literal["progressive", "tff", "bff"]
_Weave: TypeAlias = Literal["progressive", "tff", "bff", "mixed", "unknown"]
_MOST_UNCLEAR = 0.1
"""Where fewer than one frame in ten shows how it is woven, nothing is said."""
_MIXED_PART = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Turns times as FFmpeg tells them into exact ones from the start of the file."""

    tick: Fraction
    start: Fraction

    def at_pts(self, pts: str) -> Fraction:
        """Return the time of a frame by its time stamp in ticks."""
        return int(pts) * self.tick - self.start

    def at_seconds(self, text: str) -> Fraction:
        """Return the time that is printed in seconds with six decimals."""
        return round(Fraction(text) / self.tick) * self.tick - self.start


def read_scenes(
    folder: Path, clock: Clock, *, threshold: float, end: Fraction, start: Fraction
) -> tuple[Scene, ...]:
    """Return the parts of a film between its cuts."""
    cuts: list[tuple[Fraction, float | None]] = [(start, None)]
    cuts += [
        (time, score)
        for time, score in _changes(folder, clock)
        if score >= threshold and time > start
    ]
    ends = [*(time for time, _ in cuts[1:]), end]
    return tuple(
        Scene(start=time, end=stop, score=score)
        for (time, score), stop in zip(cuts, ends, strict=True)
    )


def read_motion(folder: Path, clock: Clock, *, threshold: float) -> Motion:
    """Return how much the picture changes from frame to frame, but for cuts."""
    cuts = {time for time, score in _changes(folder, clock) if score >= threshold}
    seconds: dict[int, list[float]] = {}
    moved = _frames(folder / "change.txt", clock)
    next(moved, None)  # the first frame follows none
    for time, values in moved:
        if time not in cuts:
            seconds.setdefault(max(0, math.floor(time)), []).append(
                float(values["lavfi.scd.mafd"])
            )
    every = [value for values in seconds.values() for value in values]
    means = [
        round(_mean(seconds.get(second, [])), 3)
        for second in range(max(seconds, default=-1) + 1)
    ]
    return Motion(
        mean=round(_mean(every), 3),
        highest=max(means, default=0.0),
        seconds=tuple(means),
    )


def _changes(folder: Path, clock: Clock) -> Iterator[tuple[Fraction, float]]:
    for time, values in _frames(folder / "score.txt", clock):
        yield time, float(values["lavfi.scd.score"])


def read_spans(
    folder: Path, name: str, clock: Clock, *, end: Fraction, shortest: float
) -> tuple[Span, ...]:
    """Return the parts that a filter noted; one that is open ends with the stream."""
    starts = _noted(folder / f"{name}-start.txt", clock)
    ends = [*_noted(folder / f"{name}-end.txt", clock), end]
    spans = (
        Span(start=start, end=next((each for each in ends if each > start), end))
        for start in starts
    )
    return tuple(span for span in spans if span.end - span.start >= shortest)


def _noted(path: Path, clock: Clock) -> list[Fraction]:
    return [
        clock.at_seconds(value)
        for _, values in _frames(path, clock)
        for value in values.values()
    ]


def read_loudness(folder: Path, *, stream: int) -> Loudness:
    """Return the loudness of a sound."""
    last: dict[str, str] = {}
    momentary, short_term = [_SILENT_LUFS], [_SILENT_LUFS]
    for _, values in _frames(folder / LOUDNESS, None):
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
        for _, values in _frames(folder / LOUDNESS, None)
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


def read_interlace(folder: Path, video: VideoFacts) -> Interlace:
    """Return how frames are woven, as they show it."""
    seen = Counter(
        value
        for _, values in _frames(folder / "interlace.txt", None)
        for value in values.values()
    )
    repeated = sum(
        value != "neither"
        for _, values in _frames(folder / "repeated.txt", None)
        for value in values.values()
    )
    declared: _Order = "tff" if video.top_field_first else "bff"
    return Interlace(
        verdict=_verdict(seen),
        declared=declared if video.interlaced else "progressive",
        top_first=seen["tff"],
        bottom_first=seen["bff"],
        progressive=seen["progressive"],
        undetermined=seen["undetermined"],
        repeated_fields=repeated,
    )


def _verdict(seen: Counter[str]) -> _Weave:
    names: tuple[_Order, ...] = ("progressive", "tff", "bff")
    known = {name: seen[name] for name in names}
    total = sum(known.values())
    if total < _MOST_UNCLEAR * seen.total() or not total:
        return "unknown"
    most = max(known, key=known.__getitem__)
    return most if known[most] >= (1 - _MIXED_PART) * total else "mixed"


def read_crop(folder: Path, *, width: int, height: int) -> Crop | None:
    """Return the part inside the borders; ``None`` where there is nothing but black."""
    last: dict[str, str] = {}
    for _, values in _frames(folder / CROP, None):
        last = values or last
    box = [
        int(last.get(f"lavfi.cropdetect.{name}", -1)) for name in ("x", "y", "w", "h")
    ]
    x, y, inner_width, inner_height = box
    if inner_width <= 0 or inner_height <= 0:
        return None
    return Crop(
        x=x,
        y=y,
        width=inner_width,
        height=inner_height,
        # sizes are rounded down to even ones
        has_borders=inner_width < width // 2 * 2 or inner_height < height // 2 * 2,
    )


def build_keyframes(times: Sequence[Fraction], *, longest: Fraction) -> Keyframes:
    """Return the key frames of a film and how far apart they are."""
    count = len(times) - 1
    return Keyframes(
        times=tuple(times),
        mean_seconds=(
            round(float((times[-1] - times[0]) / count), 6) if count > 0 else None
        ),
        longest=longest,
    )


def read_quality(
    folder: Path, *, model: str, size: tuple[int, int], rate: Fraction, bits: int
) -> Quality:
    """Return how like its reference a picture is."""
    told = json.loads((folder / VMAF).read_text(encoding="utf-8"))
    vmaf = [float(frame["metrics"]["vmaf"]) for frame in told["frames"]]
    ssim = _column(folder / SSIM, _SSIM_ALL)
    errors = _column(folder / PSNR, _PSNR_MSE)
    full = 255 if bits <= 8 else 1023  # noqa: PLR2004  # as they are compared

    def decibel(error: float) -> float:
        return 10 * math.log10(full**2 / error) if error > 0 else math.inf

    mean_error = _mean(errors)
    psnr = [decibel(error) for error in errors]
    return Quality(
        frames=len(vmaf),
        width=size[0],
        height=size[1],
        model=model,
        vmaf=_score(vmaf, rate, mean=_mean(vmaf)),
        vmaf_harmonic_mean=round(
            float(told["pooled_metrics"]["vmaf"]["harmonic_mean"]), 3
        ),
        ssim=_score(ssim, rate, mean=_mean(ssim)),
        psnr=_score(psnr, rate, mean=decibel(mean_error)),
    )


def _score(values: list[float], rate: Fraction, *, mean: float) -> Score:
    ordered = sorted(values)
    worst = values.index(ordered[0])
    return Score(
        mean=_known(mean),
        lowest=_known(ordered[0]),
        low=_known(ordered[math.floor(len(ordered) * _LOW_PART)]),
        worst=worst / rate,
    )


def _known(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None


def _column(path: Path, pattern: re.Pattern[str]) -> list[float]:
    found = pattern.findall(path.read_text(encoding="utf-8"))
    return [float(each) for each in found]


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else 0.0


def _frames(
    path: Path, clock: Clock | None
) -> Iterator[tuple[Fraction, dict[str, str]]]:
    """Yield time and values of each frame in a file of printed metadata."""
    if not path.exists():  # no frame had it
        return
    time, values = Fraction(0), dict[str, str]()
    is_first = True
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if found := _FRAME.match(line):
                if not is_first:
                    yield time, values
                is_first, values = False, {}
                time = clock.at_pts(found["pts"]) if clock else Fraction(0)
            else:
                name, _, value = line.strip().partition("=")
                values[name] = value
    if not is_first:
        yield time, values
