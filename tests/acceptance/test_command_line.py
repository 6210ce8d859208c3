"""The command line's contract: what is printed where, and how a command ends."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import av
import pytest

from farm.jobs.schema import HEAD
from tests.acceptance.cli_helpers import CommandLine, color_timeline, wait_until

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def farm(tmp_path: Path) -> CommandLine:
    return CommandLine(folder=tmp_path)


def test_a_render_prints_its_path_alone(farm: CommandLine) -> None:
    farm.write("edit.json", color_timeline(1))

    done = farm.run("render", "edit.json", "-o", "out.mkv", "--preset", "lossless")

    assert (done.returncode, done.stdout) == (0, f"{farm.folder / 'out.mkv'}\n")
    assert "Traceback" not in done.stderr
    with av.open(str(farm.folder / "out.mkv")) as container:
        assert sum(1 for _ in container.decode(video=0)) == 25
    assert farm.processes() == []
    job = farm.read("jobs")["jobs"][0]
    assert (job["status"], job["fraction"]) == ("completed", 1.0)
    shown = farm.run("job", job["id"]).stdout
    assert "segment-0000" in shown
    assert "cpu.batch" in shown
    assert " -i " in farm.run("logs", job["id"]).stdout


def test_a_render_says_what_it_reused_and_the_cache_what_it_has(
    farm: CommandLine,
) -> None:
    farm.write("edit.json", color_timeline(1))

    first = farm.read("render", "edit.json", "-o", "a.mp4")
    again = farm.read("render", "edit.json", "-o", "b.mp4")

    assert (again["tasks_rendered"], again["tasks_reused"]) == (0, 1)
    assert again["segments"][0]["reused_from"] == first["job"]
    shown = farm.run("job", again["job"]).stdout
    assert f"reused from {first['job']}" in shown
    assert "of work were saved" in shown
    stats = farm.read("cache", "stats")
    assert (stats["entries"], stats["hits"], stats["misses"]) == (1, 1, 1)
    assert farm.read("cache", "limits", "--max-entries", "5")["max_entries"] == 5
    assert farm.run("cache", "limits").stdout.count("\n") == 3
    assert farm.read("cache", "projects")["projects"][0]["entries"] == 1
    assert farm.run("cache", "clear").stdout == "1 file removed\n"
    assert "hit rate" in farm.run("cache", "stats").stdout


def test_a_frame_is_written_and_told_as_json(farm: CommandLine) -> None:
    farm.write("edit.json", color_timeline(1))

    told = farm.read("frame", "edit.json", "--at", "00:00:00.500", "-o", "a.png")

    assert told["status"] == "completed"
    assert told["outputs"] == [str(farm.folder / "a.png")]
    with av.open(str(farm.folder / "a.png")) as container:
        frame = next(container.decode(video=0)).reformat(format="rgb24")
    red, green, blue = bytes(frame.planes[0])[:3]
    assert max(abs(red - 0x20), abs(green - 0x60), abs(blue - 0xA0)) <= 3


@pytest.mark.parametrize(
    ("document", "cause"),
    [
        ("", "the file is empty"),
        ("{]", "it is not valid JSON"),
        ('{"format": "other/1"}', "should be 'farm-timeline/1'"),
        (
            json.dumps(
                {
                    "format": "farm-timeline/1",
                    "tracks": [
                        {
                            "kind": "video",
                            "items": [
                                {
                                    "type": "clip",
                                    "name": "pier",
                                    "media": {"type": "file", "path": "missing.mp4"},
                                }
                            ],
                        }
                    ],
                }
            ),
            "pier",
        ),
    ],
    ids=["empty", "no-json", "other-format", "missing-media"],
)
def test_a_bad_timeline_is_a_failed_job_with_its_cause(
    farm: CommandLine, document: str, cause: str
) -> None:
    farm.write("edit.json", document)

    done = farm.run("render", "edit.json", "-o", "out.mp4")

    assert (done.returncode, done.stdout) == (1, "")
    assert cause in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not list(farm.folder.glob("*out*"))
    failed = farm.read("jobs")["jobs"][0]
    assert failed["status"] == "failed"
    assert cause in failed["error"]["message"]
    assert cause in farm.run("job", failed["id"]).stdout


def test_wrong_usage_is_told_and_leaves_no_job(farm: CommandLine) -> None:
    farm.write("edit.json", color_timeline(1))

    done = farm.run("render", "edit.json", "-o", "out.mp4", "--preset", "h264-1008p")

    assert (done.returncode, done.stdout) == (2, "")
    assert "h264-1080p" in done.stderr
    assert "Traceback" not in done.stderr
    assert farm.read("jobs") == {"jobs": []}


def test_an_error_is_one_object_with_json(farm: CommandLine) -> None:
    told = farm.read("job", "0000000000000")

    assert told["error"]["kind"] == "JobNotFound"


def test_a_probe_of_no_media_fails_in_one_sentence(farm: CommandLine) -> None:
    farm.write("notes.mp4", "not a film")

    done = farm.run("probe", "notes.mp4")

    assert (done.returncode, done.stdout) == (1, "")
    assert "notes.mp4" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_frame_after_the_end_fails_in_one_sentence(farm: CommandLine) -> None:
    farm.write("edit.json", color_timeline(1))

    done = farm.run("frame", "edit.json", "--at", "99", "-o", "a.png")

    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no frame at 99 s" in done.stderr
    assert not (farm.folder / "a.png").exists()


def test_a_storage_that_cannot_be_used_is_told_in_one_sentence(tmp_path: Path) -> None:
    farm = CommandLine(folder=tmp_path)
    farm.write("storage", "a file where the folder should be")

    for command in ("jobs", "up"):
        done = farm.run(command)

        assert (done.returncode, done.stdout) == (1, "")
        assert str(farm.storage) in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_the_job_table_is_made_or_found_up_to_date(farm: CommandLine) -> None:
    for _ in range(2):
        done = farm.run("migrate")

        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == f"{farm.storage / 'jobs.sqlite'} is at {HEAD}\n"


def test_a_detached_job_waits_in_the_table_and_can_be_cancelled(
    farm: CommandLine,
) -> None:
    farm.write("edit.json", color_timeline(1))

    detached = farm.run("render", "edit.json", "-o", "out.mp4", "--detach")
    job_id = detached.stdout.strip()

    assert "no farm runs" in detached.stderr
    assert farm.read("job", job_id)["status"] == "queued"
    assert farm.run("cancel", job_id).stdout == f"{job_id} cancelled\n"
    watched = farm.run("watch", job_id)
    assert (watched.returncode, watched.stdout) == (1, "")
    assert "was cancelled" in watched.stderr
    assert farm.run("cancel", job_id).returncode == 1


def test_a_cancelled_job_can_be_run_again(farm: CommandLine) -> None:
    farm.write("edit.json", color_timeline(1))
    job_id = farm.run("render", "edit.json", "-o", "out.mp4", "--detach").stdout.strip()
    farm.run("cancel", job_id)

    done = farm.run("retry", job_id)

    assert (done.returncode, done.stdout) == (0, f"{farm.folder / 'out.mp4'}\n")


def test_ctrl_c_ends_a_private_farm_and_cancels_its_job(farm: CommandLine) -> None:
    farm.write("edit.json", color_timeline(600, width=1280, height=720))
    with farm.start("render", "edit.json", "-o", "out.mkv") as process:
        wait_until(
            lambda: any("-progress" in line for line in farm.processes()),
            what="FFmpeg runs",
        )
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)

    assert process.returncode == 130, told
    assert "Traceback" not in told
    assert farm.read("jobs")["jobs"][0]["status"] == "cancelled"
    assert farm.processes() == []
    assert not (farm.folder / "out.mkv").exists()


def test_ctrl_c_while_the_farm_starts_leaves_no_job_behind(farm: CommandLine) -> None:
    farm.write("edit.json", color_timeline(600, width=1280, height=720))
    with farm.start("render", "edit.json", "-o", "out.mkv") as process:
        wait_until((farm.storage / "farm.lock").exists, what="the farm starts")
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)

    assert process.returncode == 130, told
    assert "Traceback" not in told
    assert farm.read("jobs")["jobs"][0]["status"] == "cancelled"
    assert farm.processes() == []


def test_a_job_survives_the_farm_that_it_was_submitted_to(farm: CommandLine) -> None:
    """The command that found a farm running starts its own when that one ends."""
    farm.write("edit.json", color_timeline(20, width=640, height=360))
    with farm.start("up") as first:
        wait_until((farm.storage / "farm.json").exists, what="the farm is up")
        with farm.start("render", "edit.json", "-o", "out.mkv") as second:
            wait_until(
                lambda: bool(farm.read("jobs")["jobs"]), what="the job is submitted"
            )
            first.send_signal(signal.SIGKILL)
            printed, told = second.communicate(timeout=80)

    assert (second.returncode, printed) == (0, f"{farm.folder / 'out.mkv'}\n"), told


def test_a_running_farm_is_used_and_shown(farm: CommandLine) -> None:
    farm.write("edit.json", color_timeline(1))
    with farm.start("up", "--cpu", "1") as running:
        wait_until(
            lambda: any(
                worker["state"] == "online"
                for worker in farm.read("workers")["workers"]
            ),
            what="a worker is online",
        )
        before = farm.read("workers")["workers"]
        done = farm.run("render", "edit.json", "-o", "out.mp4")
        running.send_signal(signal.SIGINT)
        printed, _ = running.communicate(timeout=30)

    assert done.returncode == 0
    assert {worker["slots"] for worker in before} == {1}
    assert "The farm is up" in printed
    assert farm.read("workers") == {"workers": []}
    ended = farm.read("workers", "--all")["workers"]
    assert [worker["state"] for worker in ended] == ["offline"] * len(before)
    assert farm.processes() == []
