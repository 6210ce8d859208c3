"""Name the files of several tasks as those of one job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext


class GatherPayload(BaseModel):
    """Which files."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    files: dict[str, str]
    """Names in the output folder, by the tasks that made them."""


def gather(context: TaskContext) -> JsonValue:
    """Return the files that other tasks made, each with its facts."""
    payload = GatherPayload.model_validate(context.payload)
    members: list[JsonValue] = []
    for task, name in payload.files.items():
        made = context.needs[task]
        assert isinstance(made, dict)  # noqa: S101  # written by kinds/concat.py
        members.append({"name": name, "file": made["file"], "facts": made["facts"]})
    return {"members": members}
