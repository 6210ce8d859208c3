"""What works on this machine, and how to mend what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.doctor.check import Check, State
from farm.doctor.machine import (
    look_at_folders,
    look_at_fonts,
    look_at_python,
    look_at_sandbox,
    look_at_scratch,
    look_at_storage,
)
from farm.doctor.objects import (
    look_at_buckets,
    look_at_input_cache,
    look_at_object_storage,
)
from farm.doctor.programs import look_at_ffmpeg
from farm.doctor.services import look_at_broker, look_at_database, look_at_workers
from farm.errors import FarmError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from farm.settings import Settings

__all__ = ["Check", "State", "examine"]


def examine(settings: Settings) -> Iterator[Check]:
    """Look at everything that a farm on this machine needs, one after the other."""
    for name, look, fix in _LOOKS:
        try:
            yield from look(settings)
        except FarmError as error:
            yield Check(name=name, state=State.FAILED, found=error.message, fix=fix)


_LOOKS: tuple[tuple[str, Callable[[Settings], Iterator[Check]], str], ...] = (
    ("python", look_at_python, ""),
    ("storage", look_at_storage, "name another folder: FARM_STORAGE"),
    ("storage", look_at_object_storage, ""),
    ("bucket", look_at_buckets, ""),
    ("input cache", look_at_input_cache, ""),
    ("scratch", look_at_scratch, ""),
    ("database", look_at_database, "see database_url in config/farm.toml"),
    ("folders", look_at_folders, ""),
    (
        "broker",
        look_at_broker,
        "start the broker, or see broker_url in config/farm.toml",
    ),
    ("workers", look_at_workers, ""),
    (
        "ffmpeg",
        look_at_ffmpeg,
        "install the imageio-ffmpeg wheel, or set ffmpeg_path to an FFmpeg of yours",
    ),
    ("sandbox", look_at_sandbox, "see ffmpeg_path in config/farm.toml"),
    ("fonts", look_at_fonts, ""),
)
