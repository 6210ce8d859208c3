"""A CPU worker of the farm whose clock is wrong by so many seconds.

Arguments: the seconds. All that Python reads of the clock of this process is wrong;
what the farm goes by is the clock of the database, and the time since a moment.
"""

from __future__ import annotations

import sys
import time

_SKEW = float(sys.argv[1])
_time, _time_ns = time.time, time.time_ns
time.time = lambda: _time() + _SKEW
time.time_ns = lambda: _time_ns() + round(_SKEW * 1e9)

from workers.cpu import run_cpu_worker  # noqa: E402  # it shall see no other clock
from workers.program import run_program  # noqa: E402

if __name__ == "__main__":
    sys.exit(run_program(run_cpu_worker))
