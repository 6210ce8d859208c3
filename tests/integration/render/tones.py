"""Sounds of known content, and what is heard of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tests.integration.render.timelines import audio, clip, timeline

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.conftest import Render
    from tests.integration.render.measure import Array, Film
    from tests.integration.render.media import MediaFolder

RATE = 48000


def wave(media: MediaFolder, name: str, *expressions: str, seconds: float = 2) -> Path:
    joined = "|".join(expressions)
    layout = {1: "mono", 2: "stereo"}[len(expressions)]
    return media.make(
        f"wave-{name}.wav",
        *("-f", "lavfi", "-i", f"aevalsrc='{joined}':c={layout}:s={RATE}:d={seconds}"),
        *("-c:a", "pcm_f32le"),
    )


def tones(media: MediaFolder) -> Path:
    """Return three tones at once, of a tenth each."""
    parts = "+".join(f"0.1*sin(2*PI*{hertz}*t)" for hertz in (60, 1010, 9000))
    return wave(media, "tones", parts, parts)


def use(name: str, **parameters: object) -> dict[str, Any]:
    return {"name": name, "parameters": parameters}


def played(
    render: Render, source: Path, *effects: dict[str, Any], length: object = 2
) -> Film:
    return render(timeline(audio(clip(source, 0, length, audio_effects=list(effects)))))


def strength(film: Film, hertz: float, *, channel: int = 0) -> float:
    """Return the amplitude of a tone in the second half of a film."""
    heard = film.samples[channel, film.samples.shape[1] // 2 :]
    turn = np.exp(-2j * np.pi * hertz * np.arange(len(heard)) / RATE)
    return float(abs((heard * turn).mean()) * 2)


def decibels(ratio: float) -> float:
    return 20 * float(np.log10(max(ratio, 1e-9)))


def level(film: Film, start: float, end: float, *, channel: int = 0) -> float:
    heard: Array = film.samples[channel, round(start * RATE) : round(end * RATE)]
    return float(np.sqrt((heard**2).mean()))
