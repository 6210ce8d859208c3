"""`--webhook`, and the option of that name: told once, however the job ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from farm.api import Farm
from farm.cli.app import run
from farm.settings import Settings
from tests.acceptance.cli_helpers import CommandLine, color_timeline
from tests.acceptance.farm.receiver import (
    SECRET,
    Receiver,
    assert_signed,
    receiving,
)
from tests.acceptance.farm.rig import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START_TO_END = [("frame", "job.started"), ("frame", "job.completed")]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose farm may tell this machine."""
    monkeypatch.setenv("FARM_STORAGE", str(tmp_path / "storage"))
    monkeypatch.setenv("FARM_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("FARM_WEBHOOK_ALLOW_PRIVATE", "true")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "edit.json").write_text(color_timeline(2))
    return tmp_path


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def told(receiver: Receiver) -> list[tuple[str, str]]:
    """Return kinds and events, without progress, which depends on the moment."""
    assert_signed(receiver)
    found = [(body["job"]["kind"], body["event"]) for body in receiver.bodies()]
    return [each for each in found if each[1] != "job.progress"]


def test_a_private_farm_tells_before_it_ends(folder: Path, receiver: Receiver) -> None:
    # without a variable that `CommandLine` would take away
    (folder / "farm.toml").write_text(
        f'webhook_secret = "{SECRET}"\nwebhook_allow_private = true\n'
    )
    command = CommandLine(folder=folder)
    still = ("frame", "edit.json", "--at", "1", "--webhook", receiver.url, "-o")

    assert command.run(*still, "a.png").returncode == 0
    assert told(receiver) == START_TO_END

    # the cache has it: no farm is started for it, and it is told all the same
    assert command.run(*still, "b.png").returncode == 0
    assert told(receiver) == START_TO_END * 2


@pytest.mark.usefixtures("folder")
def test_a_job_that_is_refused_is_told(folder: Path, receiver: Receiver) -> None:
    (folder / "none.json").write_text('{"format": "farm-timeline/1"}')

    assert run(["render", "none.json", "-o", "a.mp4", "--webhook", receiver.url]) == 1

    assert told(receiver) == [("render", "job.failed")]


def test_lines_of_a_list_are_told_once(folder: Path, receiver: Receiver) -> None:
    line = {"kind": "frame", "source": "edit.json"}
    own = receiver.url.replace("from=test", "from=line")
    rows = [
        {**line, "at": 0, "output": "a.png"},
        {**line, "at": 1, "output": "b.png", "webhook": own},
    ]
    (folder / "list.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))

    with Farm(Settings.read(cpu_slots=1)) as farm:
        outcomes = [
            [entry.outcome for entry in farm.batch("list.jsonl", webhook=webhook)]
            for webhook in (None, receiver.url, receiver.url)
        ]
        hooks = {
            str(job.row.output)[-5:]: [hook.url for hook in job.webhooks()]
            for job in farm.jobs()
        }
        until(lambda: receiver.got and len(told(receiver)) == 4)

    assert outcomes == [["completed"] * 2, *[["done before"] * 2] * 2]
    assert hooks == {"a.png": [receiver.url], "b.png": [own]}
    # of the first line all that had been was told by the second run; once
    assert sorted(told(receiver)) == sorted(START_TO_END * 2)


@pytest.mark.parametrize(
    "arguments",
    [
        ("frame", "edit.json", "--at", "1", "-o", "a.png", "--webhook", "ftp://x/"),
        ("probe", "edit.json", "--webhook", "http://user:secret@x/"),
        ("batch", "list.jsonl"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_webhook_that_cannot_be_makes_no_job(
    folder: Path, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"kind": "probe", "media": "a.mp4", "webhook": "no URL"}
    (folder / "list.jsonl").write_text(f"{json.dumps(row)}\n")

    assert run([*arguments]) == 2

    said = capsys.readouterr()
    assert said.out == ""
    assert "webhook" in said.err
    assert len(said.err.splitlines()) == 1
    with Farm(Settings.read(), may_start=False) as farm:
        assert farm.jobs() == []
