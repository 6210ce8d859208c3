"""What works on this machine, and how to mend what does not."""

from __future__ import annotations

import platform
import shutil
import tempfile
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from farm.broker import Broker
from farm.embedded import find_running_farm
from farm.embedded.valkey import find_valkey
from farm.errors import FarmError, InvalidSettings
from farm.ffmpeg.analyse import ANALYSIS_FILTERS
from farm.ffmpeg.capabilities import (
    FILTERS,
    find_gpus,
    list_filters,
    prove_encoder,
)
from farm.ffmpeg.hardware import prove_hardware
from farm.ffmpeg.locate import ffmpeg_version, find_ffmpeg
from farm.jobs.status import Queue
from farm.jobs.table import JobTable
from farm.kinds.fonts import link_fonts
from farm.presets.catalog import load_presets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import JsonValue

    from farm.settings import Settings

_LITTLE_SPACE = 10 * 1024**3  # bytes
#: Presets that play everywhere need these.
_ENCODERS_OF_MOST = frozenset({"libx264", "aac"})
#: Of all that can be on hardware, what renders are made for.
_GPU_ENCODERS = frozenset(
    f"{codec}_{way}"
    for way in ("nvenc", "vaapi", "qsv")
    for codec in ("h264", "hevc", "av1")
)
_CLOCK_SECONDS = 2.0  # off by more than this confuses people who read times


