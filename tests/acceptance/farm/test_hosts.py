"""A render goes through several hosts, and one of them is cut off in the middle."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from farm import Farm
from farm.ffmpeg.locate import find_ffmpeg
from farm.jobs.status import TaskStatus
from tests.acceptance.farm.hosts import VOLUME, Hosts, Network, why_not
from tests.acceptance.farm.rig import until
from tests.integration.jobs.postgres import start_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic import JsonValue

    from farm import Job

SECONDS = 12
FRAMES = SECONDS * 25
ONE, TWO = 2, 3
"""Addresses of the hosts."""


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[Hosts]:
    """A farm with two hosts, on one network."""
    if missing := why_not():
        pytest.skip(f"no hosts here: {missing}")
    network = Network()
    network.open()
    try:
        database = start_postgres(address=network.address(1))
    except BaseException:  # a skip too
        network.close()
        raise
    database.create("farm")
    url = f"postgresql://farm@{network.address(1)}/farm"
    farm = Hosts(folder=tmp_path / "farm", network=network, database_url=url)
    try:
        farm.folder.mkdir()
        farm.start_services()
        farm.start_host("one", host=ONE)
        farm.start_host("two", host=TWO)
        yield farm
    finally:
        farm.stop()
        database.stop()
        network.close()


def make_clip(path: Path, ffmpeg: Path) -> None:
    size = f"size=640x360:rate=25:duration={SECONDS}"
    pictures = ("-f", "lavfi", "-i", f"testsrc2={size}")
    sound = ("-f", "lavfi", "-i", f"sine=frequency=440:duration={SECONDS}")
    codecs = ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "pcm_s16le")
    argv = [str(ffmpeg), "-v", "error", *pictures, *sound, *codecs, str(path)]
    subprocess.run(argv, check=True)


def render(farm: Farm, clip: Path, name: str, *, named: str | None = None) -> Job:
    """Submit a render that encodes every picture, in many segments."""
    media: JsonValue = {"type": "file", "path": named or str(clip)}
    effects: JsonValue = [{"name": "contrast"}]
    timeline: JsonValue = {
        "format": "farm-timeline/1",
        "rate": 25,
        "width": 640,
        "height": 360,
        "tracks": [
            {
                "kind": "video",
                "items": [{"type": "clip", "media": media, "effects": effects}],
            },
            {"kind": "audio", "items": [{"type": "clip", "media": media}]},
        ],
    }
    assert isinstance(timeline, dict)
    output = clip.with_name(name)
    return farm.render(timeline, output, preset="source", segments=1.5, use_cache=False)


def digests(path: Path, ffmpeg: Path) -> list[str]:
    """Decode a file to its end, and return a line for each frame of each stream."""
    argv = [str(ffmpeg), "-v", "error", "-xerror", "-i", str(path)]
    decoded = subprocess.run(
        [*argv, "-f", "framemd5", "-"], check=True, capture_output=True, text=True
    )
    assert decoded.stderr == ""
    return [line for line in decoded.stdout.splitlines() if line[0] != "#"]


def is_online(farm: Farm, name: str) -> bool:
    return any(
        worker.state == "online" and worker.name.endswith(f"@{name}")
        for worker in farm.workers()
    )


def encoding_on(job: Job) -> set[str]:
    """Return on which hosts segments of a job are encoded now."""
    return {
        str(task.worker).partition("@")[2]
        for task in job.tasks()
        if task.name.startswith("segment") and task.status is TaskStatus.ACTIVE
    }


def hosts_of(job: Job, outcome: str) -> set[str]:
    """Return on which hosts the attempts at a job's segments ended so."""
    segments = {task.id for task in job.tasks() if task.name.startswith("segment")}
    return {
        str(attempt.worker).partition("@")[2]
        for attempt in job.attempts()
        if attempt.task_id in segments and attempt.outcome == outcome
    }


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_host_that_is_cut_off_in_a_render_changes_nothing_of_it(
    hosts: Hosts, tmp_path: Path
) -> None:
    ffmpeg = find_ffmpeg(hosts.settings)
    clip = tmp_path / "clip.mkv"
    make_clip(clip, ffmpeg)
    with Farm(hosts.settings, may_start=False) as farm:
        until(lambda: is_online(farm, "one") and is_online(farm, "two"), seconds=60)
        calm = render(farm, clip, "calm.mp4")
        calm.result(timeout=120)
        assert hosts_of(calm, "completed") == {"one", "two"}

        hurt = render(farm, clip, "hurt.mp4")
        until(lambda: encoding_on(hurt) == {"one", "two"}, seconds=60)
        hosts.network.cut(ONE)
        hurt.result(timeout=120)

        assert hosts_of(hurt, "stalled") == {"one"}
        assert "two" in hosts_of(hurt, "completed")
        until(lambda: not hosts.ffmpegs_of("one"), seconds=30)
        expected = digests(clip.with_name("calm.mp4"), ffmpeg)
        assert sum(line.startswith("0,") for line in expected) == FRAMES
        assert digests(clip.with_name("hurt.mp4"), ffmpeg) == expected
        until(lambda: not is_online(farm, "one"), seconds=60)

        # it comes back by itself, and what it did meanwhile counts for nothing
        hosts.network.mend(ONE)
        until(lambda: is_online(farm, "one"), seconds=60)
        hosts.network.cut(TWO)
        alone = render(farm, clip, "alone.mp4")
        alone.result(timeout=120)

        assert hosts_of(alone, "completed") == {"one"}
        assert digests(clip.with_name("alone.mp4"), ffmpeg) == expected
        assert digests(clip.with_name("hurt.mp4"), ffmpeg) == expected
    assert not list((hosts.folder / "scratch-one").iterdir())
    assert "Traceback" not in hosts.logs()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_hosts_with_other_mounts_render_one_timeline(hosts: Hosts) -> None:
    ffmpeg = find_ffmpeg(hosts.settings)
    clip = hosts.folder / "media" / "clip.mkv"
    make_clip(clip, ffmpeg)
    with Farm(hosts.settings, may_start=False) as farm:
        until(lambda: is_online(farm, "one") and is_online(farm, "two"), seconds=60)
        plain = render(farm, clip, "plain.mp4")
        plain.result(timeout=120)
        mapped = render(farm, clip, "mapped.mp4", named=f"{VOLUME}/clip.mkv")
        mapped.result(timeout=120)

        assert hosts_of(mapped, "completed") == {"one", "two"}
        commands = " ".join(str(attempt.argv) for attempt in mapped.attempts())
        for name in ("one", "two"):
            mount = hosts.folder / "mnt" / f"media-{name}"
            assert f"{mount}/clip.mkv" in commands
            assert not (mount / "clip.mkv").exists()  # for nobody but this host
    expected = digests(clip.with_name("plain.mp4"), ffmpeg)
    assert sum(line.startswith("0,") for line in expected) == FRAMES
    assert digests(clip.with_name("mapped.mp4"), ffmpeg) == expected
