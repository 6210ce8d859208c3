from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from farm.objects.inputs import InputCache
from farm.objects.s3 import S3Options, S3Store
from tests.store_server import NAME, REGION, SECRET, StoreServer, make_bucket

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PART_BYTES = 5 * 1024**2  # the smallest that S3 takes


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreServer]:
    """A real S3 server, with an empty bucket ``media``."""
    server = StoreServer(log=tmp_path_factory.mktemp("store") / "log").start()
    try:
        make_bucket(server, "media")
        yield server
    finally:
        server.stop()


def options(url: str, name: str = NAME, secret: str = SECRET) -> S3Options:
    return S3Options(
        endpoint_url=url, region=REGION, access_key_id=name, secret_access_key=secret
    )


@pytest.fixture
def store(server: StoreServer) -> S3Store:
    return S3Store(options(server.url), part_bytes=PART_BYTES)


@pytest.fixture
def inputs(tmp_path: Path) -> InputCache:
    return InputCache(folder=tmp_path / "inputs", max_bytes=100_000_000)
