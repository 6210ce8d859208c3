"""Subtitles that are burnt in: seen when they should be, in every style."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from farm.timeline.subtitle_styles import STYLES
from tests.integration.render.timelines import clip, plain, timeline, video

if TYPE_CHECKING:
    from tests.integration.render.conftest import Render
    from tests.integration.render.media import MediaFolder

CUES = [
    {"start": "0.2", "end": "0.6", "text": "it's 100%: {b} \\N"},
    {"start": "0.8", "end": "1.2", "text": "two\nlines"},
]


def subtitled(*, seconds: object = "1.4", **more: object) -> dict[str, Any]:
    ground = video(plain("#304050", seconds))
    subtitles = [{"cues": CUES} | more]
    return timeline(ground, width=640, height=360, subtitles=subtitles)


def test_cues_are_seen_from_their_start_to_their_end(render: Render) -> None:
    film = render(subtitled())

    seen = [int(np.ptp(frame[0]) > 60) for frame in film.frames]
    assert seen == [0] * 5 + [1] * 10 + [0] * 5 + [1] * 10 + [0] * 5
    rows = np.flatnonzero((film.frames[8][0] > 150).any(1))
    assert rows[0] > 220, "they stand at the bottom"


@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_drawn_and_differs(render: Render, style: str) -> None:
    film = render(subtitled(style=style))
    plainest = render(subtitled(style="basic-white"))

    assert np.ptp(film.frames[10][0]) > 60
    if style != "basic-white":
        assert any(a != b for a, b in zip(film.digests, plainest.digests, strict=True))


def test_pieces_equal_the_whole(render: Render, media: MediaFolder) -> None:
    document = subtitled(style="animated-fade")
    document["tracks"] = [video(clip(media.numbered(), 0, "1.4"))]

    whole = render(document)
    pieces = render(document, segments="0.3")

    assert pieces.digests == whole.digests
