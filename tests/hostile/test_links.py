"""Links and folders that are turned while the farm looks at them."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING

import av
import pytest

from farm.errors import FarmError, InvalidJob, MediaForbidden, SourceChanged
from farm.ffmpeg.box import Box
from farm.ffmpeg.command import Command
from farm.ffmpeg.probe import probe_media
from tests.integration.ffmpeg.processes import run_it

if TYPE_CHECKING:
    from pathlib import Path

    from farm import Farm


def _plain(ffmpeg: Path, folder: Path, color: str, seconds: str) -> Path:
    folder.mkdir(exist_ok=True)
    source = f"color=c={color}:s=64x64:r=25:d={seconds}"
    arguments = ("-f", "lavfi", "-i", source, "-c:v", "ffv1", f"{color}.mkv")
    run_it(ffmpeg, folder, Command(arguments=arguments, output=f"{color}.mkv"))
    return folder / f"{color}.mkv"


@pytest.fixture
def allowed(ffmpeg: Path, media: Path) -> Path:
    return _plain(ffmpeg, media / "allowed", "green", "1")


@pytest.fixture
def forbidden(ffmpeg: Path, tmp_path: Path) -> Path:
    """Return a film outside, of another length."""
    return _plain(ffmpeg, tmp_path / "forbidden", "red", "2")


@pytest.mark.parametrize("way", ["file", "folder", "chain", "dots"])
def test_a_link_that_leads_out_is_refused(
    farm: Farm, media: Path, forbidden: Path, way: str, tmp_path: Path
) -> None:
    link = media / f"link-{way}"
    if way == "file":
        link.symlink_to(forbidden)
    elif way == "folder":
        link.symlink_to(forbidden.parent)
        link = link / forbidden.name
    elif way == "chain":
        (tmp_path / "middle").symlink_to(forbidden)
        link.symlink_to(tmp_path / "middle")
    else:
        link = media.joinpath(*[".."] * len(media.parts), *forbidden.parts[1:])
    for job in (farm.probe(link), farm.frame(link, tmp_path / "out.png", at=0)):
        job.wait(timeout=60)
        assert isinstance(job.error, MediaForbidden)
        assert "media_roots" in job.error.message
    assert not (tmp_path / "out.png").exists()


def test_a_link_within_the_folders_is_followed(
    farm: Farm, media: Path, allowed: Path, tmp_path: Path
) -> None:
    link = media / "within.mkv"
    link.unlink(missing_ok=True)
    link.symlink_to(allowed)
    farm.frame(link, tmp_path / "out.png", at=0).result(timeout=60)


def test_fonts_lie_where_sources_may_not(farm: Farm, tmp_path: Path) -> None:
    title = {"type": "title", "text": "Hello"}
    clip = {"type": "clip", "media": title, "duration": 1}
    timeline = {
        "format": "farm-timeline/1",
        "width": 64,
        "height": 48,
        "tracks": [{"kind": "video", "items": [clip]}],
    }
    farm.frame(timeline, tmp_path / "title.png", at=0).result(timeout=60)
    assert (tmp_path / "title.png").stat().st_size


class _Turning:
    """Turns a link between two targets, every few milliseconds."""

    def __init__(self, link: Path, *targets: Path) -> None:
        self._link, self._targets = link, targets
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._turn)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _turn(self) -> None:
        aside, chance = self._link.with_name("aside"), random.Random(1)  # noqa: S311
        while not self._end.is_set():
            for target in self._targets:
                aside.symlink_to(target)
                aside.replace(self._link)
                self._end.wait(chance.random() / 20)


def test_a_link_that_turns_leads_the_prober_nowhere_else(
    allowed: Path, forbidden: Path, media: Path
) -> None:
    link = media / "turning.mkv"
    link.unlink(missing_ok=True)
    link.symlink_to(allowed)
    box = Box(roots=(media.resolve(),))
    seen = refused = 0
    end = time.monotonic() + 60
    with _Turning(link, allowed, forbidden):
        while (seen < 10 or refused < 10) and time.monotonic() < end:
            try:
                assert probe_media(link, box=box).duration == 1
                seen += 1
            except InvalidJob:  # outside, or not what was checked
                refused += 1
    assert seen >= 10
    assert refused >= 10


def test_a_link_that_turns_leads_ffmpeg_nowhere_else(
    ffmpeg: Path, allowed: Path, forbidden: Path, media: Path, tmp_path: Path
) -> None:
    link = media / "turning.mkv"
    link.unlink(missing_ok=True)
    link.symlink_to(allowed)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    box = Box(roots=(media.resolve(),))
    command = Command(
        arguments=("-i", f"file:{link}", "-c", "copy", "out.mkv"),
        output="out.mkv",
        sources=(str(link),),
    )
    made = refused = 0
    end = time.monotonic() + 60
    with _Turning(link, allowed, forbidden):
        while (made < 5 or refused < 5) and time.monotonic() < end:
            try:
                run_it(ffmpeg, scratch, command, box=box)
            except FarmError:
                refused += 1
                continue
            made += 1
            with av.open(str(scratch / "out.mkv")) as container:
                assert container.duration == 1_000_000, "it leads out"
    assert made >= 5
    assert refused >= 5


def test_a_film_that_is_replaced_by_a_link_is_not_used(
    farm: Farm, media: Path, allowed: Path, forbidden: Path, tmp_path: Path
) -> None:
    """Its facts are known: what it leads to is looked at all the same."""
    film = media / "film.mkv"
    film.unlink(missing_ok=True)
    film.write_bytes(allowed.read_bytes())
    farm.frame(film, tmp_path / "a.png", at=0.5).result(timeout=60)
    film.unlink()
    film.symlink_to(forbidden)
    job = farm.frame(film, tmp_path / "b.png", at=0.5)
    job.wait(timeout=60)
    assert isinstance(job.error, MediaForbidden | SourceChanged)
    assert not (tmp_path / "b.png").exists()
