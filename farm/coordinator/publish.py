"""Make the user's output from the winning attempt: aside, whole, then by rename."""

from __future__ import annotations

import errno
import filecmp
import os
import shutil
from contextlib import suppress
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.cache.storage import as_storage
from farm.coordinator.begun import Begun
from farm.coordinator.files import open_files, send_all, unpack
from farm.errors import DiskFull, FarmError, JobNotFound, TaskFailed
from farm.jobs.records import INSTEAD, OUTPUT_TASK, JobId
from farm.jobs.report import (
    is_copied,
    report_segments,
    reused_from,
    saved_by_copies,
    seconds_saved,
)
from farm.jobs.settle import PARTS_KEPT_SECONDS
from farm.jobs.status import JobStatus, TaskKind
from farm.logs import bind_ids, get_log
from farm.place import ObjectPath, as_place, is_address

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic import JsonValue

    from farm.cache.storage import Storage
    from farm.coordinator.files import Files
    from farm.jobs.records import Job, Task
    from farm.jobs.table import JobTable

_PICTURES = {TaskKind.SEGMENT, TaskKind.FRAME}

_log = get_log(__name__)


def publish_job(
    table: JobTable,
    job: Job,
    tasks: Sequence[Task],
    *,
    storage: Storage | Path,
    on_end: Callable[[], None] = lambda: None,
) -> None:
    """Put the result at the job's output and complete the job; again is harmless.

    Who waits is told by `on_end`, before it is tidied up.

    Raises:
        StoreFailed: when the output is in an object store, which fails.
    """
    kept = as_storage(storage)
    job_id = job.id
    made = _result_of_output(tasks)
    begun = _begun(job, made)
    with bind_ids(job_id=job_id):
        if made.keys() & {"file", "members"} and job.output is not None:
            try:
                if begun is not None and _is_still_here(made, kept):
                    begun.begin()
                with open_files(kept) as files:
                    _place_all(made, as_place(job.output), files=files, job_id=job_id)
                if begun is not None:
                    begun.settle(JobStatus.COMPLETED)  # whoever waits sees no mark
            except OSError as error:
                if not table.job(job_id).status.is_final:  # nobody else was faster
                    raise cannot_write(error, as_place(job.output)) from error
        is_completed = table.complete_job(
            job_id,
            result=lambda now: _build_result(
                job, tasks, made, seconds=now - job.created
            ),
        )
        on_end()
        if is_completed:
            _log.info("job_completed", output=job.output)
            _remove_parts(job, storage=kept)
            _remove_asides(job)
        elif begun is not None:  # it may have been cancelled meanwhile
            begun.settle(table.job(job_id).status)


def _is_still_here(made: dict[str, Any], storage: Storage) -> bool:
    """Whether another coordinator has not published all of it, and tidied up."""
    return all(storage.has(str(each["file"])) for each in made["members"])


def _place_all(
    made: dict[str, Any], output: Path, *, files: Files, job_id: str
) -> None:
    """Put one file at the output; of several, each into the folder that it is."""
    if isinstance(output, ObjectPath):
        send_all(made, output, files=files)
        return
    if "members" not in made:
        made_file = files.local(str(made["file"]))
        place(made_file, output, job_id=job_id, may_link=files.may_link)
        return
    output.mkdir(exist_ok=True)
    if "file" not in made:  # each is a file of the storage
        for member in made["members"]:
            place_kept(
                files, str(member["file"]), output / member["name"], job_id=job_id
            )
        return
    with unpack(made, files, job_id=job_id) as folder:
        for member in made["members"]:
            flush(folder / member["name"])
            place(folder / member["name"], output / member["name"], job_id=job_id)


def place_kept(files: Files, relative: str, output: Path, *, job_id: str) -> None:
    """Let the output be this file of the storage, unless it is."""
    made = files.local(relative)
    if not is_there(made, output):
        place(made, output, job_id=job_id, may_link=files.may_link)


def place(made: Path, output: Path, *, job_id: str, may_link: bool = True) -> None:
    """Let the output be this flushed file, at once; what was there before goes."""
    aside = output.with_name(f"{_aside(output, job_id)}{os.getpid()}.part")
    try:
        _link_or_copy(made, aside, may_link=may_link)
        aside.replace(output)
        flush(output.parent)
    finally:
        aside.unlink(missing_ok=True)


def is_there(made: Path, output: Path) -> bool:
    """Whether the output is this file, or one of the same bytes."""
    try:
        return output.samefile(made) or filecmp.cmp(made, output, shallow=False)
    except OSError:
        return False


