"""Timelines of very many clips, titles and sounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.here import render_here
from tests.integration.render.measure import decode
from tests.integration.render.pieces import Cutter
from tests.integration.render.test_mix import noise, stored
from tests.integration.render.timelines import audio, clip, timeline, title, video

if TYPE_CHECKING:
    from farm.settings import Settings
    from tests.integration.render.conftest import Render
    from tests.integration.render.media import MediaFolder
    from tests.integration.render.timelines import Json

#: Linux takes no longer argument.
MOST_BYTES = 131_072


def crowd(media: MediaFolder, *, clips: int, titles: int) -> Json:
    """Return clips on two tracks and titles on a third, each 0.2 s long."""
    source = media.numbered(film=1)
    starts = [at * 3 % 87 / 25 for at in range(clips)]
    half = clips // 2
    small = {"transform": {"scale": 0.3, "y": 0.8}}
    return timeline(
        video(*(clip(source, start, "0.2") for start in starts[:half])),
        video(*(clip(source, start, "0.2", **small) for start in starts[half:])),
        video(*(title(f"T{at}", "0.3", size=20) for at in range(titles))),
    )


def first_frames(clips: int) -> list[int]:
    """Return the numbers that the lower clips show at their second frame."""
    return [at * 3 % 87 + 1 for at in range(clips // 2)]


def test_a_graph_of_any_length_is_run(media: MediaFolder, settings: Settings) -> None:
    cutter = Cutter(settings=settings)
    composition = cutter.compose(crowd(media, clips=60, titles=20))

    command = cutter.command(composition, 0, composition.frames)
    film = cutter.piece(composition, 0, composition.frames)

    assert command.arguments.count("-i") == 80
    assert max(len(argument) for argument in command.arguments) < MOST_BYTES
    assert "graph.txt" in command.files
    assert len(film.frames) == 150
    numbers = [film.number(at * 5 + 1) - 2048 for at in range(30)]
    assert numbers == first_frames(60)


def test_many_clips_are_rendered_in_more_than_one_segment(
    media: MediaFolder, settings: Settings
) -> None:
    document = crowd(media, clips=120, titles=40)

    done = render_here(document, settings=settings, segments="off")
    film = decode(done.file)

    segments = [task for task in done.tasks if task.name.startswith("segment")]
    assert 5 <= len(segments) <= 15
    numbers = [film.number(at * 5 + 1) - 2048 for at in range(60)]
    assert numbers == first_frames(120)
    assert len(film.frames) == 300


@pytest.mark.slow
def test_one_command_shows_400_clips_and_titles(
    media: MediaFolder, settings: Settings
) -> None:
    cutter = Cutter(settings=settings)
    composition = cutter.compose(crowd(media, clips=300, titles=100))

    film = cutter.piece(composition, 0, composition.frames)

    numbers = [film.number(at * 5 + 1) - 2048 for at in range(150)]
    assert numbers == first_frames(300)


def test_sounds_are_mixed_in_parts_that_cannot_be_heard(
    media: MediaFolder, render: Render
) -> None:
    _compare_sum(media, render, count=90)


@pytest.mark.slow
def test_500_sounds_are_mixed(media: MediaFolder, render: Render) -> None:
    _compare_sum(media, render, count=500)


def _compare_sum(media: MediaFolder, render: Render, *, count: int) -> None:
    source = noise(media, level=0.2, seed=1)
    samples = stored(source)
    starts = [at * 2 / 25 for at in range(count)]
    tracks = [
        audio(*(clip(source, 0, "0.24", start=f"{s:.2f}") for s in starts[of::3]))
        for of in range(3)
    ]

    film = render(timeline(*tracks))

    wanted = np.zeros((2, round((starts[-1] + 0.24) * 48000)))
    for start in starts:
        first = round(start * 48000)
        wanted[:, first : first + 11520] += samples[:, :11520]
    assert film.samples.shape == wanted.shape
    assert np.abs(film.samples - wanted).max() <= 2**-23
