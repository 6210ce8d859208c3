"""Encode a mix as loud as is wanted: measured before, and again as it came out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from farm.ffmpeg.loudness import (
    FAR_LU,
    MOST_TRIES,
    NEAR_LU,
    build_loudness_command,
    first_level,
    how_wrong,
    next_level,
    read_heard,
)
from farm.ffmpeg.mix import build_mix_commands
from farm.kinds.reuse import Made

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import JsonValue

    from farm.ffmpeg.loudness import Heard, Level
    from farm.kinds.context import TaskContext
    from farm.kinds.payload import MixPayload
    from farm.timeline.loudness import LoudnessTarget


def mix_to_loudness(
    context: TaskContext, payload: MixPayload, *, target: LoudnessTarget
) -> Made:
    """Bring a finished sum to a loudness, and encode it."""
    (sound,) = payload.sound.strips[0].sounds
    before = _measure(context, sound.path, payload)
    if before.integrated is None:
        context.warnings.append(
            "the sound is silent, or shorter than 0.4 s: its loudness was not changed"
        )
        made = _encode(context, payload, None)
        return Made(path=made, facts={"loudness": _tell(target, before, before, None)})
    kept = context.scratch / f"kept{payload.preset.audio.piece_suffix}"
    level = first_level(before, target)
    best: tuple[tuple[float, float], Level, Heard] | None = None
    for _ in range(MOST_TRIES):
        made = _encode(context, payload, level)
        heard = _measure(context, made.name, payload)
        wrong = how_wrong(heard, target)
        if best is None or wrong < best[0]:
            best = wrong, level, heard
            made.replace(kept)
        if wrong[0] <= 0 and wrong[1] <= NEAR_LU:
            break
        level = next_level(level, heard, target)
    assert best is not None  # noqa: S101  # it was tried at least once
    wrong, level, heard = best
    _warn(context, wrong, heard, target)
    return Made(path=kept, facts={"loudness": _tell(target, before, heard, level)})


def _encode(context: TaskContext, payload: MixPayload, level: Level | None) -> Path:
    commands = build_mix_commands(payload.sound, payload.preset.audio, level=level)
    return [context.run(command) for command in commands][-1]


def _measure(context: TaskContext, path: str, payload: MixPayload) -> Heard:
    seconds = payload.sound.samples / payload.sound.sample_rate
    context.run(build_loudness_command(path, seconds=seconds))
    return read_heard(context.scratch)


def _warn(
    context: TaskContext,
    wrong: tuple[float, float],
    heard: Heard,
    target: LoudnessTarget,
) -> None:
    over, off = wrong
    if over > 0:
        context.warnings.append(
            f"the true peak is {heard.true_peak:.2f} dBTP, "
            f"above the {target.true_peak:g} that were wanted"
        )
    if off > FAR_LU:
        loud = "silent" if heard.integrated is None else f"{heard.integrated:.1f} LUFS"
        context.warnings.append(
            f"the sound is {loud} instead of {target.integrated:g} LUFS: more cannot "
            f"be had with no peak above {target.true_peak:g} dBTP"
        )


def _tell(
    target: LoudnessTarget, before: Heard, after: Heard, level: Level | None
) -> dict[str, JsonValue]:
    """Return what was wanted, what was there, what was done, and what came out."""
    return {
        "target": target.integrated,
        "true_peak_limit": target.true_peak,
        "before": _plain(before),
        "gain_db": 0.0 if level is None else round(level.gain_db, 2),
        "limited": level is not None and level.limit_db is not None,
        **_plain(after),
    }


def _plain(heard: Heard) -> dict[str, JsonValue]:
    peak = round(heard.true_peak, 2) if math.isfinite(heard.true_peak) else None
    return {"integrated": heard.integrated, "true_peak": peak}
