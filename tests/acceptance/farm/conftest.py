from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.acceptance.farm.rig import Rig

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """A farm with broker and coordinator, and no worker yet."""
    with Rig.started(tmp_path) as rig:
        yield rig
