"""Send messages to a URL: signed, and only where that is allowed.

```
X-Farm-Timestamp: 1764115200
X-Farm-Signature: sha256=HMAC-SHA256(webhook_secret, timestamp + "." + body)
```
A receiver computes the same, and refuses old timestamps.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import socket
import ssl
import threading
import time
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import farm
from farm.errors import InvalidOption, InvalidSettings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

    from farm.settings import Settings

TIMEOUT_SECONDS = 10.0
"""Of each wait for the other side."""
MOST_SECONDS = 30.0
"""Of a whole message."""
_OK = range(200, 300)
_PORTS = {"http": 80, "https": 443}


def check_url(url: str) -> SplitResult:
    """Return the parts of a URL; raise `InvalidOption` where it is none of HTTP's."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvalidOption(f"{url!r} is no URL: {error}") from error
    if parts.scheme not in _PORTS or not parts.hostname or port == 0:
        raise InvalidOption(f"a webhook goes to a URL of http or https, not to {url!r}")
    if parts.username is not None or parts.password is not None:
        raise InvalidOption("a webhook's URL may not hold a user or password")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise InvalidOption(f"the URL {url!r} holds characters that no URL has")
    return parts


def check_alert_webhook(settings: Settings) -> None:
    """Raise `InvalidSettings` where alerts cannot be sent as the settings say."""
    if settings.alert_webhook_url is None:
        return
    if settings.webhook_secret is None:
        raise InvalidSettings(
            "alert_webhook_url is set, but not webhook_secret: webhooks are signed"
        )
    try:
        check_url(settings.alert_webhook_url)
    except InvalidOption as error:
        raise InvalidSettings(f"alert_webhook_url: {error.message}") from error


def check_webhook(url: str, settings: Settings) -> None:
    """Raise `InvalidOption` where messages cannot be sent to a URL."""
    parts = check_url(url)
    if settings.webhook_secret is None:
        raise InvalidOption(
            "webhooks are signed: set webhook_secret, which the receiver knows too"
        )
    find_address(parts, allow_private=settings.webhook_allow_private)


def find_address(parts: SplitResult, *, allow_private: bool) -> str:
    """Return the address of a URL's host.

    Raises:
        InvalidOption: where it is this machine or a private network, and that is not
            allowed, or where the host is not known.
    """
    host, port = str(parts.hostname), _port(parts)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise InvalidOption(f"the host {host} of the webhook is not known") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        if not allow_private and not _is_public(address):
            raise InvalidOption(
                f"the webhook's host {host} is {address}, which is this machine or a "
                "private network; allow it with the setting webhook_allow_private"
            )
    return addresses[0]


def sign(secret: str, *, timestamp: int, body: bytes) -> str:
    """Return the signature of a message."""
    signed = f"{timestamp}.".encode() + body
    digest = hmac.new(secret.encode("utf-8"), signed, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"


def build_headers(
    *, secret: str, event: str, delivery: int, body: bytes, timestamp: int | None = None
) -> dict[str, str]:
    """Return the headers of a message that is sent now."""
    at = int(time.time()) if timestamp is None else timestamp
    return {
        "Content-Type": "application/json",
        "User-Agent": f"renderfarm/{farm.__version__}",
        "X-Farm-Event": event,
        "X-Farm-Delivery": str(delivery),
        "X-Farm-Timestamp": str(at),
        "X-Farm-Signature": sign(secret, timestamp=at, body=body),
    }


def post(
    url: str, body: bytes, *, headers: Mapping[str, str], allow_private: bool
) -> tuple[int | None, str | None]:
    """Send a message; return the HTTP status, and what went wrong.

    Redirects are not followed. The address that was checked is the one that is used,
    whatever a name server says a moment later.
    """
    try:
        parts = check_url(url)
        address = find_address(parts, allow_private=allow_private)
    except InvalidOption as error:
        return None, error.message
    connection = _Pinned(parts, address=address)
    # each wait has its limit; one who sends a byte at a time would keep us for ever
    limit = threading.Timer(MOST_SECONDS, connection.break_off)
    limit.daemon = True
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with closing(connection):
        limit.start()
        try:
            connection.request("POST", target, body=body, headers=dict(headers))
            status = connection.getresponse().status
        except (OSError, HTTPException) as error:
            return None, f"{parts.hostname} cannot be reached: {error!r}"
        finally:
            limit.cancel()
    if status in _OK:
        return status, None
    return status, f"{parts.hostname} answered {status}"


class _Pinned(HTTPConnection):
    """A connection to an address that was looked up before."""

    def __init__(self, parts: SplitResult, *, address: str) -> None:
        super().__init__(str(parts.hostname), _port(parts), timeout=TIMEOUT_SECONDS)
        self._address = address
        self._is_secure = parts.scheme == "https"
        self.default_port = _PORTS[parts.scheme]

    def connect(self) -> None:
        opened = socket.create_connection(
            (self._address, self.port), timeout=TIMEOUT_SECONDS
        )
        self.sock = opened
        if self._is_secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(
                opened, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def break_off(self) -> None:
        """Let whoever waits for the other side get an error."""
        if self.sock is not None:
            with suppress(OSError):  # it is closed, or was never connected
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS[parts.scheme]


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    checked = mapped or found
    return bool(checked.is_global and not checked.is_multicast)
