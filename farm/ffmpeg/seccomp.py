"""System calls that no FFmpeg of the farm may make: a filter for Linux's seccomp.

FFmpeg reads files that the farm has checked, and writes to its scratch folder. It
needs no network: sockets other than local ones (drivers of GPUs use these) are refused,
whatever the protocol, and with them what would go around this filter.
"""

from __future__ import annotations

import errno
import platform
import struct
from dataclasses import dataclass
from functools import cache

#: Of <linux/bpf_common.h>: load a word, jump if equal or if at least, return.
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
#: Offsets in ``struct seccomp_data``; both machines are little-endian.
_NUMBER, _ARCH, _FIRST_ARGUMENT = 0, 4, 16
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
_AF_UNIX = 1
#: Calls of the x32 way of numbering on x86-64.
_X32 = 0x40000000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Machine:
    arch: int
    """As the kernel calls it (``AUDIT_ARCH_…``)."""
    socket: int
    refused: tuple[int, ...]
    """ptrace, process_vm_readv and -writev, perf_event_open, bpf, userfaultfd,
    keyctl, add_key, request_key, mount, unshare, setns; io_uring_setup."""


_MACHINES = {
    "x86_64": _Machine(
        arch=0xC000003E,
        socket=41,
        refused=(101, 310, 311, 298, 321, 323, 250, 248, 249, 165, 272, 308, 425),
    ),
    "aarch64": _Machine(
        arch=0xC00000B7,
        socket=198,
        refused=(117, 270, 271, 241, 280, 282, 219, 217, 218, 40, 97, 268, 425),
    ),
}


@cache
def network_filter() -> bytes | None:
    """Return the filter for this machine; ``None``: none is known for it."""
    machine = _MACHINES.get(platform.machine())
    return None if machine is None else _assemble(machine)


def _assemble(machine: _Machine) -> bytes:
    """Lay out the filter; its last two lines refuse and allow.

    ```
    arch is ours? number is not of x32? in the list? → refuse
    socket? → of the kind AF_UNIX? → allow, else refuse
    ```
    """
    refused = len(machine.refused)
    # the line after the list: jumps count from the line after themselves
    to_refuse = refused + 3
    lines = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 0, to_refuse + 2, machine.arch),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, to_refuse, 0, _X32),
        *(
            (_EQUAL, to_refuse - 1 - at, 0, number)
            for at, number in enumerate(machine.refused)
        ),
        (_EQUAL, 0, 3, machine.socket),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_EQUAL, 1, 0, _AF_UNIX),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("<HBBI", *line) for line in lines)
