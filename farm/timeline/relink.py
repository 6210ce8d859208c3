"""Find media that are not where a timeline says, or do without them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING

from farm.errors import InvalidOption, InvalidTimeline, Problem
from farm.timeline.check import lay_out, written_duration
from farm.timeline.clip import Clip, ColorMedia, Crop
from farm.timeline.item import Gap, Transition
from farm.timeline.loaded import Loaded
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from farm.timeline.item import Item
    from farm.timeline.timeline import Timeline, Track

MISSING: tuple[str, ...] = ("refuse", "black")
_MOST_FILES = 500_000
_LONGEST_PATH = 4096
_SHOWN = 60
#: What follows the last dot of a name: ``mov``, ``m2ts``; not ``2`` or ``56 fps)``.
_END = re.compile(r"[0-9]*[a-z][a-z0-9]{0,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRules:
    """What is done about media that are not there."""

    root: Path | None = None
    """A folder in which they are looked for by name; ``None``: nowhere."""
    missing: str = "refuse"
    """``black`` shows black, or silence, in place of what is not found."""

    def __post_init__(self) -> None:
        if self.missing not in MISSING:
            wanted = " or ".join(MISSING)
            raise InvalidOption(f"missing media are {wanted}, not {self.missing!r}")
        if self.root is not None and not self.root.is_dir():
            raise InvalidOption(f"the media root {str(self.root)!r} is no folder")

    @property
    def is_usual(self) -> bool:
        """Whether there is nothing to do: what is missing is said when it is probed."""
        return self.root is None and self.missing == "refuse"


def relink(loaded: Loaded, rules: MediaRules) -> Loaded:
    """Return the timeline with its media found, or replaced where that is asked for.

    Raises:
        InvalidTimeline: with every file that is missing, and the first clip of it.
    """
    if rules.is_usual:
        return loaded
    finder = _Finder(rules)
    tracks = tuple(
        _relink_track(track, f"tracks[{number}]", loaded.timeline, finder)
        for number, track in enumerate(loaded.timeline.tracks)
    )
    if finder.problems:
        raise InvalidTimeline.of(finder.problems)
    timeline = loaded.timeline.model_copy(update={"tracks": tracks})
    return Loaded(timeline=timeline, warnings=(*loaded.warnings, *finder.told))


def file_name(path: str) -> str:
    """Return the last part of a path of any system."""
    return PureWindowsPath(path).name


@dataclass(slots=True)
class _Finder:
    """Looks for each file once."""

    rules: MediaRules
    problems: list[Problem] = field(default_factory=list)
    _known: dict[str, str | None] = field(default_factory=dict)
    _index: dict[str, list[str]] | None = None
    _notes: list[str] = field(default_factory=list)
    _found: int = 0

    @property
    def told(self) -> tuple[str, ...]:
        """What the user should know."""
        if not self._found:
            return tuple(self._notes)
        files = f"{self._found} files were" if self._found > 1 else "one file was"
        return (*self._notes, f"{files} found by name in {self.rules.root}")

    def find(self, path: str) -> str | None:
        """Return where a file is; `None`: nowhere."""
        if path not in self._known:
            self._known[path] = path if _is_there(path) else self._look(path)
        return self._known[path]

    def miss(self, clip: Clip, path: str, place: str, *, is_seen: bool) -> None:
        """Note a file that is nowhere, the first time."""
        where = f" nor by its name in {self.rules.root}" if self.rules.root else ""
        what = f"{clip.label}: {_shortened(path)}" if clip.name else clip.label
        message = f"{what} is not there{where}"
        if self.rules.missing == "black":
            note = f"{message}; {'black is shown' if is_seen else 'nothing is heard'}"
            if note not in self._notes:
                self._notes.append(note)
        elif all(message != problem.message for problem in self.problems):
            self.problems.append(Problem(path=place, message=message))

    def _look(self, path: str) -> str | None:
        if self.rules.root is None:
            return None
        if self._index is None:
            self._index = _read_names(self.rules.root)
        name = file_name(path)
        # Names of clips have dots that no end follows: the whole may lack its end.
        whole = name.casefold()
        for key in (f"={name}", f"~{whole}", f".{whole}", f".{_stem(name)}"):
            found = self._index.get(key)
            if found:
                self._found += 1
                best = max(found, key=lambda each: (_alike(each, path), each))
                if len(found) > 1:
                    self._notes.append(
                        f"there are {len(found)} files like {show_value(name)}: "
                        f"{best} is taken"
                    )
                return best
        return None


def _shortened(path: str) -> str:
    """Return the end of a path, which tells most."""
    return repr(path if len(path) <= _SHOWN else f"…{path[-_SHOWN:]}")


def _is_there(path: str) -> bool:
    if "://" in path:  # an object: who opens it will see
        return True
    try:
        return len(path) < _LONGEST_PATH and Path(path).is_file()
    except (OSError, ValueError):
        return False


def _read_names(root: Path) -> dict[str, list[str]]:
    """Return the files below a folder by name, in any case, and by stem."""
    index: dict[str, list[str]] = {}
    seen = 0
    for folder, below, names in os.walk(root.absolute()):
        below.sort()
        for name in sorted(names):
            seen += 1
            if seen > _MOST_FILES:
                message = (
                    f"the media root {str(root)!r} has more than {_MOST_FILES:,} files"
                )
                raise InvalidOption(message)
            path = f"{folder}/{name}"
            for key in (f"={name}", f"~{name.casefold()}", f".{_stem(name)}"):
                index.setdefault(key, []).append(path)
    return index


def _stem(name: str) -> str:
    """Return a name in small letters without its end, where it has one."""
    stem, _, end = name.casefold().rpartition(".")
    return stem if stem and _END.fullmatch(end) else name.casefold()


def _alike(one: str, other: str) -> int:
    """Count the folders that two paths have in common, from the end."""
    parts = [list(reversed(PureWindowsPath(path).parts)) for path in (one, other)]
    count = 0
    for mine, its in zip(*parts, strict=False):
        if mine.casefold() != its.casefold():
            break
        count += 1
    return count


def _relink_track(
    track: Track, path: str, timeline: Timeline, finder: _Finder
) -> Track:
    laid = {
        each.number: each
        for each in lay_out(track, path, timeline.rate, written_duration)
    }
    items: list[Item] = []
    before: Fraction | None = Fraction(0)
    for number, item in enumerate(track.items):
        at = laid.get(number)
        if isinstance(item, Clip) and item.paths:
            found = {each: finder.find(each) for each in item.paths}
            place = f"{path}.items[{number}]"
            for each in item.paths:
                if found[each] is None:
                    finder.miss(item, each, place, is_seen=track.kind == "video")
            linked = item.with_paths(found)
            if linked is not None:
                items.append(linked)
            elif finder.rules.missing == "black":
                start = None if at is None else at.start
                items += _in_place_of(item, track, place, before, start, finder)
        else:
            items.append(item)
        before = at.end if at is not None else before
    return track.model_copy(update={"items": tuple(_joined(items))})


def _in_place_of(
    clip: Clip,
    track: Track,
    place: str,
    before: Fraction | None,
    start: Fraction | None,
    finder: _Finder,
) -> list[Item]:
    """Return what takes the place of a clip whose file is missing."""
    length = written_duration(clip)
    if length is None:
        message = (
            f"{clip.label} is missing, and how long it is stands nowhere: give it a "
            "duration"
        )
        finder.problems.append(Problem(path=place, message=message))
        return []
    if track.kind == "video":
        return [
            clip.model_copy(
                update={
                    "media": ColorMedia(),
                    "source_range": None,
                    "duration": length,
                    "speed": Fraction(1),
                    "crop": Crop(),
                }
            )
        ]
    gaps: list[Item] = []
    if clip.start is not None and before is not None and start is not None:
        gaps += [Gap(duration=start - before)] if start > before else []
    return [*gaps, Gap(duration=length)]


def _joined(items: list[Item]) -> list[Item]:
    """Leave out transitions that no longer have a clip beside them."""
    kept = []
    for number, item in enumerate(items):
        beside = (*items[max(number - 1, 0) : number], *items[number + 1 : number + 2])
        is_loose = not any(isinstance(each, Clip) for each in beside)
        if not (isinstance(item, Transition) and is_loose):
            kept.append(item)
    return kept
