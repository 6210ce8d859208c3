"""A backup is made while the farm runs, and restored when it has ended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.acceptance.cli_helpers import CommandLine, color_timeline, wait_until

if TYPE_CHECKING:
    from pathlib import Path


def test_a_running_farm_is_backed_up_and_restored_after_its_end(
    tmp_path: Path,
) -> None:
    farm = CommandLine(folder=tmp_path)
    farm.write("edit.json", color_timeline(1))
    with farm.start("up", "--cpu", "1") as up:
        wait_until((farm.storage / "farm.json").exists, what="the farm")
        made = farm.read("render", "edit.json", "-o", "a.mp4", "--owner", "alice")

        done = farm.run("backup", "jobs.farm.gz")
        assert (done.returncode, done.stdout) == (0, f"{tmp_path / 'jobs.farm.gz'}\n")
        assert done.stderr == "farm: rows of jobs: 1, of tasks: 2\n"
        later = farm.read("frame", "edit.json", "--at", "0", "-o", "b.png")
        refused = farm.run("restore", "jobs.farm.gz", "--force")
        assert refused.returncode == 1
        assert "another farm runs on" in refused.stderr
        up.terminate()
        up.wait(timeout=30)

    refused = farm.run("restore", "jobs.farm.gz")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("farm: The job table at ")
    assert refused.stderr.endswith("Say --force to replace them.\n")
    told = json.loads(farm.run("restore", "jobs.farm.gz", "--force", "--json").stdout)
    assert told["rows"]["jobs"] == 1
    assert [job["id"] for job in farm.read("jobs")["jobs"]] == [made["job"]]
    assert farm.run("job", later["job"]).returncode == 1
    # the farm goes on with it: what the cache holds is used again
    again = farm.read("render", "edit.json", "-o", "c.mp4")
    assert (again["status"], again["tasks_reused"]) == ("completed", 1)
    broken = farm.run("restore", "edit.json")
    assert (broken.returncode, broken.stderr.count("\n")) == (1, 1)
    assert "is no backup of a farm" in broken.stderr
