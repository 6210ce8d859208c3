"""Publish what is made of a package while the rest is made: a player can start.

```
tasks     sound ✓   segment 1 ✓   2 ✓   3 …   4 ✓   5 …
folder    audio-*   video-1       2
lists     audio: 1 2              video: 1 2        both end where the first gap is
```
A file is there before a list names it, and a list before the index names it.
"""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.coordinator.begun import Begun
from farm.coordinator.files import open_files
from farm.coordinator.publish import cannot_write, flush, place, place_kept
from farm.jobs.records import OUTPUT_TASK
from farm.jobs.status import JobStatus
from farm.manifest.hls import build_media_playlist, build_multivariant_playlist
from farm.manifest.package import (
    INDEX,
    Package,
    Track,
    picture_track,
    sound_track,
)
from farm.place import is_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.cache.storage import Storage
    from farm.coordinator.files import Files
    from farm.jobs.records import JobId
    from farm.jobs.table import JobTable

_BATCH = 100
"""Segments that are asked for at once."""


@dataclass(slots=True, kw_only=True)
class Growth:
    """How far a package has grown: but a memory, which may be lost at any time."""

    seen: int = 0
    """Completed tasks when it was last looked at."""
    package: Package | None = None
    results: list[Mapping[str, Any]] = field(default_factory=list)
    """What the tasks of its first segments told."""
    sound: Track | None = None
    is_indexed: bool = False


def grow_job(
    table: JobTable,
    job_id: JobId,
    growth: Growth,
    *,
    seen: int,
    storage: Storage | Path,
) -> None:
    """Publish the segments that are there up to the first gap; again is harmless.

    Raises:
        TaskFailed: when the folder cannot be written to.
    """
    job = table.job(job_id)
    if job.output is None or job.status.is_final:
        return
    if is_address(job.output):  # in an object store, nothing grows
        growth.seen = seen
        return
    growth.package = growth.package or _read_package(table, job_id)
    begun = Begun(
        folder=Path(job.output),
        job_id=job_id,
        lists=growth.package.lists,
        tracks=growth.package.tracks,
    )
    try:
        with open_files(storage) as files:
            while _grow(table, job_id, growth, growth.package, begun, files=files):
                pass
    except OSError as error:
        raise cannot_write(error, begun.folder) from error
    finally:
        status = table.job(job_id).status
        begun.settle(status)  # it may have been cancelled meanwhile
    if status is JobStatus.COMPLETED:  # another coordinator has published all of it
        _end(table, job_id, growth.package, begun)
    growth.seen = seen


def _end(table: JobTable, job_id: JobId, package: Package, begun: Begun) -> None:
    """Write the lists of all of it again, of which ours may have taken the place."""
    (rung,) = package.rungs
    found = table.results(job_id, names={*rung.tasks, package.sound or ""})
    told = [_told(found[name]) for name in rung.tasks]
    sound = sound_track(_told(found[package.sound])) if package.sound else None
    picture = picture_track(package, rung, told)
    _place_lists(package, picture, sound, begun=begun, with_index=True, has_ended=True)


def _read_package(table: JobTable, job_id: JobId) -> Package:
    payload = table.payload(job_id, name=OUTPUT_TASK)
    assert isinstance(payload, dict)  # noqa: S101  # of plan/package.py
    return Package.model_validate(payload["package"])


def _grow(  # what it works with
    table: JobTable,
    job_id: JobId,
    growth: Growth,
    package: Package,
    begun: Begun,
    *,
    files: Files,
) -> bool:
    """Publish the next segments; return whether there may be more."""
    (rung,) = package.rungs
    at = len(growth.results)
    wanted = rung.tasks[at : at + _BATCH]
    names = {*wanted, *([package.sound] if package.sound else [])}
    found = table.results(job_id, names=names)
    there = itertools.takewhile(lambda name: name in found, wanted)
    fresh: list[Mapping[str, Any]] = [_told(found[name]) for name in there]
    if growth.sound is None and package.sound in found:
        growth.sound = sound_track(_told(found[package.sound]))
        begun.begin()
        _place_track(growth.sound, 0, begun, files=files)
    if not fresh and growth.is_indexed:
        return False
    growth.results += fresh
    if not growth.results:
        return False
    picture = picture_track(package, rung, growth.results)
    begun.begin()
    _place_track(picture, at, begun, files=files)
    if package.sound and growth.sound is None:
        return len(fresh) == _BATCH
    _place_lists(
        package,
        picture,
        growth.sound,
        begun=begun,
        with_index=not growth.is_indexed,
    )
    growth.is_indexed = True
    return len(fresh) == _BATCH


def _told(result: object) -> Mapping[str, Any]:
    assert isinstance(result, dict)  # noqa: S101  # written by kinds/fragment.py
    return result


def _place_track(track: Track, first: int, begun: Begun, *, files: Files) -> None:
    """Put segments of a track into the folder, from one on."""
    named = {
        track.piece_name(number): piece.file
        for number, piece in enumerate(track.pieces, start=1)
        if number > first
    }
    if not first:
        named = {track.init_name: track.init, **named}
    for name, file in named.items():
        place_kept(files, file, begun.folder / name, job_id=begun.job_id)


def _place_lists(  # each says another thing of them
    package: Package,
    picture: Track,
    sound: Track | None,
    *,
    begun: Begun,
    with_index: bool,
    has_ended: bool = False,
) -> None:
    """Put lists of what is there into the folder; they end when all was checked."""
    listed = len(picture.pieces)
    tracks = [picture, *([sound] if sound else [])]
    texts = {
        track.list_name: build_media_playlist(
            track,
            listed=listed,
            target_seconds=package.target_seconds,
            has_ended=has_ended,
            grows=True,
        )
        for track in tracks
    }
    if with_index:
        texts[INDEX] = build_multivariant_playlist([picture], sound)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts.items():
            path = Path(folder, name)
            path.write_text(text, encoding="utf-8")
            flush(path)
            place(path, begun.folder / name, job_id=begun.job_id)
