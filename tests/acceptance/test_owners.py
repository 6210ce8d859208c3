"""Owners and projects on the command line, and what is refused over the limits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from farm.api import Farm
from farm.errors import NotAllowed, TooManyJobs
from tests.acceptance.cli_helpers import CommandLine, color_timeline

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def farm(tmp_path: Path) -> CommandLine:
    found = CommandLine(folder=tmp_path)
    found.write("edit.json", color_timeline(1))
    return found


def test_jobs_have_the_owner_and_project_that_the_command_names(
    farm: CommandLine,
) -> None:
    made = farm.read(
        *("frame", "edit.json", "--at", "0", "-o", "a.png"),
        *("--owner", "alice", "--project", "trailer"),
    )
    farm.write(
        "list.jsonl",
        "\n".join(
            json.dumps(
                {"kind": "frame", "source": "edit.json", "at": 0.4, "output": name}
                | more
            )
            for name, more in (("b.png", {}), ("c.png", {"owner": "carol"}))
        ),
    )
    farm.run("batch", "list.jsonl", "--owner", "bob")

    job = farm.read("job", made["job"])
    assert (job["owner"], job["project"]) == ("alice", "trailer")
    shown = farm.run("job", made["job"]).stdout
    assert "owner alice\nproject trailer\n" in shown
    for owner in ("alice", "bob", "carol"):
        found = farm.read("jobs", "--owner", owner)["jobs"]
        assert [each["owner"] for each in found] == [owner]
    assert "alice" in farm.run("jobs", "--project", "trailer").stdout
    assert farm.run("jobs", "--owner", "nobody").stdout == "No jobs.\n"
    events = farm.run("events", "--after", "0", "--json").stdout.splitlines()
    told = [json.loads(line) for line in events]
    of_alice = {each["owner"] for each in told if each["job"] == made["job"]}
    assert of_alice == {"alice"}


def test_one_job_too_many_is_refused_with_the_counts(farm: CommandLine) -> None:
    settings = (
        'owner = "alice"\nowner_max_jobs = 2\n[owner_limits.carol]\nmax_jobs = 1\n'
    )
    farm.write("farm.toml", settings)

    def submit(name: str, *more: str) -> tuple[int, str]:
        done = farm.run("render", "edit.json", "-o", name, "--detach", *more)
        return done.returncode, done.stderr.splitlines()[-1]

    assert submit("a.mp4")[0] == submit("b.mp4")[0] == 0
    assert submit("c.mp4") == (
        1,
        (
            "farm: The owner alice has unfinished jobs (2 queued), and may have "
            "2 at once: wait until some have ended, or cancel some."
        ),
    )
    assert submit("c.mp4", "--owner", "carol")[0] == 0
    assert "and may have 1" in submit("d.mp4", "--owner", "carol")[1]
    assert len(farm.read("jobs")["jobs"]) == 3


def test_the_api_takes_owners_and_refuses_keys_used_for_something_else(
    tmp_path: Path,
) -> None:
    with Farm.local(
        tmp_path / "data",
        owner="alice",
        project="trailer",
        owner_limits={"bob": {"max_jobs": 0}},
    ) as farm:
        timeline = json.loads(color_timeline(1))
        first = farm.frame(timeline, tmp_path / "a.png", at=0, idempotency_key="k")
        assert (first.row.owner, first.row.project) == ("alice", "trailer")
        first.result(timeout=120)

        again = farm.frame(timeline, tmp_path / "a.png", at=0, idempotency_key="k")
        assert again.id == first.id
        with pytest.raises(NotAllowed, match="used for another job"):
            farm.frame(timeline, tmp_path / "b.png", at=0, idempotency_key="k")
        with pytest.raises(TooManyJobs):
            farm.frame(timeline, tmp_path / "c.png", at=0, owner="bob")
        assert [job.id for job in farm.jobs(owner="alice")] == [first.id]
        assert farm.jobs(owner="bob") == []
