"""Start a program that ends when the thread that started it ends.

Run as a script (`farm.ffmpeg.launcher` says when), with the parent's process id, the
box it shall be in and the program's arguments; it becomes the program.
A script and not a ``preexec_fn``: that one would run Python in a copy of a process
whose other threads may hold any lock. It takes less than 10 ms.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
SYS_LANDLOCK_RESTRICT_SELF = 446  # on every machine
SIGKILL = 9
CANNOT_START = 127
#: No Landlock ruleset, no seccomp filter.
NONE = "-"
#: FFREPORT makes FFmpeg write a log file where the variable says.
#: Which fonts fontconfig may find: those of the scratch folder alone.
FONTS_CONFIG = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fonts.conf")  # noqa: PTH100, PTH118, PTH120  # pathlib takes longer to load than all of this
UNWANTED = ("FFREPORT", "AV_LOG_FORCE_COLOR", "AV_LOG_FORCE_256COLOR")


class _Filter(ctypes.Structure):
    """``struct sock_fprog``: a program of the kernel's packet filter."""

    _fields_ = (("count", ctypes.c_ushort), ("code", ctypes.c_char_p))


def confine(ruleset: int | None, code: bytes | None) -> None:
    """Put this thread, and all that it will start, into a box for good.

    Args:
        ruleset: descriptor of a Landlock ruleset.
        code: a seccomp filter, as the kernel reads it.

    Raises:
        OSError: when the kernel does not do it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise _kernel_error("no_new_privs")
    if ruleset is not None and libc.syscall(SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0):
        raise _kernel_error("Landlock")
    if code is not None:
        program = _Filter(len(code) // 8, code)
        address = ctypes.byref(program)
        if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, address, 0, 0):
            raise _kernel_error("seccomp")


def _kernel_error(what: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{what}: {os.strerror(number)}")


def launch(parent: int, box: tuple[str, str], argv: list[str]) -> None:
    """Become the program, unless the parent has ended already."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(CANNOT_START)
    for name in UNWANTED:
        os.unsetenv(name)
    os.putenv("FONTCONFIG_FILE", FONTS_CONFIG)
    ruleset, code = box
    try:
        confine(
            None if ruleset == NONE else int(ruleset),
            None if code == NONE else bytes.fromhex(code),
        )
        os.execv(argv[0], argv)  # noqa: S606  # no shell is wanted
    except OSError as error:
        sys.stderr.write(f"[fatal] {argv[0]}: {error.strerror}\n")
        sys.stderr.flush()
        os._exit(CANNOT_START)


if __name__ == "__main__":
    launch(int(sys.argv[1]), (sys.argv[2], sys.argv[3]), sys.argv[4:])
