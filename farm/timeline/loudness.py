"""How loud the sound of a whole output shall be."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class LoudnessTarget(BaseModel):
    """A loudness, and a ceiling that no peak passes (ITU-R BS.1770, EBU R 128)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    integrated: float = Field(ge=-70, le=-5, allow_inf_nan=False)
    """In LUFS; -14 is usual for the web, -23 for broadcasting."""
    true_peak: float = Field(default=-1.0, ge=-9, le=0, allow_inf_nan=False)
    """In dBTP."""
