"""Read the progress that FFmpeg reports (``-progress``)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

MICROSECONDS = 1_000_000
_TOO_FAST = 1e6  #: a year in half a minute
_TOO_LONG = 1e9  #: seconds: thirty years


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one FFmpeg process has come."""

    frame: int = 0
    """Frames written; 0 where there is no picture."""
    fps: float = 0.0
    """Frames a second, mean since the start."""
    speed: float | None = None
    """Seconds made in a second; ``None`` where not known yet."""
    out_seconds: float = 0.0
    """Length of what was written."""
    size_bytes: int = 0
    fraction: float | None = None
    """Part that is done, 0 to 1; ``None`` where the whole is not known."""
    eta_seconds: float | None = None
    """Time left at the speed so far; ``None`` where not known."""

    def of_whole(
        self, *, frames: int | None, seconds: float | None, elapsed_seconds: float
    ) -> Progress:
        """Add fraction and time left, given what the whole is."""
        fraction = _fraction(self, frames=frames, seconds=seconds)
        if not fraction:
            return replace(self, fraction=fraction, eta_seconds=None)
        left = elapsed_seconds * (1 - fraction) / fraction
        return replace(self, fraction=fraction, eta_seconds=left)


def _fraction(
    progress: Progress, *, frames: int | None, seconds: float | None
) -> float | None:
    if frames:
        return min(progress.frame / frames, 1.0)
    if seconds:
        return min(max(progress.out_seconds / seconds, 0.0), 1.0)
    return None


@dataclass(slots=True)
class ProgressReader:
    """Turns the bytes of ``-progress`` into reports, however they are cut."""

    _rest: bytes = b""
    _fields: dict[str, str] = field(default_factory=dict)

    def feed(self, data: bytes) -> list[Progress]:
        """Take the next bytes and return the reports that are complete."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        reports: list[Progress] = []
        for line in lines:
            key, _, value = line.decode("ascii", "replace").partition("=")
            self._fields[key.strip()] = value.strip()
            if key == "progress":  # the last line of a report
                reports.append(_report(self._fields))
                self._fields = {}
        return reports


def _report(fields: dict[str, str]) -> Progress:
    return Progress(
        frame=int(_number(fields.get("frame"))),
        fps=_number(fields.get("fps")),
        speed=_speed(fields.get("speed")),
        out_seconds=_seconds(fields.get("out_time_us")),
        size_bytes=int(_number(fields.get("total_size"))),
    )


def _number(text: str | None) -> float:
    """Return the number; 0 for what FFmpeg does not know (``N/A``)."""
    try:
        number = float(text or 0)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0


def _speed(text: str | None) -> float | None:
    """Return the speed; before the first packet FFmpeg tells one beyond all bounds."""
    number = _number((text or "").removesuffix("x"))
    return number if 0 < number < _TOO_FAST else None


def _seconds(text: str | None) -> float:
    seconds = _number(text) / MICROSECONDS
    return seconds if abs(seconds) < _TOO_LONG else 0.0
