"""What stands on a track, one after the other: clips, gaps and transitions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from farm.timeline.base import Model
from farm.timeline.clip import Clip
from farm.timeline.time import Seconds
from farm.timeline.transition import XFADE_TRANSITIONS, check_transition_kind

TransitionKind = Annotated[
    str,
    AfterValidator(check_transition_kind),
    WithJsonSchema({"type": "string", "enum": sorted(XFADE_TRANSITIONS)}),
]


class Gap(Model):
    """Nothing, for a while."""

    type: Literal["gap"] = "gap"
    duration: Seconds = Field(gt=0, description="Length in seconds.")


class Transition(Model):
    """A change from the item before to the item after, over their cut.

    ```
    before ──────────────┐ cut
                   ├─in──┼─out─┤      both are shown from cut − in to cut + out
                         └───────────── after
    ```
    """

    type: Literal["transition"] = "transition"
    kind: TransitionKind = Field(
        default="dissolve",
        description="How one picture becomes the other; sound is crossfaded.",
    )
    duration: Seconds | None = Field(
        default=None,
        gt=0,
        description="Length in seconds, half of it before the cut and half after.",
    )
    in_offset: Seconds | None = Field(
        default=None, ge=0, description="Seconds before the cut, instead of `duration`."
    )
    out_offset: Seconds | None = Field(
        default=None, ge=0, description="Seconds after the cut, instead of `duration`."
    )


Item = Annotated[Clip | Gap | Transition, Field(discriminator="type")]
