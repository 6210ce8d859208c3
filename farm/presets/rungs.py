"""The sizes and rates of a ladder: what players choose from by how fast they load.

A rung is a box that the picture is fitted into, never enlarged.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.errors import InvalidOption

if TYPE_CHECKING:
    from collections.abc import Iterable

    from farm.presets.preset import Preset

#: Rates are for this many frames a second; more of them may have half as much again.
_USUAL_FPS = 32
_MORE_FRAMES = Fraction(3, 2)
#: A decoder's buffer holds so many seconds of the highest rate.
_BUFFER_SECONDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RungSize:
    """A rung of the ladder."""

    lines: int
    """Pixels of the shorter side of a picture of 16:9."""
    max_kbps: int
    """The quality is that of the preset, within this rate."""

    @property
    def name(self) -> str:
        """What it is called."""
        return f"{self.lines}p"

    @property
    def columns(self) -> Fraction:
        """Pixels of the longer side."""
        return Fraction(self.lines * 16, 9)


RUNGS = tuple(
    RungSize(lines=lines, max_kbps=kbps)
    for lines, kbps in (
        (2160, 16_000),
        (1440, 9_000),
        (1080, 5_500),
        (720, 3_000),
        (540, 1_800),
        (360, 800),
        (240, 400),
    )
)


def find_rungs(names: Iterable[str], *, width: int, height: int) -> list[RungSize]:
    """Return the rungs of these names, the largest first; by default all that fit.

    Of a picture that is smaller than every rung, the smallest: it is not enlarged.

    Raises:
        InvalidOption: when there is no such rung, it is named twice, or is larger than
            the picture.
    """
    fit = [rung for rung in RUNGS if rung_factor(rung, width, height) <= 1]
    wanted = list(names)
    if not wanted:
        return fit or [RUNGS[-1]]
    for name in wanted:
        rung = next((rung for rung in RUNGS if rung.name == name), None)
        if rung is None:
            message = f"there is no rung {name!r}; there are: "
            raise InvalidOption(message + ", ".join(rung.name for rung in RUNGS))
        if wanted.count(name) > 1:
            message = f"the rung {name} is named twice"
            raise InvalidOption(message)
        if rung not in fit:
            message = (
                f"the rung {name} is larger than the picture, which is {width}x{height}"
            )
            raise InvalidOption(message)
    return [rung for rung in fit if rung.name in wanted]


def rung_factor(rung: RungSize, width: int, height: int) -> Fraction:
    """Return how many times larger a picture is in a rung, upright or not."""
    long, short = max(width, height), min(width, height)
    return min(rung.columns / long, Fraction(rung.lines, short))


def rung_preset(preset: Preset, rung: RungSize, *, rate: Fraction) -> Preset:
    """Return a preset (x264) that keeps to the rate of a rung."""
    kbps = rung.max_kbps if rate <= _USUAL_FPS else round(rung.max_kbps * _MORE_FRAMES)
    options = preset.video.options | {
        "maxrate": f"{kbps}k",
        "bufsize": f"{kbps * _BUFFER_SECONDS}k",
    }
    video = preset.video.model_copy(update={"options": options})
    return preset.model_copy(update={"video": video})
