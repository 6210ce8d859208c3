"""Where sources lie for this machine: mapped, or copied from an object store.

A job names sources as the machine does that submitted it. A worker maps their paths
(`path_map`), copies objects into its input cache, and gives the task what it can open.
What is told of them names them as the job does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from farm.errors import MediaForbidden, MediaMissing, SourceChanged
from farm.objects.door import Objects
from farm.place import ObjectPath, has_drive, is_address, lies_in, map_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pydantic import JsonValue

    from farm.objects.copies import Copy
    from farm.objects.facts import ObjectFacts
    from farm.objects.inputs import Held
    from farm.settings import Settings

STAMP = "stamp:"
"""What a content begins with that is told by size and times, and not by all bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The sources of one attempt; copies of objects stay until it ends."""

    settings: Settings
    objects: Objects
    held: Held
    seen: dict[str, ObjectFacts] = field(default_factory=dict)
    """Objects as they were when this attempt first looked."""
    mapped: dict[str, str] = field(default_factory=dict)
    """What a job calls a file, by its path here."""

    @classmethod
    def of(
        cls, settings: Settings, should_stop: Callable[[], bool] = lambda: False
    ) -> Sources:
        """Return those of a machine; `close` lets the copies go."""
        objects = Objects.of(settings)
        return cls(settings=settings, objects=objects, held=objects.hold(should_stop))

    def close(self) -> None:
        """Let all copies go."""
        self.held.close()

    def find(self, path: str) -> Path:
        """Return where a source lies: here, or in a store.

        Raises:
            MediaForbidden: when it lies outside the places that sources may lie in.
        """
        try:
            place = map_path(path, self.settings.path_map)
        except ValueError as error:
            raise MediaForbidden(str(error), path=path) from error
        if has_drive(str(place)):
            raise MediaMissing(
                f"{path} lies on a drive of another machine; "
                "say in path_map what its folder is here",
                path=path,
            )
        check_allowed(place, self.settings.media_roots)
        if not isinstance(place, ObjectPath) and str(place) != path:
            self.mapped[str(place)] = path
        return place

    def stat(self, place: ObjectPath) -> ObjectFacts:
        """Return what the store tells of an object, asked once."""
        if str(place) not in self.seen:
            self.seen[str(place)] = self.objects.store.stat(place)
        return self.seen[str(place)]

    def fetch(self, place: ObjectPath, *, named: str) -> Copy:
        """Return a copy of an object, which is called as the job calls it."""
        facts = self.stat(place)
        copy = self.held.fetch(
            lambda: facts, self.objects.store, key=(str(place), facts.identity)
        )
        self.held.origins[str(copy.path)] = named
        return copy

    def localise(self, value: JsonValue) -> JsonValue:
        """Return what a plan wrote with paths that can be opened here.

        Raises:
            SourceChanged: when an object is not any more what was planned with.
            StoreFailed, MediaMissing: when it cannot be copied.
        """
        if isinstance(value, list):
            return [self.localise(each) for each in value]
        if not isinstance(value, dict):
            return value
        plain = {name: self.localise(each) for name, each in value.items()}
        path, content = value.get("path"), value.get("content")
        if isinstance(path, str):
            plain["path"] = self._open(path, str(content or ""))
        return plain

    def _open(self, path: str, content: str) -> str:
        """Return the path of a source here."""
        if not self.settings.path_map and not is_address(path):
            return path
        place = self.find(path)
        if not isinstance(place, ObjectPath):
            return str(place)
        facts = self.stat(place)
        is_stamp = content.startswith(STAMP)
        if is_stamp and content != f"{STAMP}{facts.identity}":
            raise _changed(path)
        copy = self.fetch(place, named=path)
        if content and not is_stamp and content != copy.sha256:
            raise _changed(path)
        return str(copy.path)

    def identity_of(self, path: Path) -> str | None:
        """Return what stands for the content of a copy; ``None`` where it is none."""
        copy = self.held.copies.get(str(path))
        return copy.sha256 if copy is not None else None

    def name(self, value: JsonValue) -> JsonValue:
        """Return what is told, with sources called as the job calls them."""
        if not self.held.origins and not self.mapped:
            return value
        if isinstance(value, str):
            text = self.held.name_origins(value)
            for path, named in self.mapped.items():
                text = text.replace(path, named)
            return text
        if isinstance(value, list):
            return [self.name(each) for each in value]
        if isinstance(value, dict):
            return {name: self.name(each) for name, each in value.items()}
        return value

    def unverified(self) -> list[str]:
        """Return what to tell of objects that the store tells no checksum of."""
        return [
            f"{self.held.origins[path]}: the store tells no checksum of it, so that "
            "only its size was compared"
            for path, copy in self.held.copies.items()
            if not copy.verified_by
        ]


def is_allowed(place: Path, roots: Sequence[Path]) -> bool:
    """Whether a source lies in one of the places that sources may lie in."""
    return any(lies_in(place, root) for root in roots)


def check_allowed(place: Path, roots: Sequence[Path]) -> None:
    """Refuse a source outside the places that sources may lie in."""
    if is_allowed(place, roots):
        return
    what = "buckets" if isinstance(place, ObjectPath) else "folders"
    message = (
        f"{place} lies outside the {what} that sources may lie in "
        f"(media_roots: {', '.join(str(root) for root in roots)})"
    )
    raise MediaForbidden(message, path=str(place))


def _changed(path: str) -> SourceChanged:
    return SourceChanged(
        f"{path} has changed since the job was planned; "
        "submit the job again to use what is there now",
        path=path,
    )
