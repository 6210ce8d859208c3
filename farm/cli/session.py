"""What commands share: open the farm, wait for a job, print what it made."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from farm.cli.output import error_to_json, say, say_aside, say_error, say_json
from farm.cli.progress import follow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from farm.api import Farm, Job, Result
    from farm.errors import FarmError
    from farm.settings import Settings


def read_settings() -> Settings:
    """Read the settings, and send the logs where they say."""
    from farm.logs import set_up_logs
    from farm.settings import Settings

    settings = Settings.read()
    set_up_logs(level=settings.log_level, log_format=settings.log_format)
    return settings


@contextmanager
def open_farm(
    *, may_start: bool = True, cpu_slots: int | None = None
) -> Iterator[Farm]:
    """Open the farm that is configured or running, else a private one."""
    from farm.api import Farm
    from farm.cli.owned import asked_owner
    from farm.logs import set_up_logs
    from farm.settings import Settings

    slots = {} if cpu_slots is None else {"cpu_slots": cpu_slots}
    settings = Settings.read(**slots, **asked_owner())
    # what the farm logs is for its own log file, not between a person's lines
    set_up_logs(level="error", log_format=settings.log_format)
    with Farm(settings, may_start=may_start) as farm:
        yield farm


def wait_for(job: Job, *, quiet: bool = False) -> Result:
    """Show the job's progress, then return its result or raise its error."""
    try:
        _say_where_nobody_works(job)
        follow(job, quiet=quiet)
        return job.result()
    except (KeyboardInterrupt, SystemExit):
        _leave(job)
        raise


def make(
    submit: Callable[[Farm], Job],
    *,
    detach: bool,
    as_json: bool,
) -> int:
    """Submit a job, wait for it unless told otherwise, and print its output."""
    with open_farm(may_start=not detach) as farm:
        return finish(submit(farm), detach=detach, as_json=as_json)


def finish(job: Job, *, detach: bool, as_json: bool) -> int:
    """Wait for a submitted job unless told otherwise; print what it made."""
    from farm.errors import FarmError

    if detach:
        return _detach(job, as_json=as_json)
    try:
        result = wait_for(job, quiet=as_json)
    except FarmError as error:
        return _say_failed(job, error, as_json=as_json)
    say_warnings(result)
    if as_json:
        say_json({"job": job.id, "status": job.status, **result.to_json()})
    elif result.output is not None:
        say(str(result.output))
    return 0


def say_warnings(result: Result) -> None:
    """Print what the user should know of a result."""
    for warning in result.warnings:
        say_aside(f"farm: warning: {warning}")


def _say_failed(job: Job, error: FarmError, *, as_json: bool) -> int:
    if as_json:
        say_json({"job": job.id, "status": job.status, "error": error_to_json(error)})
    else:
        say_error(error)
    if sys.stderr.isatty() and not as_json:
        say_aside(f"farm: more about it: `farm job {job.id}`, `farm logs {job.id}`")
    return 1


def _detach(job: Job, *, as_json: bool) -> int:
    _say_where_nobody_works(job)
    if as_json:
        say_json({"job": job.id, "status": job.status})
    else:
        say(job.id)
    return 0


def _say_where_nobody_works(job: Job) -> None:
    if job.status.is_final:
        return
    if not job.has_workers:
        say_aside(f"farm: no farm runs; the job {job.id} waits for one (`farm up`)")
    elif why := job.why_it_waits():
        say_aside(f"farm: {why}; the job {job.id} waits")


def _leave(job: Job) -> None:
    """End the job of a private farm that is left; one of a running farm goes on."""
    if job.is_hosted_here:
        say_aside(f"\nfarm: stopping; the job {job.id} is cancelled")
        job.cancel()
    else:
        say_aside(f"\nfarm: the job {job.id} goes on; see `farm watch {job.id}`")
    sys.stderr.flush()
