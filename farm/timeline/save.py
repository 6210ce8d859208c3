"""Write a timeline into a file: the farm's own JSON, or OpenTimelineIO."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from farm.errors import InvalidOption

if TYPE_CHECKING:
    from pathlib import Path

    from farm.timeline.timeline import Timeline

SUFFIXES = (".json", ".otio")
#: Written even where they are the usual: they say what an object is.
_ALWAYS = {"format", "type", "kind", "rate", "width", "height"}


def write_timeline(timeline: Timeline, path: Path) -> tuple[str, ...]:
    """Write a timeline, whole or not at all; return what the form cannot say.

    Raises:
        InvalidOption: when the end of the name is of no form that can be written.
        InvalidTimeline: when the form cannot hold the timeline.
    """
    warnings: tuple[str, ...] = ()
    match path.suffix.lower():
        case ".json":
            text = json.dumps(to_document(timeline), indent=2, ensure_ascii=False)
        case ".otio":
            from farm.timeline.doors.otio.export import to_otio_text  # heavy

            text, warnings = to_otio_text(timeline, name=str(path))
        case other:
            wanted = " or ".join(SUFFIXES)
            raise InvalidOption(
                f"a timeline is written as {wanted}, not {other or path}"
            )
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text + "\n", encoding="utf-8", errors="surrogatepass")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        reason = error.strerror or error
        raise InvalidOption(f"{path} cannot be written: {reason}") from error
    return warnings


def to_document(timeline: Timeline) -> dict[str, Any]:
    """Return the document of a timeline, without what is usual."""
    return _written(timeline, timeline.model_dump(mode="json"))


def _written(model: BaseModel, dumped: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        is_usual = not field.is_required() and value == field.get_default()
        if name in _ALWAYS or not is_usual:
            found[name] = _plain(value, dumped[name])
    return found


def _plain(value: Any, dumped: Any) -> Any:  # noqa: ANN401  # of a document
    if isinstance(value, BaseModel):
        return _written(value, dumped)
    if isinstance(value, tuple):
        return [_plain(*pair) for pair in zip(value, dumped, strict=True)]
    return dumped
