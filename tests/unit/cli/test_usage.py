"""Wrong usage: exit status 2, one sentence on stderr, and no job."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from farm.cli.app import run
from farm.jobs.table import JobTable

TIMELINE = {
    "format": "farm-timeline/1",
    "tracks": [
        {
            "kind": "video",
            "items": [{"type": "clip", "media": {"type": "color"}, "duration": 1}],
        }
    ],
}


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("storage")


@pytest.fixture(autouse=True)
def _stand_in_an_empty_folder(
    storage: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FARM_STORAGE", str(storage))
    monkeypatch.chdir(tmp_path)
    Path("edit.json").write_text(json.dumps(TIMELINE), encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        ("render edit.json -o out.mp4 --range 5:2", "its end must come after"),
        ("render edit.json -o out.mp4 --range soon", "START:END"),
        ("render edit.json -o out.mp4 --device abacus", "device"),
        ("render edit.json -o out.mp4 --segments few", "segments"),
        ("render edit.json -o out.mp4 --segments 0", "segments"),
        ("render edit.json -o out.txt", ".mp4"),
        ("render edit.json -o missing/out.mp4", "does not exist"),
        ("render edit.json -o .", "is a folder"),
        ("render edit.json -o out.mp4 --priority 11", "--priority"),
        ("render edit.json -o out.mp4 --vmaf 0", "--vmaf"),
        ("render edit.json -o out.mp4 --vmaf 101", "--vmaf"),
        ("render edit.json -o out.mp4 --vmaf nan", "vmaf"),
        ("render edit.json -o out.mkv --preset lossless --vmaf 94", "ffv1"),
        ("renditions edit.json -o . --preset prores-422 --vmaf 94", "prores_ks"),
        ("render edit.json -o out.mp4 --loudness 3", "--loudness"),
        ("render edit.json -o out.mp4 --loudness nan", "loudness"),
        ("render edit.json -o out.mp4 --loudness -14 --true-peak 1", "--true-peak"),
        ("render edit.json -o out.mp4 --true-peak -1", "together with a loudness"),
        ("renditions edit.json -o . --preset source --true-peak -1", "together"),
        ("render edit.json -o out.mp4 --max-bytes 0", "no size"),
        ("render edit.json -o out.mp4 --max-bytes many", "25MB"),
        ("render edit.json -o out.mp4 --max-bytes -5MB", "no size"),
        ("render edit.json -o out.mp4 --max-bytes 1MB --vmaf 90", "one of them"),
        ("render edit.json -o out.mkv --preset lossless --max-bytes 1MB", "ffv1"),
        ("render edit.json --bogus", "--bogus"),
        ("render edit.json", "--output"),
        ("render", "TIMELINE"),
        ("frame edit.json --at never -o a.png", "the time cannot be used"),
        ("frame edit.json --at 0 -o a.gif", ".png"),
        ("frame edit.json --at 0 -o a.png --width 0", "--width"),
        ("jobs --status lost", "--status"),
        ("up --gpu some", "--gpu"),
        ("worker gpu", "--device"),
        ("paint", "paint"),
    ],
)
def test_it_is_told_in_one_sentence(
    arguments: str, cause: str, storage: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments.split()) == 2

    printed = capsys.readouterr()
    assert printed.out == ""
    assert cause in printed.err
    assert len(printed.err.splitlines()) <= 2
    with closing(JobTable.open(f"sqlite:///{storage / 'jobs.sqlite'}")) as table:
        assert table.jobs() == []


@pytest.mark.parametrize("arguments", [[], ["worker"]], ids=["farm", "worker"])
def test_a_group_alone_shows_its_help(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2

    assert capsys.readouterr().err.startswith("Usage: farm")


def test_it_is_told_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["render", "--json"]) == 2

    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["kind"], error["retry"]) == ("InvalidOption", False)


def test_a_setting_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FARM_CPU_SLOTS", "none")

    assert run(["jobs"]) == 2

    assert "cpu_slots" in capsys.readouterr().err


def test_a_database_that_is_away_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "postgresql://farm:hidden-word@127.0.0.1:1/farm"
    monkeypatch.setenv("FARM_DATABASE_URL", url)

    assert run(["jobs"]) == 1

    told = capsys.readouterr().err
    assert told.startswith("farm: ")
    assert "hidden-word" not in told
