"""Tables of colours that effects name: read once, when a timeline is loaded."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import InvalidTimeline, Problem
from farm.timeline.clip import Clip

if TYPE_CHECKING:
    from farm.timeline.clip import EffectUse
    from farm.timeline.timeline import Timeline

#: Parameter of an effect that names a file.
_FILE = "file"
_MOST_BYTES = 32 * 1024 * 1024
_LARGEST_SIDE = 65
_SIZE = re.compile(r"^LUT_3D_SIZE\s+(\d+)\s*$", re.MULTILINE)
_ROW = re.compile(r"^\s*[-+.\d][-+.\deE]*(\s+[-+.\d][-+.\deE]*){2}\s*$", re.MULTILINE)


def with_tables(timeline: Timeline, *, folder: Path | None) -> Timeline:
    """Return a timeline whose tables have absolute paths, and their contents' digests.

    Raises:
        InvalidTimeline: when a table is missing or is no .cube file.
    """
    problems: list[Problem] = []
    start = folder or Path.cwd()

    def known(use: EffectUse, place: str) -> EffectUse:
        try:
            return with_table(use, folder=start)
        except ValueError as error:
            problems.append(Problem(path=place, message=str(error)))
            return use

    tracks = tuple(
        track.model_copy(
            update={
                "items": tuple(
                    item.model_copy(
                        update={
                            "effects": tuple(
                                known(use, f"tracks[{at}].items[{number}].effects[{n}]")
                                for n, use in enumerate(item.effects)
                            )
                        }
                    )
                    if isinstance(item, Clip) and item.effects
                    else item
                    for number, item in enumerate(track.items)
                )
            }
        )
        for at, track in enumerate(timeline.tracks)
    )
    if problems:
        raise InvalidTimeline.of(problems)
    return timeline.model_copy(update={"tracks": tracks})


def with_table(use: EffectUse, *, folder: Path) -> EffectUse:
    """Return a use whose table was looked at; raise `ValueError` if it is none."""
    name = use.parameters.get(_FILE)
    if not isinstance(name, str) or not name:
        return use
    home = Path(name).expanduser() if name.startswith("~/") else Path(name)
    path = Path(os.path.normpath((folder / home).absolute()))
    return use.model_copy(
        update={
            "parameters": {**use.parameters, _FILE: str(path)},
            "content": _check_table(path),
        }
    )


def _check_table(path: Path) -> str:
    """Return the digest of a .cube file."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            message = f"{path} is too large for a table of colours"
            raise ValueError(message)
        data = path.read_bytes()
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror or error}"
        raise ValueError(message) from error
    text = data.decode("utf-8", errors="replace")
    size = _SIZE.search(text)
    if size is None or not 2 <= int(size[1]) <= _LARGEST_SIDE:  # noqa: PLR2004
        message = f"{path} is no .cube file of a LUT_3D_SIZE of 2 to {_LARGEST_SIDE}"
        raise ValueError(message)
    rows = len(_ROW.findall(text))
    if rows != int(size[1]) ** 3:
        message = (
            f"{path} should have {int(size[1]) ** 3} rows of colours by its "
            f"LUT_3D_SIZE, but has {rows}"
        )
        raise ValueError(message)
    return hashlib.sha256(data).hexdigest()
