"""Sound that is mixed of stems is the sound mixed at once, and stems are reused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from farm.jobs.table import JobTable
from farm.plan import sound
from tests.here import Done, render_here
from tests.integration.render.measure import Film, decode
from tests.integration.render.timelines import (
    audio,
    change,
    clip,
    plain,
    timeline,
    video,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from farm.settings import Settings
    from tests.integration.render.media import MediaFolder
    from tests.integration.render.timelines import Json


@pytest.fixture
def table(settings: Settings) -> Iterator[JobTable]:
    opened = JobTable.open(settings.database)
    yield opened
    opened.close()


def scenes(
    media: MediaFolder, *, level: float = 0.5, first: Json | None = None
) -> Json:
    """Return many tones that cross, over a longer one with a fade."""
    items: list[Json] = [first] if first else []
    for number in range(24):
        items += [change("0.2")] if items else []
        tone = media.tone(300 + 40 * (number % 12))
        volume = level if number == 5 else 0.4
        items.append(clip(tone, 0.3, 1, volume=volume, pan=number % 3 - 1))
    music = clip(media.tone(1000), 0, 3, volume=0.2, fade_in=1, fade_out="0.5")
    return timeline(
        video(plain("#000000", 24)),
        audio(*items, volume=0.9, fade_out=2),
        audio(music, fade_in="0.3"),
        rate="30000/1001",
    )


def stems(done: Done, *, reused: bool) -> list[str]:
    return [
        name
        for name, result in done.results.items()
        if name.startswith("sound")
        and isinstance(result, dict)
        and ("reused_from" in result) == reused
    ]


def same_sound(one: Film, other: Film) -> bool:
    return np.array_equal(one.samples, other.samples)


def test_a_mix_of_stems_is_the_mix_made_at_once(
    media: MediaFolder, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = scenes(media)
    at_once = render_here(document, settings=settings, segments="off")
    monkeypatch.setattr(sound, "STEM_SECONDS", 2)

    of_stems = render_here(document, settings=settings, segments="off")

    assert len(stems(at_once, reused=False)) == 0
    assert len(stems(of_stems, reused=False)) >= 4
    one, other = decode(at_once.file), decode(of_stems.file)
    assert one.samples.shape == other.samples.shape
    # 24 bits hold the same; sums of floats may differ in their last bit
    assert np.abs(one.samples - other.samples).max() <= 2**-23
    assert one.peak(2, 9) > 0.1


@pytest.mark.parametrize("span", ["0.5:4", "3.3:9.7"])
def test_a_range_is_heard_as_in_the_whole(
    span: str, media: MediaFolder, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound, "STEM_SECONDS", 2)
    start, end = span.split(":")
    whole = decode(render_here(scenes(media), settings=settings).file)

    part = render_here(scenes(media), settings=settings, range=[start, end])

    film = decode(part.file)
    frame = round(float(start) * 30000 / 1001)
    first = round(frame * 1001 / 30000 * 48000)
    expected = whole.samples[:, first : first + film.samples.shape[1]]
    assert np.abs(film.samples - expected).max() <= 2**-23


def test_another_level_in_one_scene_mixes_its_stem_alone(
    media: MediaFolder,
    settings: Settings,
    table: JobTable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sound, "STEM_SECONDS", 2)
    render_here(scenes(media), settings=settings, table=table)

    edited = render_here(scenes(media, level=0.9), settings=settings, table=table)
    cold = render_here(scenes(media, level=0.9), settings=settings)

    assert len(stems(edited, reused=False)) == 1
    assert len(stems(edited, reused=True)) >= 3
    assert same_sound(decode(edited.file), decode(cold.file))


def test_an_insertion_leaves_other_stems(
    media: MediaFolder,
    settings: Settings,
    table: JobTable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sound, "STEM_SECONDS", 2)
    render_here(scenes(media), settings=settings, table=table)
    longer = scenes(media, first=clip(media.tone(777), 0.3, "1.001"))

    edited = render_here(longer, settings=settings, table=table)

    assert len(stems(edited, reused=False)) <= 3
    assert len(stems(edited, reused=True)) >= 6
    cold = render_here(longer, settings=settings)
    assert same_sound(decode(edited.file), decode(cold.file))
