"""Media of the session, and renders that are decoded."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from farm.ffmpeg.locate import find_ffmpeg
from farm.presets.catalog import own_presets_folder
from farm.settings import Settings
from tests.here import render_here
from tests.integration.render.measure import Film, decode
from tests.integration.render.media import MediaFolder

if TYPE_CHECKING:
    from pathlib import Path


class Render(Protocol):
    """Renders a timeline and decodes what came out."""

    def __call__(self, timeline: dict[str, Any], **options: Any) -> Film:  # noqa: ANN401
        """Render losslessly in one piece, unless the options say otherwise."""


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> MediaFolder:
    """Return the folder of made media, shared by all processes of the session."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder = base / "media"
    folder.mkdir(exist_ok=True)
    return MediaFolder(folder=folder, ffmpeg=find_ffmpeg(Settings()))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings with a storage of the test's own."""
    return Settings(storage=tmp_path / "storage")


@pytest.fixture
def own_size(settings: Settings, tmp_path: Path) -> Settings:
    """Return settings in which every preset keeps the timeline's size."""
    folder = tmp_path / "presets"
    folder.mkdir()
    for path in own_presets_folder().glob("*.toml"):
        lines = path.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if not line.startswith("lines")]
        (folder / path.name).write_text("\n".join(kept), encoding="utf-8")
    return settings.model_copy(update={"preset_folders": [folder]})


@pytest.fixture
def render(settings: Settings) -> Render:
    """Return what renders a timeline and decodes the file."""
    return _renderer(settings)


@pytest.fixture(scope="module")
def shared_render(tmp_path_factory: pytest.TempPathFactory) -> Render:
    """Return the same for films that several tests look at."""
    return _renderer(Settings(storage=tmp_path_factory.mktemp("storage")))


def _renderer(settings: Settings) -> Render:
    def do(timeline: dict[str, Any], **options: Any) -> Film:  # noqa: ANN401
        done = render_here(
            timeline, settings=settings, **{"segments": "off", **options}
        )
        return decode(done.file)

    return do