class State(StrEnum):
    """How a check went."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    name: str
    state: State = State.OK
    found: str
    fix: str | None = None
    """What to do about it."""

    def to_json(self) -> dict[str, JsonValue]:
        """Return it as plain data."""
        return {**asdict(self), "state": self.state.value}


def examine(settings: Settings) -> Iterator[Check]:
    """Look at everything that a farm on this machine needs, one after the other."""
    for name, look, fix in _LOOKS:
        try:
            yield from look(settings)
        except FarmError as error:
            yield Check(name=name, state=State.FAILED, found=error.message, fix=fix)


def _python(_settings: Settings) -> Iterator[Check]:
    yield Check(name="python", found=platform.python_version())


def _storage(settings: Settings) -> Iterator[Check]:
    folder = settings.storage_folder
    fix = "name a folder that can be written to: FARM_STORAGE or storage in farm.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".doctor-") as scratch:
            aside = Path(scratch) / "aside"
            aside.write_bytes(b"1")
            aside.replace(Path(scratch) / "file")
        free = shutil.disk_usage(folder).free
    except OSError as error:
        found = f"{folder}: {error.strerror or error}"
        yield Check(name="storage", state=State.FAILED, found=found, fix=fix)
        return
    is_little = free < _LITTLE_SPACE
    yield Check(
        name="storage",
        state=State.WARNING if is_little else State.OK,
        found=f"{folder}, {free / 1024**3:.0f} GB free",
        fix="make room; renders are kept there until published" if is_little else None,
    )


def _database(settings: Settings) -> Iterator[Check]:
    with closing(JobTable.open(settings.database)) as table:
        off = table.now() - time.time()
    kind = settings.database.partition(":")[0]
    yield Check(name="database", found=f"{kind}, at the newest migration")
    is_off = abs(off) > _CLOCK_SECONDS
    yield Check(
        name="clock",
        state=State.WARNING if is_off else State.OK,
        found=f"{off:+.1f} s from the database's",
        fix="let both machines set their clocks by NTP" if is_off else None,
    )


def _broker(settings: Settings) -> Iterator[Check]:
    running = find_running_farm(settings)
    url = settings.broker_url or (running.broker_url if running else None)
    if url is None:
        found = f"none is set; a private farm starts {find_valkey()}"
    else:
        with Broker(url, queues=[queue.value for queue in Queue]) as broker:
            waiting = sum(len(broker.waiting(queue.value)) for queue in Queue)
        whose = "of the farm that runs here" if running else "of the settings"
        found = f"the one {whose} answers; {waiting} messages wait"
    yield Check(name="broker", found=found)


def _workers(settings: Settings) -> Iterator[Check]:
    with closing(JobTable.open(settings.database)) as table:
        workers = table.workers()
    online = sum(worker.state == "online" for worker in workers)
    is_needed = settings.broker_url is not None and not online
    yield Check(
        name="workers",
        state=State.WARNING if is_needed else State.OK,
        found=f"{online} online",
        fix="start one on each machine: farm worker cpu" if is_needed else None,
    )


def _media(settings: Settings) -> Iterator[Check]:
    folders = [*settings.media_roots, *settings.preset_folders]
    if settings.fonts_folder is not None:
        folders.append(settings.fonts_folder)
    missing = [str(folder) for folder in folders if not folder.expanduser().is_dir()]
    yield Check(
        name="folders",
        state=State.FAILED if missing else State.OK,
        found=f"missing: {', '.join(missing)}" if missing else "all that are set exist",
        fix="make them, or change media_roots, preset_folders or fonts_folder"
        if missing
        else None,
    )


def _ffmpeg(settings: Settings) -> Iterator[Check]:
    ffmpeg = find_ffmpeg(settings)
    yield Check(name="ffmpeg", found=f"{ffmpeg_version(ffmpeg)} at {ffmpeg}")
    missing = FILTERS - list_filters(ffmpeg)
    yield Check(
        name="filters",
        state=State.FAILED if missing else State.OK,
        found=f"missing: {', '.join(sorted(missing))}"
        if missing
        else f"all {len(FILTERS)} that the farm uses",
        fix="unset ffmpeg_path, or name an FFmpeg with these" if missing else None,
    )
    unmeasured = ANALYSIS_FILTERS - list_filters(ffmpeg)
    yield Check(
        name="analysis",
        state=State.WARNING if unmeasured else State.OK,
        found=f"missing: {', '.join(sorted(unmeasured))}"
        if unmeasured
        else f"all {len(ANALYSIS_FILTERS)} filters that measure",
        fix="renders work; `farm analyse` needs them: unset ffmpeg_path"
        if unmeasured
        else None,
    )
    yield from _encoders(settings, ffmpeg)
    yield from _gpus(ffmpeg)


def _encoders(settings: Settings, ffmpeg: Path) -> Iterator[Check]:
    """Try the encoder of every preset."""
    users: dict[tuple[str, bool], list[str]] = {}
    for preset in load_presets(settings.preset_folders).values():
        users.setdefault((preset.video.encoder, True), []).append(preset.name)
        users.setdefault((preset.audio.encoder, False), []).append(preset.name)
    for (encoder, is_picture), presets in users.items():
        proof = prove_encoder(encoder, ffmpeg=ffmpeg, is_picture=is_picture)
        yield Check(
            name=f"encoder {encoder}",
            state=State.OK if proof.works else _without(encoder),
            found=f"works, proved in {proof.seconds:.2f} s"
            if proof.works
            else proof.why_not,
            fix=None
            if proof.works
            else f"unset ffmpeg_path, or do without: {', '.join(presets)}",
        )


def _without(encoder: str) -> State:
    """Return how bad it is to lack an encoder: a few presets, or most of them."""
    return State.FAILED if encoder in _ENCODERS_OF_MOST else State.WARNING


def _gpus(ffmpeg: Path) -> Iterator[Check]:
    gpus = find_gpus()
    shown = "; ".join(
        f"{gpu.index}: {gpu.name}, {gpu.memory_bytes / 1024**3:.0f} GB" for gpu in gpus
    )
    yield Check(name="gpus", found=shown or "none of NVIDIA; the CPU does the work")
    proofs = prove_hardware(ffmpeg, only=_GPU_ENCODERS)
    working = [*dict.fromkeys(proof.encoder for proof in proofs if proof.works)]
    why_not = next((proof.why_not for proof in proofs if not proof.works), "")
    is_lost = bool(gpus) and not working
    yield Check(
        name="gpu encoders",
        state=State.WARNING if is_lost else State.OK,
        found=", ".join(working) or "none; the CPU encodes",
        fix=f"see whether this GPU has an encoder, and its driver: {why_not}"
        if is_lost
        else None,
    )


def _fonts(settings: Settings) -> Iterator[Check]:
    with tempfile.TemporaryDirectory(prefix="farm-fonts-") as folder:
        try:
            link_fonts(Path(folder), settings)
        except InvalidSettings as error:
            found, fix = error.message, "see fonts_folder in config/farm.toml"
            yield Check(name="fonts", state=State.FAILED, found=found, fix=fix)
            return
        count = sum(1 for _ in (Path(folder) / "fonts").iterdir())
    yield Check(
        name="fonts",
        state=State.OK if count else State.FAILED,
        found=f"{count} files for titles",
        fix=None if count else "install the fontpkg-noto-sans wheel again",
    )


_LOOKS: tuple[tuple[str, Callable[[Settings], Iterator[Check]], str], ...] = (
    ("python", _python, ""),
    ("storage", _storage, "name another folder: FARM_STORAGE"),
    ("database", _database, "see database_url in config/farm.toml"),
    ("folders", _media, ""),
    ("broker", _broker, "start the broker, or see broker_url in config/farm.toml"),
    ("workers", _workers, ""),
    (
        "ffmpeg",
        _ffmpeg,
        "install the imageio-ffmpeg wheel, or set ffmpeg_path to an FFmpeg of yours",
    ),
    ("fonts", _fonts, ""),
)
