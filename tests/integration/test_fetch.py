"""Files of https addresses: from allowed hosts, whole, and bounded."""

from __future__ import annotations

import ssl
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from farm import Farm
from farm.errors import (
    FarmError,
    InvalidOption,
    MediaForbidden,
    MediaMissing,
    MediaTooLarge,
    TaskFailed,
)
from farm.fetch import Fetching, fetch, is_public

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILM = b"a film" * 10_000


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kind = self.path.partition("?")[0].strip("/")
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        if kind == "moved":
            self.send_response(302)
            self.send_header("Location", "https://127.0.0.1/secret")
            self.end_headers()
        elif kind in {"film", "short", "endless"}:
            self.send_response(200)
            if kind != "endless":
                self.send_header("Content-Length", str(len(FILM)))
            self.end_headers()
            self.wfile.write(FILM if kind == "film" else FILM[:1000])
            while kind == "endless":
                self.wfile.write(FILM)
        else:
            self.send_error(404 if kind == "none" else 500)

    def log_message(self, *_: Any) -> None:  # noqa: ANN401
        pass


def make_certificate(folder: Path) -> None:
    """Write a key, and a certificate for this machine that is signed with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert").write_bytes(made.public_bytes(pem))
    (folder / "key").write_bytes(
        key.private_bytes(
            pem,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[ThreadingHTTPServer, Fetching]]:
    """Serve as ``localhost`` with a certificate of its own, which is trusted here."""
    folder = tmp_path_factory.mktemp("tls")
    make_certificate(folder)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(folder / "cert", folder / "key")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.asked = []  # type: ignore[attr-defined]
    server.socket = served.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who hangs up
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield (
        server,
        Fetching(
            hosts=frozenset({"localhost"}),
            max_bytes=1_000_000,
            limit_seconds=20,
            may_call=lambda address: address in {"127.0.0.1", "::1"},
            context=ssl.create_default_context(cafile=str(folder / "cert")),
        ),
    )
    server.shutdown()
    thread.join()
    server.server_close()


Served = tuple[ThreadingHTTPServer, Fetching]


def _url(served: Served, path: str, host: str = "localhost") -> str:
    return f"https://{host}:{served[0].server_address[1]}/{path}"


def test_a_file_comes_whole(server: Served, tmp_path: Path) -> None:
    target = tmp_path / "film.mp4"
    assert fetch(_url(server, "film?a=1"), target, server[1]) == len(FILM)
    assert target.read_bytes() == FILM
    assert server[0].asked[-1] == "/film?a=1"  # type: ignore[attr-defined]
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("path", "error", "words"),
    [
        ("moved", MediaForbidden, "sends on to another address"),
        ("none", MediaMissing, "answered 404"),
        ("broken", TaskFailed, "answered 500"),
        ("short", TaskFailed, "localhost"),
        ("endless", MediaTooLarge, "https_max_bytes"),
    ],
)
def test_what_does_not_come_whole_leaves_nothing(
    server: Served, tmp_path: Path, path: str, error: type[FarmError], words: str
) -> None:
    with pytest.raises(error, match=words):
        fetch(_url(server, path), tmp_path / "film.mp4", server[1])
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_says_that_it_is_larger_is_not_read(
    server: Served, tmp_path: Path
) -> None:
    with pytest.raises(MediaTooLarge):
        fetch(_url(server, "film"), tmp_path / "a", replace(server[1], max_bytes=1000))


@pytest.mark.parametrize(
    "change",
    [
        {"hosts": frozenset()},
        {"hosts": frozenset({"example.org"})},
        {"may_call": is_public},
    ],
)
def test_a_host_that_is_not_allowed_is_not_called(
    server: Served, tmp_path: Path, change: dict[str, Any]
) -> None:
    before = len(server[0].asked)  # type: ignore[attr-defined]
    with pytest.raises(MediaForbidden):
        fetch(_url(server, "film"), tmp_path / "a", replace(server[1], **change))
    assert len(server[0].asked) == before  # type: ignore[attr-defined]
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_who_it_says_is_refused(
    server: Served, tmp_path: Path
) -> None:
    stranger = replace(server[1], context=ssl.create_default_context())
    with pytest.raises(TaskFailed, match="certificate"):
        fetch(_url(server, "film"), tmp_path / "a", stranger)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/a",
        "file:///etc/passwd",
        "ftp://localhost/a",
        "https:///a",
        "https://user:word@localhost/a",
        "https://localhost:0/a",
        "https://localhost:99999/a",
        "https://localhost/a b",
        "https://localhost/a\r\nHost: b",
        "concat:https://localhost/a",
        "",
    ],
)
def test_what_is_no_address_of_https_is_wrong_usage(
    server: Served, tmp_path: Path, url: str
) -> None:
    with pytest.raises(InvalidOption):
        fetch(url, tmp_path / "a", server[1])


@pytest.mark.parametrize(
    ("address", "is_it"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        *((each, False) for each in ("127.0.0.1", "10.0.0.1", "172.16.0.1", "::1")),
        *((each, False) for each in ("192.168.1.1", "169.254.169.254", "0.0.0.0")),
        *((each, False) for each in ("100.64.0.1", "224.0.0.1", "fe80::1%eth0")),
        *((each, False) for each in ("fd00::1", "::ffff:127.0.0.1", "2002:7f00:1::")),
        *(
            (each, False)
            for each in ("255.255.255.255", "::", "64:ff9b:1::a00:1", "64:ff9b::a00:1")
        ),
    ],
)
def test_private_addresses_are_known(address: str, *, is_it: bool) -> None:
    assert is_public(address) == is_it


def test_nothing_is_fetched_unless_it_is_asked_for(tmp_path: Path) -> None:
    with (
        Farm.local(tmp_path / "farm") as farm,
        pytest.raises(MediaForbidden, match="https_hosts: none"),
    ):
        farm.fetch("https://example.org/film.mp4", tmp_path / "film.mp4")
