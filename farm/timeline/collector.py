"""Let Python's collector rest while many records are made."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def without_collector() -> Iterator[None]:
    """Make many records that stay: none of them is garbage.

    The collector would look at all of them again and again as they grow in number, 40 %
    of the time that it takes to read 10,000 clips. It is that of the whole process:
    where that has turned it off, it stays so.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
