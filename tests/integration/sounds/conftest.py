"""Sounds whose samples are known."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Protocol

import pytest

from farm.ffmpeg.locate import find_ffmpeg
from farm.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


class Make(Protocol):
    """Makes a media file by FFmpeg."""

    def __call__(self, name: str, *arguments: str) -> Path:
        """Run FFmpeg with the arguments and the name of the file."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings with a storage of the test's own."""
    return Settings(storage=tmp_path / "storage")


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return what makes media."""
    ffmpeg = str(find_ffmpeg(Settings()))

    def do(name: str, *arguments: str) -> Path:
        path = tmp_path / name
        command = [ffmpeg, "-v", "error", "-y", *arguments, str(path)]
        subprocess.run(command, check=True)
        return path

    return do
