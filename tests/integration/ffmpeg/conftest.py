"""The real FFmpeg, and a scratch folder of each test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from farm.ffmpeg.locate import find_ffmpeg
from farm.settings import Settings
from tests.integration.ffmpeg.processes import forget_children

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def ffmpeg() -> Path:
    """Return the FFmpeg of the wheel."""
    return find_ffmpeg(Settings())


@pytest.fixture(autouse=True)
def _count_children_from_here() -> None:
    forget_children()


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """Return an empty scratch folder."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder
