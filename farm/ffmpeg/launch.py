"""Start a program that ends when the thread that started it ends.

Run as a script (`farm.ffmpeg.launcher` says when), with the parent's process id and
the program's arguments; it becomes the program.
A script and not a ``preexec_fn``: that one would run Python in a copy of a process
whose other threads may hold any lock. It takes less than 10 ms.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
SIGKILL = 9
CANNOT_START = 127
#: FFREPORT makes FFmpeg write a log file where the variable says.
#: Which fonts fontconfig may find: those of the scratch folder alone.
FONTS_CONFIG = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fonts.conf")  # noqa: PTH100, PTH118, PTH120  # pathlib takes longer to load than all of this
UNWANTED = ("FFREPORT", "AV_LOG_FORCE_COLOR", "AV_LOG_FORCE_256COLOR")


def launch(parent: int, argv: list[str]) -> None:
    """Become the program, unless the parent has ended already."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(CANNOT_START)
    for name in UNWANTED:
        os.unsetenv(name)
    os.putenv("FONTCONFIG_FILE", FONTS_CONFIG)
    try:
        os.execv(argv[0], argv)  # noqa: S606  # no shell is wanted
    except OSError as error:
        sys.stderr.write(f"[fatal] {argv[0]}: {error.strerror}\n")
        sys.stderr.flush()
        os._exit(CANNOT_START)


if __name__ == "__main__":
    launch(int(sys.argv[1]), sys.argv[2:])
