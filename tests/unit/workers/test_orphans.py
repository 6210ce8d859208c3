from __future__ import annotations

import subprocess
import sys

import pytest

FORK = """
import os, time
from workers.app import end_if_orphaned
lane = os.getpid()
if os.fork():
    if {is_killed}:
        os._exit(0)
    os.wait()
else:
    while {is_killed} and os.getppid() == lane:
        time.sleep(0.01)
    end_if_orphaned(lane)
    print("went on", flush=True)
"""


@pytest.mark.parametrize(("is_killed", "said"), [(False, "went on\n"), (True, "")])
def test_a_process_of_the_pool_ends_where_its_lane_is_gone(
    *, is_killed: bool, said: str
) -> None:
    program = FORK.format(is_killed=is_killed)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == (said, "")
