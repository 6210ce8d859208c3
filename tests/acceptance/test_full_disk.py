"""A storage that fills up: one clear sentence, nothing half written, nothing lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from farm.ffmpeg.locate import find_ffmpeg
from farm.settings import Settings
from tests.acceptance.cli_helpers import CommandLine

if TYPE_CHECKING:
    from pathlib import Path

_OWN_MOUNTS = ("unshare", "--user", "--map-root-user", "--mount")
_NOISE = "nullsrc=s=320x180:r=25"
_GRAY = "geq=lum='random(1)*255':cb=128:cr=128"
#: Fills the storage with a render, makes room, and renders again.
_SCRIPT = """
mount -t tmpfs -o size=14m tmpfs storage
head -c 4000000 /dev/zero > storage/ballast
"$0" -m farm render edit.json -o out.mkv --preset lossless --json > first.json
echo $? > first
find storage -name '*.part' -size +0 > left
rm storage/ballast
"$0" -m farm render short.json -o short.mkv --preset lossless --json > second.json
echo $? > second
"""


@pytest.fixture
def farm(tmp_path: Path) -> CommandLine:
    return CommandLine(folder=tmp_path)


def _has_own_mounts() -> bool:
    """Whether a process may have file systems of its own here."""
    if shutil.which("unshare") is None:
        return False
    probe = [*_OWN_MOUNTS, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(probe, check=False, capture_output=True).returncode == 0


def _film(seconds: int, path: Path) -> str:
    clip = {
        "type": "clip",
        "media": {"type": "file", "path": str(path)},
        "source_range": {"start": "0", "duration": str(seconds)},
    }
    document = {"format": "farm-timeline/1", "rate": 25, "width": 320, "height": 180}
    tracks = [{"kind": "video", "items": [clip]}]
    return json.dumps(document | {"tracks": tracks})


@pytest.mark.slow
def test_a_full_storage_is_said_and_leaves_nothing_half_written(
    farm: CommandLine,
) -> None:
    if not _has_own_mounts():
        pytest.skip("this user may not mount a small file system")
    noise = farm.folder / "noise.mkv"
    subprocess.run(
        [
            *(str(find_ffmpeg(Settings())), "-loglevel", "error", "-f", "lavfi"),
            *(
                "-i",
                f"{_NOISE}:d=10,{_GRAY}",
            ),
            *("-c:v", "ffv1", "-pix_fmt", "yuv420p", str(noise)),
        ],
        check=True,
    )
    farm.write("edit.json", _film(10, noise))
    farm.write("short.json", _film(1, noise))
    farm.storage.mkdir()

    subprocess.run(
        [*_OWN_MOUNTS, "sh", "-c", _SCRIPT, sys.executable],
        cwd=farm.folder,
        env={
            **farm.environment(),
            "FARM_DISK_KEEP_BYTES": "200000",
            "FARM_DISK_WAIT_SECONDS": "3",
        },
        timeout=180,
        check=True,
    )

    def read(name: str) -> str:
        return (farm.folder / name).read_text("utf-8")

    assert (read("first"), read("left")) == ("1\n", "")
    failed = json.loads(read("first.json"))
    assert failed["status"] == "failed"
    assert "disk is full" in failed["error"]["message"]
    assert not (farm.folder / "out.mkv").exists()
    assert read("second") == "0\n"
    assert json.loads(read("second.json"))["status"] == "completed"
    assert (farm.folder / "short.mkv").stat().st_size > 500_000
