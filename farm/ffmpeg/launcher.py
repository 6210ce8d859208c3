"""What to write before a command so that it ends when the thread that starts it ends.

Where the machine has ``setpriv`` (util-linux), it and a shell do it in 2 ms; elsewhere
`farm.ffmpeg.launch`, a script, takes 9 ms. Both become the program, unless the parent
has ended already, and both keep the same variables from it. What they become can get
no new privileges, such as those of a program that is set to run as root.
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
_GUARD = ("--no-new-privs", "--pdeathsig", "KILL", _SHELL, "-c")
#: Of a shell: a program that cannot be run, and one that is not there.
CANNOT_START = {126, launch.CANNOT_START}
_SCRIPT = (
    f'[ "$PPID" = "$1" ] || exit {launch.CANNOT_START}; shift; '
    f'unset {" ".join(launch.UNWANTED)}; export FONTCONFIG_FILE="$0"; exec "$@"'
)


def launcher(*, ruleset: str = launch.NONE, code: str = launch.NONE) -> tuple[str, ...]:
    """Return the beginning of a command; the program and its arguments follow.

    Args:
        ruleset: descriptor of a Landlock ruleset that the script shall obey.
        code: hexadecimal text of a seccomp filter for it. Where `confines_itself` is
            false, both are left to who starts it.
    """
    parent = str(os.getpid())
    if setpriv := _find_setpriv():
        return (setpriv, *_GUARD, _SCRIPT, launch.FONTS_CONFIG, parent)
    return (sys.executable, "-I", "-S", launch.__file__, parent, ruleset, code)


def confines_itself() -> bool:
    """Whether the launcher puts itself into a box: the script does, and no other."""
    return _find_setpriv() is None


def launching_programs() -> tuple[str, ...]:
    """Return the programs that run before the one that is meant."""
    setpriv = _find_setpriv()
    return () if setpriv is None else (setpriv, _SHELL)


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
            [path, *_GUARD, "exit 7"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 7  # noqa: PLR2004  # the one above


@cache
def libraries(program: str) -> tuple[str, ...]:
    """Return the shared libraries of a program, as the system's linker finds them.

    None: it needs none, or the linker does not say it.
    """
    try:
        done = subprocess.run(
            [program],
            env={**os.environ, "LD_TRACE_LOADED_OBJECTS": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    words = done.stdout.decode("utf-8", "replace").split()
    return tuple(dict.fromkeys(word for word in words if word.startswith("/")))
