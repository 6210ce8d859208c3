"""What is told of a media file, by commands and by the Python API."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import pytest

from farm import Farm
from farm.ffmpeg.command import Command
from farm.ffmpeg.locate import find_ffmpeg
from farm.ffmpeg.run import run
from farm.settings import Settings
from farm.timeline.schemas import build_schema
from tests.acceptance.cli_helpers import CommandLine
from tests.misfits import misfits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from farm import Job

MEDIA_SCHEMA = build_schema("farm-media-1.schema.json")
ANALYSIS_SCHEMA = build_schema("farm-analysis-1.schema.json")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a film with a cut after one second, and a tone that ends there."""
    folder = tmp_path_factory.mktemp("media")
    graph = (
        "color=red:s=96x64:r=25:d=1[a];color=blue:s=96x64:r=25:d=1[b];"
        "[a][b]concat=n=2,setsar=1[v];"
        "aevalsrc='if(lt(t,1),0.5*sin(2000*PI*t),0)':s=48000:d=2[s]"
    )
    maps = ("-map", "[v]", "-map", "[s]", "-c:v", "libx264", "-c:a", "pcm_s16le")
    arguments = ("-filter_complex", graph, *maps, "film.mkv")
    run(
        Command(arguments=arguments, output="film.mkv"),
        ffmpeg=find_ffmpeg(Settings()),
        scratch=folder,
        stall_seconds=30,
        limit_seconds=30,
    )
    os.utime(folder / "film.mkv", (time.time() - 60, time.time() - 60))
    return folder / "film.mkv"


@pytest.fixture
def farm(tmp_path: Path) -> CommandLine:
    return CommandLine(folder=tmp_path)


def test_a_probe_on_the_command_line(farm: CommandLine, film: Path) -> None:
    told = farm.read("probe", film, "--keyframes", "--decode")
    shown = farm.run("probe", film).stdout

    assert misfits(told, MEDIA_SCHEMA, MEDIA_SCHEMA) == []
    assert told["video"][0]["decoded"]["count"] == 50
    assert told["video"][0]["keyframes"][0] == "0"
    assert told["audio"][0]["decoded"]["count"] == 96000
    assert "96x64" in shown
    assert "25 frames/s" in shown
    assert "key frames at" not in shown


def test_an_analysis_on_the_command_line(farm: CommandLine, film: Path) -> None:
    told = farm.read("analyse", film, "--reference", film)
    shown = farm.run("analyse", film, "--what", "scenes,silence").stdout
    written = farm.run("analyse", film, "--what", "scenes", "-o", "found.json")

    assert misfits(told, ANALYSIS_SCHEMA, ANALYSIS_SCHEMA) == []
    assert [scene["start"] for scene in told["scenes"]] == ["0", "1"]
    assert told["silence"] == [{"start": "1", "end": "2"}]
    assert told["quality"]["psnr"]["mean"] is None
    assert "scenes     2" in shown
    assert "loudness" not in shown
    assert written.stdout == f"{farm.folder / 'found.json'}\n"
    kept = json.loads((farm.folder / "found.json").read_text(encoding="utf-8"))
    assert (kept["scenes"], kept["silence"]) == (told["scenes"], None)


@pytest.mark.parametrize(
    ("options", "status", "says"),
    [
        (("--what", "colour"), 2, "'colour' cannot be measured; choose of scenes"),
        (("--what", "quality"), 2, "against a reference: name one"),
        (("--what", "scenes", "--scene-score", "0"), 2, "greater than 0"),
        (("-o", "/nowhere/a.json"), 2, "does not exist; make it first"),
        (("--reference", "/nowhere/b.mkv"), 1, "/nowhere/b.mkv"),
    ],
)
def test_a_wrong_analysis_ends_in_one_sentence(
    farm: CommandLine, film: Path, options: tuple[str, ...], status: int, says: str
) -> None:
    done = farm.run("analyse", film, *options)

    assert (done.returncode, done.stdout) == (status, "")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_what_was_told_is_taken_from_the_cache(tmp_path: Path, film: Path) -> None:
    time.sleep(max(0.0, film.stat().st_ctime + 3.5 - time.time()))  # it is settled
    with Farm.local(tmp_path / "farm", cpu_slots=1, media_roots=["/"]) as farm:
        asks: list[Callable[[], Job]] = [
            lambda: farm.probe(film),
            lambda: farm.probe(film, keyframes=True),
            lambda: farm.analyse(film, what=["scenes", "loudness"]),
        ]
        for ask in asks:
            first, again = ask().result(60), ask().result(60)
            assert first.facts == again.facts
            assert (first.tasks_reused, again.tasks_reused) == (0, 1)


def test_hardware_on_the_command_line(farm: CommandLine) -> None:
    told = farm.read("hwaccel")
    shown = farm.run("hwaccel", "--list", "filters")

    names = {proof["encoder"] for proof in told["hardware_encoders"]}
    assert "h264_nvenc" in names
    assert all(p["works"] != bool(p["why_not"]) for p in told["hardware_encoders"])
    assert {"encoders", "decoders", "formats", "filters", "pixel_formats"} <= set(told)
    assert "overlay" in shown.stdout
    assert farm.run("hwaccel", "--list", "nothing").returncode == 2
    assert farm.processes() == []
