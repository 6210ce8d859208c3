"""Look at this machine: Python, folders, disk and fonts."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from farm.doctor.check import Check, State
from farm.errors import InvalidSettings
from farm.ffmpeg.box import Box, is_script
from farm.ffmpeg.locate import find_ffmpeg
from farm.ffmpeg.start import find_boxes
from farm.kinds.fonts import link_fonts
from farm.kinds.scripts import ALL_SCRIPTS
from farm.place import ObjectPath

if TYPE_CHECKING:
    from collections.abc import Iterator

    from farm.settings import Settings

_LITTLE_SPACE = 10 * 1024**3  # bytes
_TRIED_BYTES = 8 * 1024**2
_SLOW = 20 * 1024**2
"""Bytes a second, below which renders wait for the storage and not for the CPU."""


def look_at_python(_settings: Settings) -> Iterator[Check]:
    """Tell the version."""
    yield Check(name="python", found=platform.python_version())


def look_at_storage(settings: Settings) -> Iterator[Check]:
    """Write to it, whole and by rename, as results are; tell how fast it is."""
    folder = settings.storage_folder
    if isinstance(folder, ObjectPath):  # see objects.py
        return
    fix = "name a folder that can be written to: FARM_STORAGE or storage in farm.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".doctor-") as scratch:
            speed = _write(Path(scratch))
        free = shutil.disk_usage(folder).free
    except OSError as error:
        found = f"{folder}: {error.strerror or error}"
        yield Check(name="storage", state=State.FAILED, found=found, fix=fix)
        return
    found = f"{folder}, {free / 1024**3:.0f} GB free, {speed / 1024**2:.0f} MB/s"
    if free < _LITTLE_SPACE:
        fix = "make room; renders are kept there until published"
    elif speed < _SLOW:
        fix = "use a faster disk: what workers write there keeps them waiting"
    else:
        yield Check(name="storage", found=found)
        return
    yield Check(name="storage", state=State.WARNING, found=found, fix=fix)


def look_at_scratch(settings: Settings) -> Iterator[Check]:
    """Tell how much room there is for what is being made, where it is another disk."""
    folder = settings.scratch_folder
    while not folder.exists():
        folder = folder.parent
    storage = settings.storage_folder
    try:
        if not isinstance(storage, ObjectPath) and (
            folder.stat().st_dev == storage.stat().st_dev
        ):
            return
    except OSError:  # the storage says so itself
        return
    free = shutil.disk_usage(folder).free
    is_low = free < _LITTLE_SPACE
    yield Check(
        name="scratch",
        state=State.WARNING if is_low else State.OK,
        found=f"{settings.scratch_folder}, {free / 1024**3:.0f} GB free",
        fix="make room, or name another disk: FARM_SCRATCH" if is_low else None,
    )


def _write(folder: Path) -> float:
    """Return how fast a file came to the disk, in bytes a second."""
    data = os.urandom(_TRIED_BYTES)
    start = time.monotonic()
    with (folder / "aside").open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    (folder / "aside").replace(folder / "file")
    return _TRIED_BYTES / (time.monotonic() - start)


def look_at_folders(settings: Settings) -> Iterator[Check]:
    """See that the folders of the settings are there."""
    folders = [*settings.media_roots, *settings.preset_folders]
    if settings.fonts_folder is not None:
        folders.append(settings.fonts_folder)
    here = [each.expanduser() for each in folders if not isinstance(each, ObjectPath)]
    missing = [str(folder) for folder in here if not folder.is_dir()]
    yield Check(
        name="folders",
        state=State.FAILED if missing else State.OK,
        found=f"missing: {', '.join(missing)}" if missing else "all that are set exist",
        fix="make them, or change media_roots, preset_folders or fonts_folder"
        if missing
        else None,
    )


def look_at_sandbox(settings: Settings) -> Iterator[Check]:
    """Tell what keeps FFmpeg from files and from the network here."""
    boxes, box = find_boxes(), Box.of(settings)
    parts = [
        f"Landlock {boxes.landlock}" if boxes.landlock else "no Landlock",
        "seccomp" if boxes.seccomp else "no seccomp",
    ]
    found = f"{settings.sandbox}: {' and '.join(parts)}"
    state, fix = State.OK, None
    try:
        box.check(find_ffmpeg(settings))
    except InvalidSettings as error:
        state, found, fix = State.FAILED, error.message, "see sandbox in farm.toml"
    else:
        if settings.sandbox == "off":
            state, found = State.WARNING, "off: FFmpeg may read all that the farm may"
            fix = "set sandbox to auto, unless all sources come from people you trust"
        elif not boxes.landlock:
            state = State.WARNING
            fix = "use Linux 5.13 or newer, with landlock among its security modules"
        elif is_script(find_ffmpeg(settings)):
            state, found = State.WARNING, f"{found}; ffmpeg_path is a script"
            fix = "name the program itself: a script may read all files"
    yield Check(name="sandbox", state=state, found=found, fix=fix)


def look_at_fonts(settings: Settings) -> Iterator[Check]:
    """Count the fonts that titles may use."""
    with tempfile.TemporaryDirectory(prefix="farm-fonts-") as folder:
        try:
            link_fonts(Path(folder), settings, ALL_SCRIPTS)
        except InvalidSettings as error:
            found, fix = error.message, "see fonts_folder in config/farm.toml"
            yield Check(name="fonts", state=State.FAILED, found=found, fix=fix)
            return
        count = sum(1 for _ in (Path(folder) / "fonts").iterdir())
    yield Check(
        name="fonts",
        state=State.OK if count else State.FAILED,
        found=f"{count} files for titles",
        fix=None
        if count
        else "install the package again: its wheels of fonts are gone",
    )