def remove_left_parts(table: JobTable, *, storage: Storage | Path) -> None:
    """Remove parts of completed jobs, and of those that ended otherwise long ago.

    The former are left when a coordinator was killed, the latter kept for a retry.
    """
    oldest = table.now() - PARTS_KEPT_SECONDS
    kept = as_storage(storage)
    for name in kept.folders("artifacts"):
        with suppress(JobNotFound):
            job = table.job(JobId(name))
            is_old = job.finished is not None and job.finished < oldest
            if job.status is JobStatus.COMPLETED or (job.status.is_final and is_old):
                _remove_parts(job, storage=kept)


def _begun(job: Job, made: dict[str, Any]) -> Begun | None:
    """Return the folder of a package; other outputs need no care before they end."""
    if "lists" not in made or job.output is None or is_address(job.output):
        return None
    return Begun(
        folder=Path(job.output),
        job_id=job.id,
        lists=tuple(made["lists"]),
        tracks=tuple(made["tracks"]),
    )


def _result_of_output(tasks: Sequence[Task]) -> dict[str, Any]:
    results = {task.name: task.result for task in tasks}
    result = results.get(OUTPUT_TASK)
    if isinstance(result, dict) and INSTEAD in result:
        result = results.get(str(result[INSTEAD]))
    if not isinstance(result, dict):
        raise TaskFailed(f"the job has no result: its task {OUTPUT_TASK!r} made none")
    return dict(result)


def _build_result(
    job: Job, tasks: Sequence[Task], made: dict[str, Any], *, seconds: float
) -> JsonValue:
    return {
        "outputs": _outputs(job, made),
        "warnings": [*dict.fromkeys([*job.warnings, *_warnings(tasks)])],
        "tasks": {
            "rendered": sum(
                task.kind in _PICTURES
                and reused_from(task) is None
                and not is_copied(task)
                for task in tasks
            ),
            "reused": sum(reused_from(task) is not None for task in tasks),
        },
        "seconds_saved": round(
            sum(seconds_saved(task) for task in tasks) + saved_by_copies(tasks), 3
        ),
        "segments": [segment.to_json() for segment in report_segments(tasks)],
        "seconds": round(seconds, 3),
    }


def _outputs(job: Job, made: dict[str, Any]) -> list[JsonValue]:
    """Return path and facts of each file."""
    path = job.output or made.get("file")
    if "members" in made:
        return [
            {
                "path": str(as_place(str(path)) / member["name"]),
                "facts": member["facts"],
            }
            for member in made["members"]
        ]
    facts = {key: made[key] for key in made.keys() - {"file", "warnings"}}
    return [{"path": path, **facts}]


def _warnings(tasks: Sequence[Task]) -> list[str]:
    """Return what the tasks met that the user should know of."""
    results = [task.result for task in tasks if isinstance(task.result, dict)]
    found = [result.get("warnings") for result in results]
    return [str(line) for lines in found if isinstance(lines, list) for line in lines]


def _remove_parts(job: Job, *, storage: Storage) -> None:
    """Remove what the tasks of a completed job kept, once its output has it."""
    if job.output is not None:
        try:
            storage.remove_all(f"artifacts/{job.id}")
        except FarmError as error:  # it is tried again
            _log.warning("parts_not_removed", job_id=job.id, error=error.message)


def _remove_asides(job: Job) -> None:
    """Remove what killed coordinators had put aside; nobody needs it any more."""
    if job.output is not None and not is_address(job.output):
        output = Path(job.output)
        for left in (
            *output.parent.glob(f"{escape(_aside(output, job.id))}*.part"),
            *output.glob(f".*.{job.id}.*.part"),
        ):
            left.unlink(missing_ok=True)


def _aside(output: Path, job_id: str) -> str:
    return f".{output.name}.{job_id}."


def _link_or_copy(made: Path, aside: Path, *, may_link: bool) -> None:
    """Link where both are on one file system, else copy; all of it is on the disk.

    What is linked has been flushed when it was kept.
    """
    aside.unlink(missing_ok=True)
    try:
        if may_link:
            aside.hardlink_to(made)
            return
    except FileNotFoundError:
        raise
    except OSError:  # another file system, or one without links
        pass
    shutil.copyfile(made, aside)
    flush(aside)


def flush(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems cannot flush a folder
            os.fsync(opened)
    finally:
        os.close(opened)


def cannot_write(error: OSError, output: Path) -> TaskFailed:
    """Return what to tell where an output cannot be written."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull(f"the disk is full where {output} is written: make room there")
    return TaskFailed(f"{output} cannot be written: {error.strerror or error}")
