"""A preset is found by its name, whatever lies beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from farm.errors import InvalidOption, InvalidSettings, UnknownPreset
from farm.presets.catalog import find_preset, load_presets

if TYPE_CHECKING:
    from pathlib import Path

_OWN = """
what = "mine"
lines = 360
containers = [".mkv"]
[video]
encoder = "ffv1"
codec = "ffv1"
pix_fmt = "yuv420p"
piece_suffix = ".mkv"
[audio]
encoder = "flac"
codec = "flac"
piece_suffix = ".mka"
exact_samples = true
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bad.toml").write_text("limits = 3\n", encoding="utf-8")
    return tmp_path


def test_a_preset_beside_one_that_cannot_be_used_is_found(folder: Path) -> None:
    assert find_preset("h264-720p", [folder]).lines == 720


def test_a_preset_that_cannot_be_used_fails_the_job_that_names_it(
    folder: Path,
) -> None:
    """It is no error of the farm, which would be tried again for ever."""
    with pytest.raises(InvalidOption, match=r"bad\.toml cannot be used"):
        find_preset("bad", [folder])


def test_a_list_of_all_says_which_cannot_be_used(folder: Path) -> None:
    with pytest.raises(InvalidSettings, match=r"bad\.toml"):
        load_presets([folder])


def test_a_name_that_is_near_is_told() -> None:
    with pytest.raises(UnknownPreset, match="h264-720p"):
        find_preset("h264-72p")


def test_a_preset_of_the_user_wins(tmp_path: Path) -> None:
    (tmp_path / "h264-720p.toml").write_text(_OWN, encoding="utf-8")
    assert find_preset("h264-720p", [tmp_path]).lines == 360
