"""A farm in folders of any name, and commands whose surroundings are broken."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from farm.api.output import check_output
from farm.embedded.valkey import ValkeyServer, find_valkey
from farm.errors import InvalidOption
from tests.acceptance.farm.rig import until


@pytest.mark.parametrize("name", ['q"x', "back\\slash", "new\nline", "é 'x' #%&$~"])
def test_valkey_starts_in_a_folder_of_any_name(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    folder.mkdir()
    server = ValkeyServer(folder=folder)
    with subprocess.Popen(
        [str(find_valkey()), "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        process.stdin.write(os.fsencode(server.config))
        process.stdin.close()
        try:
            until(server.is_up)
            assert Path(f"/proc/{process.pid}/cwd").readlink() == folder
        finally:
            process.kill()


def farm(
    *arguments: str, cwd: Path, shell: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    command = ["bash", "-c", f'"$0" -m farm "$@" {shell}', sys.executable, *arguments]
    return subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "FARM_STORAGE": str(cwd / "storage"), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("shell", "environment", "status"),
    [
        (">&-", {}, 0),
        ("2>&-", {}, 0),
        (">/dev/full", {}, 1),
        ("", {"FARM_STORAGE": "x" * 300}, 1),
        ("", {"FARM_STORAGE": "y/" * 400}, 1),
    ],
)
def test_no_traceback_is_shown(
    shell: str, environment: dict[str, str], status: int, tmp_path: Path
) -> None:
    done = farm("jobs", cwd=tmp_path, shell=shell, **environment)

    assert done.returncode == status
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 1


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    (tmp_path / "edit.json").touch()
    arguments = ("frame", f"{tmp_path}/edit.json", "--at", "0", "-o", "a.png")
    cd = f'cd "{gone}" && rmdir "{gone}" && exec "$0" -m farm "$@"'

    done = subprocess.run(
        ["bash", "-c", cd, sys.executable, *arguments],
        env={**os.environ, "FARM_STORAGE": str(tmp_path / "storage")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 2
    assert "the current folder is gone" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_output_that_cannot_be_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")

    with pytest.raises(InvalidOption, match="no regular file"):
        check_output(tmp_path / "pipe.mp4")
    with pytest.raises(InvalidOption, match="File name too long"):
        check_output(tmp_path / f"{'x' * 300}.mp4")
    with pytest.raises(InvalidOption, match="no path"):
        check_output(None)  # type: ignore[arg-type]  # as a caller may


def test_an_output_that_is_a_link_is_written_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "out.mp4").symlink_to(tmp_path / "disk" / "real.mp4")

    assert check_output(tmp_path / "out.mp4") == tmp_path / "disk" / "real.mp4"
