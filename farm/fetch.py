"""Fetch a file from an https address: only from hosts that are allowed, and bounded.

FFmpeg and PyAV never see an address. A host is looked up once; each of its addresses
must be a public one, and the one that was checked is the one that is called, whatever
a name server says a moment later. Redirects are not followed.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import ssl
import time
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPSConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import farm
from farm.errors import (
    DiskFull,
    InvalidOption,
    MediaForbidden,
    MediaMissing,
    MediaTooLarge,
    TaskFailed,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.client import HTTPResponse
    from pathlib import Path
    from typing import BinaryIO
    from urllib.parse import SplitResult

_PIECE = 1 << 20
_OK, _MOVED = 200, range(300, 400)
_GONE = {404, 410}
#: Networks of IPv6 that stand for IPv4: for all of it, and within one's own network.
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
_TRANSLATED_HERE = ipaddress.IPv6Network("64:ff9b:1::/48")
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def is_public(address: str) -> bool:
    """Whether an address is neither this machine nor in a private network."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found in _TRANSLATED_HERE:
            return False
        inner = found.ipv4_mapped or found.sixtofour
        if found in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetching:
    """What may be fetched."""

    hosts: frozenset[str]
    """Names of hosts, in lower case; none: nothing is fetched."""
    max_bytes: int
    limit_seconds: float
    """How long all of it may take."""
    quiet_seconds: float = 30.0
    """How long a host may be silent."""
    may_call: Callable[[str], bool] = is_public
    """Whether an address may be called."""
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)


def fetch(url: str, target: Path, fetching: Fetching) -> int:
    """Write what is at an address to a file, which is there when all of it came.

    Returns its bytes.

    Raises:
        InvalidOption: when it is no address of https.
        MediaForbidden: when its host is not allowed, or is a private address.
        MediaMissing, MediaTooLarge: when it is not there, or larger than allowed.
        TaskFailed: when it did not come whole; another try may help.
    """
    parts = _check(url, fetching)
    address = _find_address(parts, fetching)
    end = time.monotonic() + fetching.limit_seconds
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    connection = _Pinned(parts, address=address, fetching=fetching)
    try:
        with closing(connection), aside.open("xb") as file:
            answer = _ask(connection, parts)
            size = _take(answer, file, fetching, end=end, name=str(parts.hostname))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(target)
    except (HTTPException, OSError) as error:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            raise DiskFull(f"the disk is full where {target} is written") from error
        message = f"{parts.hostname} did not send the file: {error}"
        raise TaskFailed(message) from error
    finally:
        aside.unlink(missing_ok=True)
    return size


def _check(url: str, fetching: Fetching) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvalidOption(f"{url!r} is no address: {error}") from error
    is_plain = url.isascii() and url.isprintable() and " " not in url
    if parts.scheme != "https" or not parts.hostname or port == 0 or not is_plain:
        raise InvalidOption(f"files are fetched from https://…, not from {url!r}")
    if parts.username is not None or parts.password is not None:
        raise InvalidOption("the address of a file may hold no user and no password")
    if parts.hostname.lower().rstrip(".") not in fetching.hosts:
        allowed = ", ".join(sorted(fetching.hosts)) or "none"
        raise MediaForbidden(
            f"files are not fetched from {parts.hostname} (https_hosts: {allowed})"
        )
    return parts


def _find_address(parts: SplitResult, fetching: Fetching) -> str:
    host = str(parts.hostname)
    try:
        found = socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TaskFailed(f"the host {host} is not known") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        if not fetching.may_call(address):
            raise MediaForbidden(
                f"{host} is {address}, which is this machine or a private network"
            )
    return addresses[0]


def _ask(connection: HTTPSConnection, parts: SplitResult) -> HTTPResponse:
    wanted = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"User-Agent": f"renderfarm/{farm.__version__}", "Accept": "*/*"}
    connection.request("GET", wanted, headers=headers)
    answer = connection.getresponse()
    host = parts.hostname
    if answer.status in _GONE:
        raise MediaMissing(f"{host} has no such file: it answered {answer.status}")
    if answer.status in _MOVED:
        raise MediaForbidden(
            f"{host} sends on to another address, which is not followed: "
            "give the address where the file is"
        )
    if answer.status != _OK:
        raise TaskFailed(f"{host} answered {answer.status}")
    return answer


def _take(
    answer: HTTPResponse, file: BinaryIO, fetching: Fetching, *, end: float, name: str
) -> int:
    """Write what comes; stop where it is more, or takes longer, than allowed."""
    promised = answer.length
    size = 0
    while True:
        if max(size, promised or 0) > fetching.max_bytes:
            raise MediaTooLarge(
                f"the file at {name} is larger than https_max_bytes "
                f"({fetching.max_bytes})"
            )
        if time.monotonic() > end:
            raise TaskFailed(f"{name} took longer than {fetching.limit_seconds:g} s")
        piece = answer.read1(_PIECE)
        if not piece:
            break
        file.write(piece)
        size += len(piece)
    if promised is not None and size != promised:
        raise TaskFailed(f"{name} sent {size} bytes of {promised}")
    return size


class _Pinned(HTTPSConnection):
    """A connection to an address that was looked up before."""

    def __init__(self, parts: SplitResult, *, address: str, fetching: Fetching) -> None:
        super().__init__(
            str(parts.hostname), parts.port or 443, timeout=fetching.quiet_seconds
        )
        self._address = address
        self._fetching = fetching

    def connect(self) -> None:
        """Open the address, and see that it can show it is the host."""
        opened = socket.create_connection(
            (self._address, self.port), timeout=self._fetching.quiet_seconds
        )
        self.sock = self._fetching.context.wrap_socket(
            opened, server_hostname=self.host
        )
