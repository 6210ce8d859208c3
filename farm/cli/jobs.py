"""Commands about jobs that were submitted: list, show, watch, cancel, pause, retry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from farm.cli.options import DetachOption, JobArgument, JsonOption
from farm.jobs.bounds import MOST_OF_TABLE
from farm.jobs.status import JobStatus

if TYPE_CHECKING:
    from farm.api import Job


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    for command in (jobs, job, watch, logs, cancel, pause, resume, retry):
        app.command()(command)


def jobs(
    status: Annotated[
        JobStatus | None, typer.Option(help="Only those that stand so.")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, max=MOST_OF_TABLE, help="At most so many.")
    ] = 20,
    owner: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only those of this owner.")
    ] = None,
    project: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only those of this project.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the jobs, newest first."""
    from farm.cli.as_json import job_to_json
    from farm.cli.describe import say_jobs
    from farm.cli.output import say_json
    from farm.cli.session import open_farm

    with open_farm() as farm:
        found = farm.jobs(status=status, limit=limit, owner=owner, project=project)
        if as_json:
            say_json({"jobs": [job_to_json(job) for job in found]})
        else:
            say_jobs(found)


def job(job_id: JobArgument, as_json: JsonOption = False) -> None:
    """Show one job: its tasks, its attempts, and why it failed."""
    from farm.cli.as_json import job_to_json
    from farm.cli.describe import say_job
    from farm.cli.output import say_json
    from farm.cli.session import open_farm

    with open_farm() as farm:
        found = farm.job(job_id)
        if as_json:
            say_json(job_to_json(found, with_tasks=True))
        else:
            say_job(found)


def watch(job_id: JobArgument, as_json: JsonOption = False) -> int:
    """Show the progress of a job until it has ended."""
    from farm.cli.session import finish, open_farm

    with open_farm(may_start=False) as farm:
        return finish(farm.job(job_id), detach=False, as_json=as_json)


def logs(job_id: JobArgument, as_json: JsonOption = False) -> None:
    """Print FFmpeg's commands and the end of its log, attempt by attempt."""
    from farm.cli.as_json import attempt_to_json
    from farm.cli.describe import say_attempts
    from farm.cli.output import say_json
    from farm.cli.session import open_farm

    with open_farm() as farm:
        found = farm.job(job_id)
        if as_json:
            say_json(
                {
                    "job": found.id,
                    "attempts": [attempt_to_json(each) for each in found.attempts()],
                }
            )
        else:
            say_attempts(found)


def cancel(job_id: JobArgument, as_json: JsonOption = False) -> None:
    """End a job; what is being worked on stops within seconds."""
    from farm.cli.session import open_farm

    with open_farm() as farm:
        found = farm.job(job_id)
        found.cancel()
        _say_status(found, as_json=as_json)


def pause(job_id: JobArgument, as_json: JsonOption = False) -> None:
    """Start no more tasks of a job; what is being worked on goes on to its end."""
    from farm.cli.session import open_farm

    with open_farm() as farm:
        found = farm.job(job_id)
        found.pause()
        _say_status(found, as_json=as_json)


def resume(
    job_id: JobArgument, detach: DetachOption = False, as_json: JsonOption = False
) -> int:
    """Let a paused job go on."""
    from farm.cli.session import finish, open_farm

    with open_farm(may_start=not detach) as farm:
        found = farm.job(job_id)
        found.resume()
        return finish(found, detach=detach, as_json=as_json)


def retry(
    job_id: JobArgument, detach: DetachOption = False, as_json: JsonOption = False
) -> int:
    """Run a failed or cancelled job again; what is completed stays."""
    from farm.cli.session import finish, open_farm

    with open_farm(may_start=not detach) as farm:
        found = farm.job(job_id)
        found.retry()
        return finish(found, detach=detach, as_json=as_json)


def _say_status(job: Job, *, as_json: bool) -> None:
    from farm.cli.output import say, say_json

    if as_json:
        say_json({"job": job.id, "status": job.status})
    else:
        say(f"{job.id} {job.status}")
