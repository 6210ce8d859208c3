"""HLS that is played while it is made, on a real farm: whole at every look."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

from farm import Farm
from farm.errors import JobCancelled
from farm.jobs.status import JobStatus
from tests.acceptance.cli_helpers import CommandLine, wait_until
from tests.integration.streams.packages import (
    joined,
    packet_times,
    picture_hashes,
    read_playlist,
)
from tests.numbered import make_numbered_film

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.streams.packages import Playlist

SECONDS, FPS = 30, 25
LISTS = ("video.m3u8", "audio.m3u8")


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    folder = tmp_path_factory.mktemp("farm")
    with Farm.local(folder, cpu_slots=2, segment_seconds=1) as farm:
        yield farm


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    return make_numbered_film(folder / "film.mp4", seconds=SECONDS)


def look(folder: Path) -> tuple[Playlist, Playlist] | None:
    """Read what a player would read now; all that it names is there."""
    if not (folder / "index.m3u8").exists():
        return None
    video, audio = (read_playlist(folder / name) for name in LISTS)
    for playlist in (video, audio):
        for name in (playlist.init, *playlist.segments):
            assert (folder / name).stat().st_size > 0
    return video, audio


def test_every_look_finds_a_package_that_can_be_played(
    farm: Farm, film: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "preview"
    job = farm.preview(film, folder, hls=True)
    seen: list[Playlist] = []
    while not job.status.is_final:
        if found := look(folder):
            video, audio = found
            if not seen or video.segments != seen[-1].segments:
                times = packet_times(joined(folder, video), "video")
                shown = sum(video.seconds) * FPS
                assert len(times) == shown
                seen.append(video)
            assert audio.segments
        time.sleep(0.02)
    result = job.result()
    video, audio = (read_playlist(folder / name) for name in LISTS)
    assert len(seen) > 2
    for early, late in zip(seen, [*seen[1:], video], strict=True):
        count = len(early.segments)
        assert early.segments == late.segments[:count]
        assert early.seconds == late.seconds[:count]
        assert early.tags["TARGETDURATION"] == late.tags["TARGETDURATION"]
    assert not seen[0].has_ended
    assert video.has_ended
    assert audio.has_ended
    assert len(picture_hashes(folder / "index.m3u8")) == SECONDS * FPS
    # what is there is what the result lists, and nothing else
    assert sorted(folder.iterdir()) == sorted(result.outputs)
    assert result.output == folder


def test_a_cancelled_preview_leaves_nothing(
    farm: Farm, film: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "preview"
    job = farm.preview(film, folder, hls=True, width=1920)
    wait_until((folder / "index.m3u8").exists, what="a player could start")
    job.cancel()
    with pytest.raises(JobCancelled):
        job.result()
    wait_until(lambda: not folder.exists(), what="all of it is gone")


def test_a_failed_preview_leaves_what_others_put_there(
    farm: Farm, film: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "preview"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    (folder / "video-00012.m4s").mkdir()  # no segment can take its place
    job = farm.preview(film, folder, hls=True, width=1000)
    wait_until((folder / "index.m3u8").exists, what="a player could start")
    assert job.wait(timeout=60) is JobStatus.FAILED
    assert "cannot be written" in str(job.error)
    wait_until(
        lambda: (
            {path.name for path in folder.iterdir()} == {"notes.txt", "video-00012.m4s"}
        ),
        what="all else is gone",
    )


def test_a_new_preview_takes_the_place_of_an_old_one(
    farm: Farm, film: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "preview"
    farm.preview(film, folder, hls=True).result(timeout=60)
    before = (folder / "video-00001.m4s").read_bytes()
    farm.preview(film, folder, hls=True, range=(5, 12)).result(timeout=60)
    assert (folder / "video-00001.m4s").read_bytes() != before
    assert len(picture_hashes(folder / "index.m3u8")) == 7 * FPS


def test_a_ladder_is_what_its_result_lists(
    farm: Farm, film: Path, tmp_path: Path
) -> None:
    result = farm.ladder(film, tmp_path / "ladder", range=(0, 3)).result(timeout=60)
    names = [path.name for path in result.outputs]
    assert names[-2:] == ["index.m3u8", "manifest.mpd"]  # what points comes last
    assert sorted(tmp_path.glob("ladder/*")) == sorted(result.outputs)
    assert len(picture_hashes(tmp_path / "ladder" / "index.m3u8")) == 3 * FPS


def test_ctrl_c_leaves_nothing(film: Path, tmp_path: Path) -> None:
    farm = CommandLine(folder=tmp_path)
    folder = tmp_path / "preview"
    with farm.start("preview", film, "--hls", folder, "--width", "1280") as command:
        wait_until((folder / "index.m3u8").exists, what="a player could start")
        command.send_signal(signal.SIGINT)
        assert command.wait(timeout=30) != 0
    wait_until(lambda: not folder.exists(), what="all of it is gone")


@pytest.mark.parametrize(
    "arguments", [(), ("-o", "a.mp4", "--hls", "b"), ("--hls", "no/where")]
)
def test_wrong_usage_is_said_at_once(
    film: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    farm = CommandLine(folder=tmp_path)
    made: subprocess.CompletedProcess[str] = farm.run("preview", film, *arguments)
    assert (made.returncode, made.stdout) == (2, "")
    assert len(made.stderr.splitlines()) == 1
