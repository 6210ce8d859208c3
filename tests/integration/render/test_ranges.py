"""A range of a timeline, and a single frame, show what the whole shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.here import frame_here
from tests.integration.render.measure import decode
from tests.integration.render.timelines import (
    audio,
    change,
    clip,
    gap,
    plain,
    timeline,
    title,
    video,
)

if TYPE_CHECKING:
    from farm.settings import Settings
    from tests.integration.render.conftest import Render
    from tests.integration.render.measure import Film
    from tests.integration.render.media import MediaFolder
    from tests.integration.render.timelines import Json

RATE = "30000/1001"
FRAME = 1001 / 30000


@pytest.fixture(scope="module")
def document(media: MediaFolder) -> Json:
    """Return a timeline with a bit of everything, 4 s long."""
    one = media.numbered("25", film=1, tone=300)
    two = media.numbered("60", film=2, codec="h264-open-gop", tone=700)
    small = {"transform": {"scale": 0.4, "x": 0.75, "rotation": 10}, "opacity": 0.7}
    return timeline(
        video(
            clip(one, "0.5", "1.5", fade_in="0.5", video_fade_in="0.3"),
            change("0.5", "wipeleft"),
            clip(two, 1, "1.2", speed="3/2", volume=0.5),
            gap("0.3"),
            clip(one, 0, "1.4", effects=[{"name": "blur"}]),
        ),
        video(gap(1), clip(two, 0, "1.5", muted=True, **small), change("0.4")),
        video(
            title("Words", "2.5", at={"start": "0.7", "video_fade_out": "0.5"}, size=30)
        ),
        audio(clip(media.tone(1100, level=0.1), 0, 4), fade_in="1", fade_out="2"),
        rate=RATE,
    )


@pytest.fixture(scope="module")
def whole(document: Json, shared_render: Render) -> Film:
    """Return the whole of it."""
    return shared_render(document)


@pytest.mark.parametrize(
    ("start", "end"),
    [("0", "0.5"), ("1.1", "1.7"), ("1.35", "2.9"), ("3", "99"), ("2.2", "2.25")],
)
def test_a_range_equals_the_same_frames_of_the_whole(
    start: str, end: str, document: Json, whole: Film, render: Render
) -> None:
    film = render(document, range=[start, end], segments="0.4")

    first, last = round(float(start) / FRAME), round(float(end) / FRAME)
    assert film.digests == whole.digests[first:last]
    assert film.times[0] == 0
    begin = round(first * FRAME * 48000)
    finish = round(min(last, len(whole.frames)) * FRAME * 48000)
    assert film.samples.shape[1] == finish - begin
    assert (film.samples == whole.samples[:, begin:finish]).all()


def test_segments_equal_the_whole(document: Json, whole: Film, render: Render) -> None:
    for seconds in ("0.3", "1.1"):
        film = render(document, segments=seconds)

        assert film.digests == whole.digests
        assert (film.samples == whole.samples).all()


@pytest.mark.parametrize("at", ["0", "0.0333", "1.25", "2.6", "3.9"])
def test_a_frame_is_the_one_of_the_render(
    at: str, document: Json, whole: Film, settings: Settings
) -> None:
    done = frame_here(document, at, settings=settings, suffix=".png")
    picture = decode(done.file)

    number = int(float(at) / FRAME + 1e-6)
    differences = {
        near: float(np.abs(picture.stored_rgb - whole.rgb(near).clip(0, 255)).mean())
        for near in range(max(0, number - 2), min(number + 3, len(whole.frames)))
    }
    assert picture.size == (160, 96)
    assert differences[number] == min(differences.values())
    # how colours are interpolated is left to the reader of a film
    assert differences[number] < 5


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp"])
def test_a_frame_has_its_size_and_colours(suffix: str, settings: Settings) -> None:
    document = timeline(video(plain("#c86432", 1)), width=320, height=180)

    done = frame_here(document, "0.5", settings=settings, suffix=suffix, width=200)
    picture = decode(done.file)

    assert picture.size == (200, 112)
    red, green, blue = picture.stored_rgb[50, 100]
    assert (red, green, blue) == pytest.approx((200, 100, 50), abs=4)
