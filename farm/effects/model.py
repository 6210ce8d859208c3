"""What an entry of the catalogue is: its words, parameters and the graph it builds.

A graph is data, so that two of them can be compared: where a value changes over time,
the options that differ from frame to frame are sent to the running filters.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from farm.timeline.steady import Motion

Value: TypeAlias = "float | bool | str"
Given: TypeAlias = "Mapping[str, Value]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A parameter that is a number."""

    unit: str
    default: float
    low: float
    high: float
    is_fixed: bool = False
    """Whether FFmpeg can set it only once: it takes no keyframes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A parameter that is one of some words."""

    default: str
    among: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Colour:
    """A parameter that is a colour, ``#rrggbb``."""

    default: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A parameter that is on or off."""

    default: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A parameter that is a curve through points, ``"0/0 0.5/0.6 1/1"``."""

    default: str = "0/0 1/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A parameter that names a file with one of some suffixes; it has no default."""

    suffixes: tuple[str, ...]
    default: str = ""


Parameter: TypeAlias = Number | Choice | Colour | Switch | Curve | File


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One FFmpeg filter with its options."""

    name: str
    options: Mapping[str, str]
    files: Mapping[str, str] = field(default_factory=dict)
    """Text files that it reads, by the option that names each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Copies of the frames, each with its own steps, brought together by a filter."""

    branches: tuple[Steps, ...]
    filter: Filter


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """Steps that are done with one frame only, which is then held."""

    steps: Steps


Step: TypeAlias = Filter | Merge | Still
Steps: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Frames before and after a frame that an effect looks at."""

    before: int = 0
    after: int = 0


NO_REACH = Reach()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What an effect is applied to."""

    width: int
    """Of the picture in pixels of the output; likewise the height."""
    height: int
    pixel_scale: float
    """Pixels of the output a pixel of the timeline."""
    pix_fmt: str = "yuv420p"
    """What the steps get and have to give."""
    frame: int = 0
    """Number of the frame: the same whoever renders it, other for each."""
    whole: tuple[int, int] = (0, 0)
    """Width and height of all of the film, of which the picture may be the middle."""
    motions: tuple[Motion, ...] = ()
    """Of the camera, for each frame of the clip."""
    motions_at: tuple[int, int] = (0, 0)
    """Those of them, half-open, that the steps get."""


Space: TypeAlias = Literal["yuv", "rgb", "rgb16"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """An effect on the picture."""

    what: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    neutral: Mapping[str, Value] | None = None
    """Parameters at which it changes nothing, and then adds no filter."""
    build: Callable[[Given, Scene], Steps]
    space: Space = "yuv"
    """What the steps work in: BT.709 of limited range, or RGB of full range."""
    shapes: bool = False
    """Whether transparency goes through the steps as well, or stays as it was."""
    makes_holes: bool = False
    """Whether it makes parts of an opaque picture transparent."""
    moves: bool = False
    """Whether it differs from frame to frame by itself."""
    reach: Callable[[Given], Reach] = lambda _: NO_REACH
    """From parameters to the frames around a frame that it is made of."""
    gpu: str | None = None
    """FFmpeg's filter of the same effect on a GPU, where it has one."""


def filter_of(name: str, **options: object) -> Filter:
    """Return a filter; numbers are written as FFmpeg reads them."""
    return Filter(
        name=name, options={key: _written(each) for key, each in options.items()}
    )


def mix(steps: Steps, amount: object) -> Steps:
    """Return steps whose outcome is mixed with what was before them."""
    blend = filter_of("blend", all_mode="normal", all_opacity=amount)
    return (Merge(branches=(steps, ()), filter=blend),)


def number(given: Given, name: str) -> float:
    """Return a parameter that is a number."""
    return float(given[name])


def text(given: Given, name: str) -> str:
    """Return a parameter that is a word, a colour, a curve or a file."""
    return str(given[name])


def rgb_of(color: str) -> tuple[float, float, float]:
    """Return red, green and blue of ``#rrggbb``, 0 to 1."""
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def dice(*seeds: int) -> float:
    """Return a number from 0 to 1 that looks random, the same for the same seeds."""
    state = 0x9E3779B9
    for seed in seeds:
        state = (state ^ (seed & 0xFFFFFFFF)) * 0x85EBCA6B & 0xFFFFFFFF
        state = (state ^ state >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
        state ^= state >> 16
    return state / 0xFFFFFFFF


def _written(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.7g}"
    return str(value)
