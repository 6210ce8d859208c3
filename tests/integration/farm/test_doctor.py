"""What `farm doctor` finds, on this machine and on ill ones."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

import pynvml
import pytest
from redis import Redis

from farm.cache.marks import leave_mark, mark_of, remove_mark, remove_old_marks
from farm.doctor import Check, State, examine
from farm.doctor.programs import look_at_ffmpeg
from farm.doctor.services import look_at_broker, look_at_workers
from farm.ffmpeg.locate import ffmpeg_version, find_ffmpeg
from farm.jobs.table import JobTable
from farm.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.farm.conftest import Valkey


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


def services(settings: Settings) -> dict[str, Check]:
    """Look at what machines share alone: the encoders of this one are tried above."""
    found = [*look_at_broker(settings), *look_at_workers(settings)]
    return {check.name: check for check in found}


def test_broker_that_drops_messages_is_told(tmp_path: Path, valkey: Valkey) -> None:
    settings = Settings.read(storage=tmp_path / "storage", broker_url=valkey.url)
    with Redis.from_url(valkey.url) as redis:
        redis.config_set("maxmemory", 100_000_000)
        redis.config_set("maxmemory-policy", "noeviction")
        assert services(settings)["broker"].state is State.OK
        redis.config_set("maxmemory-policy", "allkeys-lru")
        check = services(settings)["broker"]
    assert check.state is State.WARNING
    assert "allkeys-lru" in check.found
    assert "noeviction" in str(check.fix)


def register(settings: Settings, name: str, *, ffmpeg: str) -> None:
    with closing(JobTable.open(settings.database)) as table:
        table.register_worker(
            name=name,
            host=name,
            pid=1,
            queues=["cpu.batch"],
            slots=1,
            device=None,
            ffmpeg=ffmpeg,
        )


def test_workers_of_another_ffmpeg_or_storage_are_told(
    tmp_path: Path, valkey: Valkey
) -> None:
    settings = Settings.read(storage=tmp_path / "storage", broker_url=valkey.url)
    assert services(settings)["workers"].state is State.WARNING
    ours = ffmpeg_version(find_ffmpeg(settings))
    register(settings, "one", ffmpeg=ours)
    leave_mark(settings, "one")
    checks = services(settings)
    assert {check.state for check in checks.values()} == {State.OK}
    register(settings, "two", ffmpeg="n4.4")
    checks = services(settings)
    assert checks["versions"].state is State.WARNING
    assert "n4.4: two" in checks["versions"].found
    assert checks["shared storage"].state is State.FAILED
    assert checks["shared storage"].found.startswith("two do not see")


def test_marks_of_workers_killed_long_ago_go(tmp_path: Path) -> None:
    settings = Settings.read(storage=tmp_path)
    for name in ("old", "new"):
        leave_mark(settings, name)
    os.utime(mark_of(settings, "old"), (0, 0))
    remove_old_marks(settings)
    assert not mark_of(settings, "old").exists()
    assert mark_of(settings, "new").exists()
    remove_mark(settings, "new")
    assert not mark_of(settings, "new").exists()


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH, State.WARNING),
        (pynvml.NVML_ERROR_LIBRARY_NOT_FOUND, State.OK),
    ],
)
def test_driver_of_another_version_than_its_library_is_told(
    monkeypatch: pytest.MonkeyPatch, error: int, state: State
) -> None:
    """What NVIDIA's library answers after an update, until the machine is booted."""

    def refuse() -> None:
        raise pynvml.NVMLError(error)

    monkeypatch.setattr(pynvml, "nvmlInit", refuse)
    checks = {check.name: check for check in look_at_ffmpeg(Settings.read())}
    assert checks["gpus"].state is state
    assert bool(checks["gpus"].fix) is (state is State.WARNING)
