"""What `farm doctor` finds, on this machine and on ill ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from farm.doctor import Check, State, examine
from farm.ffmpeg.locate import find_ffmpeg
from farm.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def look(**options: object) -> dict[str, Check]:
    return {check.name: check for check in examine(Settings.read(**options))}


def test_this_machine_is_well(tmp_path: Path) -> None:
    checks = look(storage=tmp_path)
    assert {name for name, check in checks.items() if check.state is State.FAILED} == (
        set()
    )
    assert {"ffmpeg", "filters", "encoder libx264", "encoder aac", "gpus"} <= set(
        checks
    )
    assert "proved" in checks["encoder libx264"].found
    assert checks["database"].found.startswith("sqlite")


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("storage", {"storage": "/proc/none"}),
        ("ffmpeg", {"ffmpeg_path": "/nowhere/ffmpeg"}),
        ("broker", {"broker_url": "redis://:secret@127.0.0.1:1/0"}),
        ("database", {"database_url": "postgresql://farm:secret@127.0.0.1:1/farm"}),
        ("folders", {"media_roots": ["/nowhere/media"]}),
        ("fonts", {"fonts_folder": "/nowhere/fonts"}),
    ],
)
def test_what_does_not_work_comes_with_a_fix(
    tmp_path: Path, name: str, option: dict[str, object]
) -> None:
    found = examine(Settings.read(**{"storage": tmp_path, **option}))
    check = next(check for check in found if check.name == name)
    assert check.state is State.FAILED
    assert check.fix
    assert "\n" not in check.found
    assert "secret" not in str(check)


@pytest.mark.parametrize(
    ("encoder", "state"), [("libx264", State.FAILED), ("libsvtav1", State.WARNING)]
)
def test_presets_that_lack_their_encoder_are_named(
    tmp_path: Path, encoder: str, state: State
) -> None:
    """An FFmpeg that lists an encoder and cannot use it."""
    program = tmp_path / "ffmpeg"
    error = f"[vost#0:0/{encoder} @ 0x1] [error] Error while opening encoder - maybe"
    program.write_text(
        f"#!/bin/sh\ncase \"$*\" in *'-c:v {encoder} '*) echo '{error}' >&2; exit 1;;"
        f' esac\nexec {find_ffmpeg(Settings())} "$@"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    checks = look(storage=tmp_path / "storage", ffmpeg_path=program)
    check = checks[f"encoder {encoder}"]
    assert check.state is state
    assert check.fix is not None
    assert ("av1-1080p" if encoder == "libsvtav1" else "h264-1080p") in check.fix
    assert checks["encoder libx265"].state is State.OK
