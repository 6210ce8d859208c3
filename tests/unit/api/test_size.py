"""Sizes are read as people write them."""

from __future__ import annotations

import pytest

from farm.api.size import read_bytes
from farm.errors import InvalidOption


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (1, 1),
        ("800", 800),
        ("25MB", 25_000_000),
        ("25 mb", 25_000_000),
        ("1.5kB", 1500),
        ("1.5GiB", 3 * 2**29),
        ("10kib", 10240),
        ("0.001B", 1),
    ],
)
def test_a_size_is_read(text: int | str, wanted: int) -> None:
    assert read_bytes(text) == wanted


@pytest.mark.parametrize("text", ["", "MB", "0", "0MB", "-3", "1e6", "nan", "5 pints"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(InvalidOption, match="is no size"):
        read_bytes(text)
