"""Many jobs of one list: each is done once, and a list that broke off goes on."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.cli_helpers import CommandLine, color_timeline, wait_until

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def farm(tmp_path: Path) -> CommandLine:
    return CommandLine(folder=tmp_path)


def frames(count: int, *more: dict[str, Any]) -> str:
    """Return a list of so many frames of a timeline, and other jobs."""
    jobs = [
        {"kind": "frame", "source": "edit.json", "at": at / 10, "output": f"{at}.png"}
        for at in range(count)
    ]
    return "".join(json.dumps(job) + "\n" for job in (*jobs, *more))


def _completed(farm: CommandLine) -> int:
    jobs = farm.read("jobs")["jobs"]
    return sum(job["status"] == "completed" for job in jobs)


def test_results_survive_a_failure_and_are_not_made_again(farm: CommandLine) -> None:
    farm.write("edit.json", color_timeline(2))
    missing = {"kind": "frame", "source": "no.mp4", "at": 0, "output": "no.png"}
    farm.write("list.jsonl", frames(3, missing))

    first = farm.run("batch", "list.jsonl", "--report", "report.json")
    pictures = {path: path.stat().st_mtime_ns for path in farm.folder.glob("*.png")}
    (farm.folder / "1.png").unlink()
    second = farm.read("batch", "list.jsonl")

    assert first.returncode == 1
    assert sorted(first.stdout.split()) == sorted(str(path) for path in pictures)
    assert "line 4: frame" in first.stderr
    assert "Traceback" not in first.stderr
    report = json.loads((farm.folder / "report.json").read_text("utf-8"))
    assert report["counts"] == {"completed": 3, "failed": 1}
    assert [job["outcome"] for job in second["jobs"]] == [
        "done before", "completed", "done before", "failed"
    ]  # fmt: skip
    assert (farm.folder / "1.png").exists()
    for name in ("0.png", "2.png"):
        path = farm.folder / name
        assert path.stat().st_mtime_ns == pictures[path]


def test_another_timeline_of_the_same_name_is_done_anew(farm: CommandLine) -> None:
    farm.write("edit.json", color_timeline(2))
    farm.write("list.jsonl", frames(1))
    farm.run("batch", "list.jsonl")
    farm.write("edit.json", color_timeline(3, width=128))

    again = farm.read("batch", "list.jsonl")

    assert [job["outcome"] for job in again["jobs"]] == ["completed"]


def test_a_list_that_was_stopped_goes_on(farm: CommandLine) -> None:
    farm.write("edit.json", color_timeline(1))
    farm.write("long.json", color_timeline(900, width=1280, height=720))
    long = {"kind": "render", "timeline": "long.json", "output": "long.mkv"}
    farm.write("list.jsonl", frames(2, long))
    with farm.start("batch", "list.jsonl", "--report", "report.json") as process:
        wait_until(lambda: _completed(farm) == 2, what="two are done")
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    farm.write("list.jsonl", frames(3))

    again = farm.read("batch", "list.jsonl")

    assert process.returncode == 130
    assert "Traceback" not in told
    report = json.loads((farm.folder / "report.json").read_text("utf-8"))
    assert report["counts"]["not done"] >= 1  # as far as it had looked
    assert [job["outcome"] for job in again["jobs"]] == [
        "done before", "done before", "completed"
    ]  # fmt: skip
    assert farm.processes() == []
    assert not (farm.folder / "long.mkv").exists()


def test_a_table_is_a_list_too(farm: CommandLine) -> None:
    farm.write("edit.json", color_timeline(2))
    farm.write(
        "list.csv",
        "kind,source,at,output,width\n"
        "frame,edit.json,0.5,a.png,32\n"
        "frame,edit.json,00:00:01,b.png,\n",
    )
    done = farm.read("batch", "list.csv")
    assert done["counts"] == {"completed": 2}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.txt", "", "name it *.jsonl or *.csv"),
        ("a.jsonl", "", "holds no job"),
        ("a.jsonl", "[1]\n{\n", "line 1: it is no JSON object (and 1 more problem)"),
        ("a.jsonl", '{"kind": "frame2"}\n', "did you mean frame?"),
        ("a.jsonl", '{"kind": "frame", "att": 1}\n', "did you mean at?"),
        ("a.jsonl", '{"kind": "probe"}\n', "probe needs the option media"),
        ("a.jsonl", '{"kind": "probe", "media": "~nobody-/x"}\n', "is no path"),
        ("a.jsonl", '{"kind": "probe", "media": "a\\u0000b"}\n', "no option may hold"),
        ("a.csv", "kind,media\nprobe,a.mp4,b\n", "more cells than the head"),
        ("a.csv", "kind,media,media\nprobe,a,b\n", "column media is there twice"),
        ("a.csv", "kind,use-cache,use_cache\n", "column use_cache is there twice"),
        ("a.csv", "kind,,media\nprobe,,a.mp4\n", "column of the head has no name"),
        (
            "a.jsonl",
            frames(1) + frames(1),
            "0.png is the output of line 1 too",
        ),
    ],
)
def test_what_is_wrong_in_a_list_is_said_before_a_job_starts(
    farm: CommandLine, name: str, text: str, said: str
) -> None:
    farm.write(name, text)
    done = farm.run("batch", name)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert farm.read("jobs")["jobs"] == []


def test_all_wrong_values_of_a_list_are_told_at_once(farm: CommandLine) -> None:
    farm.write("edit.json", color_timeline(1))
    lines: list[dict[str, Any]] = [
        {"kind": "frame", "source": "edit.json", "at": 0, "output": "a.png"},
        {"kind": "thumbnails", "media": "a.mp4", "output": "b", "count": "many",
         "width": "wide"},
        {"kind": "thumbnails", "media": "a.mp4", "output": "c", "count": 0},
        {"kind": "frames", "source": "a.mp4", "at": "0,1", "output": "d"},
        {"kind": "frame", "source": "a.mp4", "at": "soon", "output": "e.png"},
        {"kind": "frame", "source": "a.mp4", "at": 0, "output": "no/f.png"},
        {"kind": "effect_preview", "media": "a.mp4", "effect": "x", "at": 0,
         "output": "g.png"},
        {"kind": "transition_preview", "before": "a.mp4", "after": "a.mp4",
         "output": "h.png", "transition": "wippe"},
        {"kind": "render", "timeline": "edit.json", "output": "i.mp4", "preset": "x"},
    ]  # fmt: skip
    farm.write("list.jsonl", "".join(json.dumps(line) + "\n" for line in lines[:4]))
    types = farm.run("batch", "list.jsonl")
    others = [lines[0], lines[2], *lines[4:]]
    farm.write("list.jsonl", "".join(json.dumps(line) + "\n" for line in others))
    values = farm.run("batch", "list.jsonl")

    assert types.returncode == values.returncode == 2
    for said in (
        'line 2: thumbnails takes a whole number as count, not "many"',
        'line 2: thumbnails takes a whole number as width, not "wide"',
        'line 4: frames takes a list of times as at, not "0,1"',
    ):
        assert said in types.stderr
    for number, said in enumerate(
        ("count", "soon", "/no of the output", "effect 'x'", "wippe", "preset"), start=2
    ):
        told = [line for line in values.stderr.split("\n") if f"line {number}:" in line]
        assert said in told[-1]
    assert "Traceback" not in types.stderr + values.stderr
    assert farm.read("jobs")["jobs"] == []
