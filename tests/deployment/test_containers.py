"""The Compose file, started with a real engine; skipped where its images are not here.

`docs/deployment.md` tells how they are made, without a registry too.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from farm.embedded.valkey import free_port
from farm.ffmpeg.locate import find_ffmpeg
from farm.settings import Settings
from tests.acceptance.farm.rig import until

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SECONDS = 12
FRAMES = SECONDS * 25
MADE = ROOT / "config" / "docker" / "made.env"
PUBLIC = ("valkey/valkey:8.1", "postgres:17")


@dataclass(frozen=True, kw_only=True)
class Containers:
    """The farm of the Compose file, as a project of its own."""

    folder: Path
    compose: tuple[str, ...]
    flower_port: int

    @property
    def media(self) -> Path:
        return self.folder / "media"

    def run(self, *arguments: str) -> str:
        """Run Compose; return what it prints."""
        variables = {
            "FARM_MEDIA": str(self.media),
            "FARM_SECRETS": str(self.folder / "secrets"),
            "FLOWER_PORT": str(self.flower_port),
            "WORKER_CPUS": "1",
            "WORKER_SLOTS": "1",
        }
        done = subprocess.run(
            [*self.compose, *arguments],
            cwd=ROOT,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def submit(self, *arguments: str) -> str:
        return self.run("run", "--rm", "-T", "submit", *arguments).strip()

    def ask(self, *arguments: str) -> Any:  # noqa: ANN401  # plain data
        asked = ("exec", "-T", "coordinator", "farm", *arguments, "--json")
        return json.loads(self.run(*asked))


def _has_images(*names: str) -> bool:
    looked = ["docker", "image", "inspect", *names]
    return subprocess.run(looked, check=False, capture_output=True).returncode == 0


def _find_compose() -> tuple[str, ...]:
    """Return how Compose is called here, with the images that are here."""
    if shutil.which("docker") is None:
        pytest.skip("Docker is not installed")
    found: tuple[str, ...] = ("docker", "compose")
    if subprocess.run([*found, "version"], check=False, capture_output=True).returncode:
        found = ("docker-compose",)
    if shutil.which(found[0]) is None:
        pytest.skip("Compose is not installed")
    if _has_images("renderfarm", "farm-made/redis", "farm-made/postgres"):
        return (*found, "--env-file", str(MADE))
    if _has_images("renderfarm", *PUBLIC):
        return found
    pytest.skip("the images are not here; see docs/deployment.md")


@pytest.fixture
def containers(tmp_path: Path) -> Iterator[Containers]:
    compose = (*_find_compose(), "--project-name", f"farmtest{os.getpid()}")
    farm = Containers(folder=tmp_path, compose=compose, flower_port=free_port())
    farm.media.mkdir()
    farm.media.chmod(0o777)  # for the user of the containers
    secrets = ROOT / "config" / "docker" / "make-secrets.sh"
    subprocess.run([secrets, tmp_path / "secrets"], check=True)
    try:
        farm.run("up", "--detach", "--no-build", "--scale", "worker=2")
        until(lambda: len(farm.ask("workers")["workers"]) == 4, seconds=120)
        yield farm
    finally:
        farm.run("down", "--volumes")


def write_timeline(folder: Path, ffmpeg: Path) -> None:
    pictures = f"testsrc2=size=1280x720:rate=25:duration={SECONDS}"
    codec = ("-c:v", "libx264", "-preset", "ultrafast")
    clip = folder / "clip.mp4"
    argv = [str(ffmpeg), "-v", "error", "-f", "lavfi", "-i", pictures, *codec]
    subprocess.run([*argv, str(clip)], check=True)
    item = {
        "type": "clip",
        "media": {"type": "file", "path": clip.name},
        "effects": [{"name": "contrast"}],
    }
    timeline = {
        "format": "farm-timeline/1",
        "rate": 25,
        "width": 1280,
        "height": 720,
        "tracks": [{"kind": "video", "items": [item]}],
    }
    (folder / "edit.json").write_text(json.dumps(timeline))
    for file in folder.iterdir():
        file.chmod(0o644)


def digests(path: Path, ffmpeg: Path) -> list[str]:
    """Decode a file to its end, and return a line for each frame."""
    argv = [str(ffmpeg), "-v", "error", "-xerror", "-i", str(path)]
    decoded = subprocess.run(
        [*argv, "-f", "framemd5", "-"], check=True, capture_output=True, text=True
    )
    return [line for line in decoded.stdout.splitlines() if line[0] != "#"]


def status(url: str, *, login: str | None = None) -> int:
    """Return the status of an answer of Flower."""
    request = urllib.request.Request(url)  # noqa: S310
    if login is not None:
        shown = b64encode(login.encode()).decode()
        request.add_header("Authorization", f"Basic {shown}")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_container_that_is_killed_in_a_render_changes_nothing_of_it(
    containers: Containers,
) -> None:
    ffmpeg = find_ffmpeg(Settings.read())
    write_timeline(containers.media, ffmpeg)
    options = ("--preset", "source", "--segments", "3", "--no-cache")
    calm = containers.submit("render", "edit.json", "-o", "calm.mp4", *options)
    assert calm.splitlines()[-1] == "/media/calm.mp4"

    hurt = ("render", "edit.json", "-o", "hurt.mp4", *options, "--detach")
    job = containers.submit(*hurt).splitlines()[-1]
    busy: list[str] = []

    def find_busy() -> list[str]:
        tasks = containers.ask("job", job)["tasks"]
        busy.extend(
            task["worker"].partition("@")[2]
            for task in tasks
            if task["kind"] == "segment" and task["status"] == "active"
        )
        return busy

    until(find_busy, seconds=60)
    subprocess.run(["docker", "kill", busy[0]], check=True, capture_output=True)
    until(lambda: containers.ask("job", job)["status"] == "completed", seconds=180)
    attempts = containers.ask("job", job)["attempts"]
    lost = [each["worker"] for each in attempts if each["outcome"] == "stalled"]
    assert lost
    assert {worker.partition("@")[2] for worker in lost} == {busy[0]}

    expected = digests(containers.media / "calm.mp4", ffmpeg)
    assert len(expected) == FRAMES
    assert digests(containers.media / "hurt.mp4", ffmpeg) == expected
    page = f"http://127.0.0.1:{containers.flower_port}/flower/"
    login = (containers.folder / "secrets" / "flower_login").read_text().strip()
    assert (status(page), status(page, login=login)) == (401, 200)
