"""Landlock of Linux: what a thread, and all it starts, may do with files.

See https://docs.kernel.org/userspace-api/landlock.html. The kernel tells its version;
what an older one cannot refuse is left out, and `version` says which one it is.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
from enum import IntFlag
from functools import cache
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable

_CREATE_RULESET, _ADD_RULE = 444, 445  # on every machine
_GET_VERSION = 1
_PATH_BENEATH = 1
_NET_SINCE, _SCOPE_SINCE = 4, 6


class Access(IntFlag):
    """Rights on files, by the bits of the kernel."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_SYM = 1 << 12
    REFER = 1 << 13
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15

    @classmethod
    def known(cls, version: int) -> Access:
        """Return all rights that a kernel can refuse."""
        newer = {cls.REFER: 2, cls.TRUNCATE: 3, cls.IOCTL_DEV: 5}
        found = cls(0)
        for right in cls:
            if newer.get(right, 1) <= version:
                found |= right
        return found


READ = Access.READ_FILE | Access.READ_DIR
RUN = READ | Access.EXECUTE
#: A file that is there already, such as /dev/null.
USE = Access.READ_FILE | Access.WRITE_FILE | Access.IOCTL_DEV
#: All of a folder's files; no devices, no sockets, and no links to elsewhere.
WRITE = (
    READ
    | Access.WRITE_FILE
    | Access.TRUNCATE
    | Access.MAKE_REG
    | Access.MAKE_DIR
    | Access.REMOVE_FILE
    | Access.REMOVE_DIR
)
_OF_FILES = (
    Access.EXECUTE
    | Access.WRITE_FILE
    | Access.READ_FILE
    | Access.TRUNCATE
    | Access.IOCTL_DEV
)


class _Handled(ctypes.Structure):
    """``struct landlock_ruleset_attr``."""

    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _Beneath(ctypes.Structure):
    """``struct landlock_path_beneath_attr``."""

    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


@cache
def version() -> int:
    """Return the version of the kernel's Landlock; 0: it has none, or it is off."""
    found = _syscall()(_CREATE_RULESET, None, 0, _GET_VERSION)
    return max(0, found)


class Ruleset:
    """Files that may be used; all that no rule allows is refused.

    Raises:
        OSError: when the kernel has no Landlock.
    """

    def __init__(self) -> None:
        abi = version()
        if not abi:
            raise OSError(errno.EOPNOTSUPP, "this kernel has no Landlock")
        self._known = Access.known(abi)
        handled = _Handled(files=self._known, network=0b11, scoped=0b11)
        size = 8 if abi < _NET_SINCE else 16 if abi < _SCOPE_SINCE else 24
        self.fd: int = _checked(
            _syscall()(_CREATE_RULESET, ctypes.byref(handled), size, 0)
        )

    def allow(self, path: str | os.PathLike[str], access: Access) -> None:
        """Allow what is at a path now, and all beneath it; nothing, if nothing is.

        It is bound to what is there: a link that is changed later leads to no more.
        """
        try:
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:  # it is not there, or not for us: nor will it be for others
            return
        try:
            self.allow_fd(fd, access)
        finally:
            os.close(fd)

    def allow_fd(self, fd: int, access: Access) -> None:
        """Allow what a descriptor stands for, and all beneath it."""
        if not stat.S_ISDIR(os.fstat(fd).st_mode):
            access &= _OF_FILES
        rule = _Beneath(allowed=access & self._known, parent=fd)
        added = _syscall()(_ADD_RULE, self.fd, _PATH_BENEATH, ctypes.byref(rule), 0)
        _checked(added)

    def close(self) -> None:
        """Let go of it; who is bound by it stays so."""
        os.close(self.fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@cache
def _syscall() -> Callable[..., int]:
    libc = ctypes.CDLL(None, use_errno=True)
    call: Callable[..., int] = libc.syscall
    return call


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Landlock: {os.strerror(number)}")
    return result
