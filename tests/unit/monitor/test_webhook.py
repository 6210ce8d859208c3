from __future__ import annotations

import hashlib
import hmac
import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from farm.errors import InvalidOption, InvalidSettings
from farm.monitor import webhook
from farm.monitor.webhook import (
    build_headers,
    check_alert_webhook,
    check_url,
    find_address,
    post,
    sign,
)
from farm.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://example.com/", "file:///etc/passwd", "gopher://x/", "/farm", ""),
        *("http://", "https://:80/", "http://user:secret@example.com/"),
        *("http://exa mple.com/", "http://example.com:99999/", "http://x/\r\nHost: y"),
    ],
)
def test_what_is_no_url_of_http_is_refused(url: str) -> None:
    with pytest.raises(InvalidOption, match="URL"):
        check_url(url)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "10.1.2.3", "192.168.1.1", "172.16.0.1"),
        *("169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1", "[::1]"),
        *("[::ffff:127.0.0.1]", "[fe80::1]", "[fd00::1]", "2130706433", "0x7f.1"),
    ],
)
def test_private_addresses_are_refused_unless_allowed(host: str) -> None:
    parts = check_url(f"http://{host}/farm")

    with pytest.raises(InvalidOption, match="webhook_allow_private"):
        find_address(parts, allow_private=False)
    assert find_address(parts, allow_private=True)


def test_public_addresses_are_allowed() -> None:
    parts = check_url("https://93.184.215.14:8443/farm?x=1")

    assert find_address(parts, allow_private=False) == "93.184.215.14"


def test_a_refused_address_is_never_asked() -> None:
    status, error = post("http://127.0.0.1:9/", b"{}", headers={}, allow_private=False)

    assert status is None
    assert "private network" in str(error)


def test_the_signature_is_hmac_of_timestamp_and_body() -> None:
    expected = hmac.new(b"secret", b'17.{"a":1}', hashlib.sha256).hexdigest()

    assert sign("secret", timestamp=17, body=b'{"a":1}') == f"sha256={expected}"
    headers = build_headers(
        secret="secret", event="x", delivery=3, body=b'{"a":1}', timestamp=17
    )
    assert headers["X-Farm-Signature"] == f"sha256={expected}"
    assert headers["X-Farm-Timestamp"] == "17"
    assert headers["X-Farm-Delivery"] == "3"


def test_alerts_are_not_sent_without_a_secret() -> None:
    with pytest.raises(InvalidSettings, match="webhook_secret"):
        check_alert_webhook(Settings.read(alert_webhook_url="https://example.com/"))
    with pytest.raises(InvalidSettings, match="alert_webhook_url"):
        check_alert_webhook(
            Settings.read(alert_webhook_url="smtp://x", webhook_secret="s")
        )


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """Take one connection, and do that with it; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            with suppress(OSError), server.accept()[0] as taken:
                taken.recv(65536)
                answer(taken)

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(10)


def test_redirects_are_not_followed_wherever_they_lead() -> None:
    """A public receiver could send us to what only we can reach."""
    asked = []
    with answering(lambda _: asked.append(1)) as inside:

        def redirect(taken: socket.socket) -> None:
            where = f"http://127.0.0.1:{inside}/latest/meta-data"
            taken.sendall(f"HTTP/1.1 307 T\r\nLocation: {where}\r\n\r\n".encode())

        with answering(redirect) as port:
            url = f"http://127.0.0.1:{port}/"
            status, error = post(url, b"{}", headers={}, allow_private=True)
        socket.create_connection(("127.0.0.1", inside)).close()  # let it end

    assert (status, error) == (307, "127.0.0.1 answered 307")
    assert asked == [1]  # by ourselves alone


def test_an_answer_that_trickles_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "MOST_SECONDS", 0.5)

    def trickle(taken: socket.socket) -> None:
        for _ in range(100):
            taken.sendall(b"H")
            time.sleep(0.05)

    start = time.monotonic()
    with answering(trickle) as port:
        found = post(f"http://127.0.0.1:{port}/", b"{}", headers={}, allow_private=True)
        took = time.monotonic() - start

    assert found[0] is None
    assert "cannot be reached" in str(found[1])
    assert took < 4
