"""What to write before a command so that it ends when the thread that starts it ends.

Where the machine has ``setpriv`` (util-linux), it and a shell do it in 2 ms; elsewhere
`farm.ffmpeg.launch`, a script, takes 9 ms. Both become the program, unless the parent
has ended already, and both keep the same variables from it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from farm.ffmpeg import launch

_SHELL = "/bin/sh"
_SETPRIV = ("/usr/bin/setpriv", "/bin/setpriv")
#: Of a shell: a program that cannot be run, and one that is not there.
CANNOT_START = {126, launch.CANNOT_START}
_SCRIPT = (
    f'[ "$PPID" = "$1" ] || exit {launch.CANNOT_START}; shift; '
    f'unset {" ".join(launch.UNWANTED)}; export FONTCONFIG_FILE="$0"; exec "$@"'
)


def launcher() -> tuple[str, ...]:
    """Return the beginning of a command; the program and its arguments follow."""
    parent = str(os.getpid())
    if setpriv := _find_setpriv():
        guard = (setpriv, "--pdeathsig", "KILL", _SHELL, "-c", _SCRIPT)
        return (*guard, launch.FONTS_CONFIG, parent)
    return (sys.executable, "-I", "-S", launch.__file__, parent)


@cache
def _find_setpriv() -> str | None:
    """Return a ``setpriv`` that can do it; that of some systems is smaller."""
    for path in _SETPRIV:
        if Path(path).is_file() and _works(path):
            return path
    return None


def _works(path: str) -> bool:
    try:
        done = subprocess.run(
            [path, "--pdeathsig", "KILL", _SHELL, "-c", "exit 7"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 7  # noqa: PLR2004  # the one above
