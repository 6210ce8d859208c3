"""The use of an effect on sound."""

from __future__ import annotations

from pydantic import Field

from farm.timeline.base import Finite, Model, Text


class SoundEffectUse(Model):
    """An effect of the catalogue of sound, by name, with its parameters."""

    name: Text = Field(description="Name in the catalogue of effects on sound.")
    enabled: bool = Field(
        default=True, description="An effect that is switched off does nothing."
    )
    parameters: dict[str, bool | Finite | Text] = Field(
        default={}, description="By name; the catalogue has the usual values."
    )
