"""The real FFmpeg, and a scratch folder of each test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from farm.ffmpeg.command import Command
from farm.ffmpeg.locate import find_ffmpeg
from farm.settings import Settings
from tests.integration.ffmpeg.processes import LOSSLESS, forget_children, run_it

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


class Make(Protocol):
    """Makes a media file."""

    def __call__(self, *arguments: str) -> Path:
        """Run FFmpeg with these arguments, the last of which is the file's name."""


@pytest.fixture
def make(ffmpeg: Path, scratch: Path) -> Make:
    """Return what makes files in the scratch folder."""

    def make_file(*arguments: str) -> Path:
        run_it(ffmpeg, scratch, Command(arguments=arguments, output=arguments[-1]))
        return scratch / arguments[-1]

    return make_file


class MakeFilm(Protocol):
    """Makes a media file of a filter graph with the outputs v or a."""

    def __call__(self, graph: str, *options: str) -> Path:
        """Run FFmpeg; the last option is the file's name, without any lossless."""


@pytest.fixture
def make_film(make: Make) -> MakeFilm:
    """Return what makes films in the scratch folder."""

    def make_file(graph: str, *options: str) -> Path:
        name = options[-1] if options else "film.mkv"
        maps = [
            word
            for each in "va"
            if f"[{each}]" in graph
            for word in ("-map", f"[{each}]")
        ]
        return make("-filter_complex", graph, *maps, *(options[:-1] or LOSSLESS), name)

    return make_file
