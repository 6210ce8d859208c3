"""What every part of the timeline document is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
"""Any text but for the character NUL, which no table or path can hold."""
Color = Annotated[
    str,
    Field(
        pattern=r"^#[0-9a-fA-F]{6}$",
        description="A colour as #rrggbb (sRGB).",
        examples=["#20a0ff"],
    ),
]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class Model(BaseModel):
    """Base of the document: immutable, and nothing unknown is accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid")
