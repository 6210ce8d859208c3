"""What a clip of a project plays: a file, or a colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from farm.timeline.time import show_value

if TYPE_CHECKING:
    from fractions import Fraction

    from farm.timeline.doors.fields import Fields
    from farm.timeline.doors.studio.resources import Resources

_PATHS = ("path", "filePath", "file_path", "source", "url")


def read_media(
    clip: Fields, kind: str, resources: Resources
) -> tuple[dict[str, Any] | None, Fraction | None]:
    """Return the media of a clip, and how long they are where the project says."""
    generator = resources.generators.get(
        clip.text("generatorId") or clip.text("mediaId")
    )
    if generator is not None:
        return _generated(clip, generator, kind), None
    named = clip.text("mediaId")
    entry = clip.object("mediaFile", "media")
    if not entry.values:
        entry = resources.media.get(named, clip)
    path = next((_path(entry.raw(name)) for name in _PATHS if entry.raw(name)), "")
    path = path or entry.text("name") if entry is not clip else path
    path = path or named or clip.text("name")
    if not path:
        clip.refuse("names no media", "mediaId")
        return None, None
    length = entry.number("duration") if entry is not clip else None
    return {"type": "file", "path": path}, length


def _generated(clip: Fields, generator: Fields, kind: str) -> dict[str, Any] | None:
    word = generator.text("type").lower()
    color = generator.text("color", default="#000000")
    if kind == "audio" or word != "solid":
        clip.warn(f"the generator {show_value(word)} is not known and left out")
        return None
    return {"type": "color", "color": color[:7]}


def _path(value: Any) -> str:  # noqa: ANN401  # of JSON
    if isinstance(value, dict):
        value = value.get("path") or value.get("url")
    return value.replace("\x00", "") if isinstance(value, str) else ""
