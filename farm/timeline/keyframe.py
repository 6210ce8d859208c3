"""Values that change over time, from keyframe to keyframe."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from farm.timeline.time import Seconds, show_time

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from fractions import Fraction

Easing = Literal["linear", "hold", "ease_in", "ease_out", "ease_in_out"]

#: Share of the time between two keyframes → share of the way between their values.
EASINGS: dict[str, Callable[[float], float]] = {
    "linear": lambda share: share,
    "hold": lambda _: 0.0,
    "ease_in": lambda share: share * share,
    "ease_out": lambda share: share * (2 - share),
    "ease_in_out": lambda share: share * share * (3 - 2 * share),
}


class Keyframe(BaseModel):
    """A value at a time of the clip."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    time: Seconds = Field(
        ge=0, description="Seconds on the timeline from the clip's start."
    )
    value: Annotated[float, Field(allow_inf_nan=False)] = Field(
        description="What it is at that time."
    )
    easing: Easing = Field(
        default="linear",
        description="The way to the next keyframe: evenly (`linear`), not before it "
        "(`hold`), or starting slowly, ending slowly, or both.",
    )


def _check_order(keys: tuple[Keyframe, ...]) -> tuple[Keyframe, ...]:
    for before, after in pairwise(keys):
        if after.time <= before.time:
            message = (
                "keyframes should follow each other in time, but "
                f"{show_time(after.time)} stands after {show_time(before.time)}"
            )
            raise ValueError(message)
    return keys


Keyframes = Annotated[
    tuple[Keyframe, ...],
    Field(min_length=1, max_length=10_000),
    AfterValidator(_check_order),
]
"""In order of time; the first value holds before them, the last one after."""


def value_at(keys: Sequence[Keyframe], time: Fraction) -> float:
    """Return the value at a time of the clip."""
    if time <= keys[0].time:
        return keys[0].value
    for before, after in pairwise(keys):
        if time < after.time:
            share = float((time - before.time) / (after.time - before.time))
            way = EASINGS[before.easing](share)
            return before.value + (after.value - before.value) * way
    return keys[-1].value
