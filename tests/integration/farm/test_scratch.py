from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.farm.rig import ROOT
from workers.scratch import DeadAttempt, scratch_folder, sweep

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import sys, time
from pathlib import Path
from workers.scratch import scratch_folder
with scratch_folder(Path(sys.argv[1]), task_id="1job-2", attempt=3) as folder:
    (folder / "half.mp4").write_bytes(b"half")
    print("there", flush=True)
    time.sleep(600)
"""

SWEEP = """
import os, select, sys
from pathlib import Path
from workers.scratch import sweep
found = []
parent = os.getppid()
print("looking", flush=True)
while not select.select([sys.stdin], [], [], 0)[0] and os.getppid() == parent:
    found += sweep(Path(sys.argv[1]))
print(found)
"""


def test_a_scratch_folder_is_empty_and_goes_at_the_end(tmp_path: Path) -> None:
    with scratch_folder(tmp_path / "scratch", task_id="t", attempt=1) as folder:
        assert list(folder.iterdir()) == []
        (folder / "made.mp4").touch()
        assert sweep(tmp_path / "scratch") == []
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_scratch_folder_goes_when_the_process_is_told_to_exit(tmp_path: Path) -> None:
    with (
        pytest.raises(SystemExit),
        scratch_folder(tmp_path, task_id="t", attempt=1) as folder,
    ):
        sys.exit(1)
    assert not folder.exists()


def test_the_folder_of_a_killed_process_tells_that_its_attempt_is_dead(
    tmp_path: Path,
) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"there\n"
    holder.send_signal(signal.SIGSTOP)
    assert sweep(tmp_path) == []  # frozen is not dead

    holder.kill()
    holder.wait()
    holder.stdout.close()

    assert sweep(tmp_path) == [DeadAttempt(task_id="1job-2", number=3)]
    assert list(tmp_path.iterdir()) == []


def test_folders_of_other_hosts_and_others_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "t-1@elsewhere").mkdir()
    (tmp_path / f"t-1@{socket.gethostname()}").touch()
    assert sweep(tmp_path) == []
    assert sweep(tmp_path / "none") == []
    assert len(list(tmp_path.iterdir())) == 2


def test_no_living_attempt_is_ever_taken_for_a_dead_one(tmp_path: Path) -> None:
    """Folders come and go while other processes look for dead ones."""
    sweepers = [
        subprocess.Popen(
            [sys.executable, "-c", SWEEP, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for _ in range(2)
    ]
    for sweeper in sweepers:
        assert sweeper.stdout is not None
        assert sweeper.stdout.readline() == b"looking\n"
    for number in range(1000):
        with scratch_folder(tmp_path, task_id="t", attempt=number) as folder:
            assert folder.is_dir()
    try:
        for sweeper in sweepers:
            found, _ = sweeper.communicate(timeout=10)  # closes its stdin: stop
            assert found == b"[]\n"
    finally:
        for sweeper in sweepers:
            sweeper.kill()
    assert list(tmp_path.iterdir()) == []
