"""Where a result may be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from farm.api.output import check_output, check_sources
from farm.errors import InvalidOption

if TYPE_CHECKING:
    from pathlib import Path


def test_a_relative_output_becomes_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert check_output("out.MP4") == tmp_path / "out.MP4"


def test_a_source_is_not_overwritten_under_another_name(tmp_path: Path) -> None:
    source, link = tmp_path / "source.mp4", tmp_path / "link.mp4"
    source.touch()
    link.symlink_to(source)

    with pytest.raises(InvalidOption, match="is one of the sources"):
        check_sources(link, [str(tmp_path / "missing.mp4"), str(source)])


def test_a_file_that_is_no_source_may_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "old.mp4").touch()
    (tmp_path / "source.mp4").touch()

    check_sources(tmp_path / "old.mp4", [str(tmp_path / "source.mp4")])


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="does not exist; make it first"):
        check_output(tmp_path / "missing" / "out.mp4")


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(InvalidOption, match="does not exist"):
        check_output(tmp_path / "file" / "out.mp4")


def test_a_folder_in_place_of_the_output_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out.mp4").mkdir()

    with pytest.raises(InvalidOption, match="is a folder"):
        check_output(tmp_path / "out.mp4")


def test_a_folder_that_cannot_be_written_to_is_refused() -> None:
    with pytest.raises(InvalidOption, match="cannot be written to"):
        check_output("/proc/self/out.mp4")
