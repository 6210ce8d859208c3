"""Ctrl-C arrives, also where Python drops what is raised."""

from __future__ import annotations

import subprocess
import sys

_COMMAND = """
import signal, sys, time
from farm.cli import app as cli

class Dropping:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)
        time.sleep(0)  # it is raised in here, where nothing can leave

@cli.app.command()
def linger() -> None:
    Dropping()
    time.sleep(10)

sys.exit(cli.run(["linger"]))
"""


def test_ctrl_c_in_a_finalizer_ends_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _COMMAND],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (130, "")
