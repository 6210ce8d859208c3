"""What FFmpeg and the machine can do, by trying."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import farm.effects
import farm.ffmpeg
from farm.ffmpeg.analyse import ANALYSIS_FILTERS
from farm.ffmpeg.capabilities import (
    EFFECT_FILTERS,
    FILTERS,
    GPU_FILTERS,
    LOOK_FILTERS,
    find_gpus,
    list_filters,
    prove_encoder,
)
from farm.ffmpeg.discover import find_coders
from farm.ffmpeg.locate import ffmpeg_version
from tests.integration.ffmpeg.processes import write_program


def test_version_of_ffmpeg(ffmpeg: Path) -> None:
    assert re.match(r"n?\d+\.\d+", ffmpeg_version(ffmpeg))


def test_encoders_and_filters_are_listed(ffmpeg: Path) -> None:
    kinds = {each.name: each.kind for each in find_coders(ffmpeg, "encoders")}
    assert (kinds["libx264"], kinds["aac"]) == ("video", "audio")
    assert {"overlay", "xfade", "ass"} <= list_filters(ffmpeg)


def test_this_ffmpeg_has_all_filters_that_the_farm_uses(ffmpeg: Path) -> None:
    assert list_filters(ffmpeg) >= FILTERS | EFFECT_FILTERS | ANALYSIS_FILTERS


def test_filters_that_graphs_name_are_known() -> None:
    """A graph with a new filter must not forget to tell `farm doctor`."""
    called = re.compile(r'filter(?:_multi_output)?\(\s*(?:[\w.()\[\], ]+,\s*)?"(\w+)"')
    folder = Path(farm.ffmpeg.__file__).parent
    used = {
        name
        for path in folder.glob("*.py")
        for name in called.findall(path.read_text(encoding="utf-8"))
    }
    assert len(used) > 10
    others = ANALYSIS_FILTERS | GPU_FILTERS | LOOK_FILTERS
    assert used - FILTERS == others & used
    assert used >= ANALYSIS_FILTERS


def test_filters_that_effects_name_are_known() -> None:
    called = re.compile(r'(?:filter_of|Filter)\(\s*(?:name=)?"(\w+)"')
    folder = Path(farm.effects.__file__).parent
    used = {
        name
        for path in folder.rglob("*.py")
        for name in called.findall(path.read_text(encoding="utf-8"))
    }
    assert used - FILTERS == EFFECT_FILTERS - LOOK_FILTERS


@pytest.mark.parametrize(
    ("encoder", "is_picture"),
    [("libx264", True), ("aac", False), ("ffv1", True), ("libopus", False)],
)
def test_an_encoder_is_proved(ffmpeg: Path, encoder: str, *, is_picture: bool) -> None:
    assert prove_encoder(encoder, ffmpeg=ffmpeg, is_picture=is_picture).works


def test_an_encoder_that_is_missing_is_told(ffmpeg: Path) -> None:
    proof = prove_encoder("libx999", ffmpeg=ffmpeg, is_picture=True)
    assert not proof.works
    assert "libx999" in proof.why_not


def test_an_encoder_that_is_listed_and_fails_is_told(tmp_path: Path) -> None:
    error = "[vost#0:0/x @ 0x1] [error] Error while opening encoder - maybe"
    ffmpeg = write_program(tmp_path / "ffmpeg", f"echo '{error}' >&2; exit 1")
    proof = prove_encoder("x", ffmpeg=ffmpeg, is_picture=True)
    assert "encoder x does not work here" in proof.why_not


def test_gpus_are_found_or_none() -> None:
    for gpu in find_gpus():
        assert gpu.memory_bytes > 0
        assert gpu.name
