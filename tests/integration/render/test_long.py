"""Half an hour: nothing drifts, and nothing is lost or said twice."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from tests.here import render_here
from tests.integration.render.timelines import change, clip, timeline, video

if TYPE_CHECKING:
    from pathlib import Path

    from farm.settings import Settings
    from tests.integration.render.media import MediaFolder

RATE = Fraction(30000, 1001)
CLIPS, CLIP_FRAMES = 180, 300
MARK_FRAME = 250
"""Of each clip, the frame that is white while a tone is heard."""


def marked(media: MediaFolder) -> Path:
    """Return a film of 12 s, black and silent but for one frame."""
    at, length = MARK_FRAME / RATE, 1 / RATE
    inside = f"between(t,{float(at - length / 2):.6f},{float(at + length / 2):.6f})"
    heard = f"gte(t,{float(at):.9f})*lt(t,{float(at + length):.9f})"
    return media.make(
        "marked.mkv",
        *("-f", "lavfi", "-i", f"color=black:s=64x36:r={RATE}:d=12"),
        *("-f", "lavfi", "-i", f"aevalsrc='0.5*sin(2*PI*1000*t)*{heard}':s=48000:d=12"),
        *("-vf", f"drawbox=color=white:t=fill:enable='{inside}'"),
        *("-c:v", "ffv1", "-c:a", "pcm_s16le"),
    )


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_half_an_hour_ends_in_step(media: MediaFolder, settings: Settings) -> None:
    source, seconds = marked(media), str(CLIP_FRAMES / RATE)
    items = [clip(source, 0, seconds)]
    for _ in range(CLIPS - 1):
        items += [change(str(10 / RATE)), clip(source, 0, seconds)]
    document = timeline(video(*items), rate=str(RATE), width=64, height=36)

    done = render_here(document, settings=settings)

    frames, samples, white, loud = 0, 0, [], []
    with av.open(str(done.file)) as container:
        for frame in container.decode(video=0, audio=0):
            if isinstance(frame, av.VideoFrame):
                if frame.to_ndarray(format="gray").mean() > 128:
                    white.append(frames)
                frames += 1
            elif isinstance(frame, av.AudioFrame):
                heard = np.abs(frame.to_ndarray()).reshape(-1, 2)[:, 0]
                found = np.flatnonzero(heard > 0.05 * 2**31)
                if found.size:
                    loud.append(samples + int(found[0]))
                samples += frame.samples
    assert frames == CLIPS * CLIP_FRAMES
    assert samples == round(frames / RATE * 48000)
    assert white == [at * CLIP_FRAMES + MARK_FRAME for at in range(CLIPS)]
    first_of_each = [at for at in loud if not any(0 < at - b < 4800 for b in loud)]
    offsets = [
        Fraction(at, 48000) - frame / RATE
        for at, frame in zip(first_of_each, white, strict=True)
    ]
    assert max(map(abs, offsets)) < 1 / RATE / 4
    assert abs(offsets[-1] - offsets[0]) <= Fraction(2, 48000)
