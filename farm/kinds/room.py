"""How many bytes a task will write, about: to be reserved before it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from farm.errors import FarmError
from farm.jobs.status import TaskKind

if TYPE_CHECKING:
    from pathlib import Path

    from farm.jobs.records import Claim

_LOSSY = 0.05
_LOSSLESS = 1.0
"""Bytes a pixel: more than most pictures take."""
_LOSSLESS_ENCODERS = {"ffv1", "prores_ks", "huffyuv", "utvideo", "rawvideo"}
_JOINS = {TaskKind.CONCAT, TaskKind.COPY, TaskKind.JOIN_SOUND, TaskKind.PACKAGE}


def room_needed(claim: Claim, *, storage: Path) -> int:
    """Return how many bytes a task may write; 0 where it is little, or not known.

    Args:
        claim: of the task.
        storage: that the files of other tasks lie in.
    """
    payload = claim.task.payload if isinstance(claim.task.payload, dict) else {}
    needed = 0
    if claim.task.kind is TaskKind.SEGMENT:
        needed += _segment(payload, claim.task.frames)
    if claim.task.kind in _JOINS:
        found = sum(_size(storage, result) for result in claim.needs.values())
        # copied pieces are laid into a file of their own before the join
        needed += found * (2 if payload.get("copies") else 1)
    return needed


def _segment(payload: dict[str, Any], frames: int) -> int:
    size, preset = payload.get("size"), payload.get("preset")
    if not isinstance(size, list) or not isinstance(preset, dict):
        return 0
    if payload.get("copied"):
        return 0  # nothing is written of what is copied from its source
    video = preset.get("video", {})
    options = video.get("options", {})
    is_lossless = (
        video.get("encoder") in _LOSSLESS_ENCODERS
        or str(options.get("crf", options.get("qp", ""))) == "0"
    )
    each = int(size[0]) * int(size[1]) * (_LOSSLESS if is_lossless else _LOSSY)
    return int(frames * each)


def _size(storage: Path, result: object) -> int:
    name = result.get("file") if isinstance(result, dict) else None
    try:
        return (storage / str(name)).stat().st_size if name else 0
    except (OSError, FarmError):  # it may lie in an object store
        return 0
