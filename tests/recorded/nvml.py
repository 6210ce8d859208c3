"""The driver's library as a file recorded it: the same functions and errors."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pynvml

if TYPE_CHECKING:
    from collections.abc import Callable

GPUS = Path(__file__).with_name("gpus.json")
_ASKED = "nvmlDeviceGet"


class RecordedNvml:
    """Stands where the module `pynvml` does; a handle is a place in the file."""

    def __init__(self, path: Path = GPUS) -> None:
        recorded = json.loads(path.read_text(encoding="utf-8"))
        self._driver: str = recorded["driver"]
        self._gpus: list[dict[str, Any]] = recorded["gpus"]

    def nvmlInit(self) -> None:  # noqa: N802  # as NVIDIA calls it; likewise the others
        """Open it."""

    def nvmlShutdown(self) -> None:  # noqa: N802
        """Close it."""

    def nvmlSystemGetDriverVersion(self) -> str:  # noqa: N802
        return self._driver

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802
        return len(self._gpus)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:  # noqa: N802
        return index

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> int:  # noqa: N802
        for number, gpu in enumerate(self._gpus):
            if gpu["UUID"] == uuid:
                return number
        raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_FOUND)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return what answers a question about one GPU."""
        if not name.startswith(_ASKED):
            raise AttributeError(name)

        def ask(handle: int, *_: object) -> object:
            answer = self._gpus[handle].get(name.removeprefix(_ASKED))
            if answer is None:
                raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)
            return SimpleNamespace(**answer) if isinstance(answer, dict) else answer

        return ask
