"""What starts FFmpeg: two ways, which do the same."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from farm.ffmpeg import launcher as module
from farm.ffmpeg.launch import CANNOT_START, FONTS_CONFIG
from farm.ffmpeg.launcher import launcher

if TYPE_CHECKING:
    from collections.abc import Callable

SHOW = "import os; print(os.environ.get('FFREPORT'), os.environ['FONTCONFIG_FILE'])"


@pytest.fixture(params=["setpriv", "script"])
def start(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], tuple[str, ...]]:
    """Return a launcher of each kind."""
    if request.param == "script":
        monkeypatch.setattr(module, "_find_setpriv", lambda: None)
    elif launcher()[0] == sys.executable:
        pytest.skip("no setpriv here")
    return launcher


def test_it_becomes_the_program(
    start: Callable[[], tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FFREPORT", "file=report.log")
    asked = [*start(), sys.executable, "-c", SHOW + "; print(os.getpid())"]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.read().split()
    assert process.returncode == 0
    assert said == ["None", FONTS_CONFIG, str(process.pid)]


def test_the_program_ends_with_the_thread_that_started_it(
    start: Callable[[], tuple[str, ...]],
) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def begin() -> None:
        process = subprocess.Popen([*start(), "/bin/cat"], stdin=subprocess.PIPE)
        started.append(process)
        assert process.stdin is not None
        while Path(f"/proc/{process.pid}/exe").readlink().name != "cat":
            process.poll()

    thread = threading.Thread(target=begin)
    thread.start()
    thread.join()
    (process,) = started
    assert process.wait(10) == -9  # killed
    assert process.stdin is not None
    process.stdin.close()


def test_nothing_starts_when_the_parent_has_ended(
    start: Callable[[], tuple[str, ...]],
) -> None:
    parent = str(os.getpid())
    words = ["1" if word == parent else word for word in start()]
    done = subprocess.run(
        [*words, "/bin/echo", "started"], stdout=subprocess.PIPE, check=False
    )
    assert done.returncode == CANNOT_START
    assert done.stdout == b""
