"""What the farm writes beside OpenTimelineIO's own fields, and reads back.

OpenTimelineIO has no size, place, opacity or volume. They lie in its metadata under
``farm``, by the names of the farm's own document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from farm.timeline.clip import Clip
from farm.timeline.time import show_value
from farm.timeline.timeline import Timeline, Track

if TYPE_CHECKING:
    from farm.timeline.base import Model
    from farm.timeline.doors.notes import Notes

KEY: Final = "farm"
_DEEPEST = 20
#: Fields that OpenTimelineIO has itself.
_ITS_OWN: Mapping[type, frozenset[str]] = {
    Timeline: frozenset({"format", "name", "tracks"}),
    Track: frozenset({"kind", "name", "enabled", "items"}),
    Clip: frozenset(
        {"type", "name", "enabled", "media", "start", "source_range", "duration"}
    )
    | {"speed"},
}


def names_beside(model: type[Model]) -> frozenset[str]:
    """Return the fields that OpenTimelineIO does not have."""
    return frozenset(model.model_fields) - _ITS_OWN[model]


def own_fields(
    item: Any,  # noqa: ANN401  # of OTIO
    model: type[Model],
    notes: Notes,
    place: str,
) -> dict[str, Any]:
    """Return the fields that metadata hold; unknown ones are told and left out."""
    held = item.metadata.get(KEY) if KEY in item.metadata else None
    if not isinstance(held, Mapping):
        return {}
    known = names_beside(model)
    found = {}
    for name, value in held.items():
        if name in known:
            found[name] = plain(value)
        elif name != "media":
            message = f"the field {show_value(str(name))} of the farm is not known"
            notes.warn(place, message)
    return found


def own_media(item: Any) -> dict[str, Any]:  # noqa: ANN401  # of OTIO
    """Return the fields of a file that OpenTimelineIO does not have."""
    held = item.metadata.get(KEY) if KEY in item.metadata else None
    media = held.get("media") if isinstance(held, Mapping) else None
    if not isinstance(media, Mapping):
        return {}
    known = {"video_stream", "audio_stream", "timecode"}
    return {name: plain(value) for name, value in media.items() if name in known}


def plain(value: Any, depth: int = 0) -> Any:  # noqa: ANN401  # of OTIO
    """Return metadata as plain data."""
    if depth > _DEEPEST:
        return None
    if isinstance(value, Mapping):
        return {str(key): plain(each, depth + 1) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(each, depth + 1) for each in value]
    return value
