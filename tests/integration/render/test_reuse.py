"""What the cache serves is what a cold render gives, and an edit costs what it is."""

from __future__ import annotations

import copy
import itertools
import os
import re
import shutil
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from farm.api.source import sources_of
from farm.errors import InvalidTimeline, PieceDamaged, SourceChanged
from farm.ffmpeg.probe import probe_media
from farm.jobs.table import JobTable
from farm.timeline.load import load_timeline
from farm.timeline.place import place
from farm.timeline.slice import slice_picture
from tests.here import Done, do_task_here, render_here
from tests.integration.render.measure import decode
from tests.integration.render.random_timelines import make_dice, random_timeline
from tests.integration.render.timelines import audio, clip, timeline, title, video

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from farm.settings import Settings
    from tests.integration.render.media import MediaFolder
    from tests.integration.render.timelines import Json

SHORT = {"segment_seconds": 0.8}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Return settings with short segments, so that short films have many."""
    return settings.model_copy(update=SHORT)


@pytest.fixture
def table(settings: Settings) -> Iterator[JobTable]:
    opened = JobTable.open(settings.database)
    yield opened
    opened.close()


class Cache:
    """Renders through one cache, and cold beside it."""

    def __init__(self, settings: Settings, table: JobTable) -> None:
        self.settings, self.table = settings, table

    def warm(self, document: Json, **options: str) -> Done:
        return render_here(
            document, settings=self.settings, table=self.table, **options
        )

    def is_exact(self, document: Json, done: Done) -> bool:
        """Whether a render equals one in one piece that knows no cache."""
        cold = render_here(document, settings=self.settings, segments="off")
        one, other = decode(done.file), decode(cold.file)
        return one.digests == other.digests and np.array_equal(
            one.samples, other.samples
        )


@pytest.fixture
def cache(settings: Settings, table: JobTable) -> Cache:
    return Cache(settings, table)


def film(media: MediaFolder, *more: Json, words: str = "words") -> Json:
    """Return four scenes of five seconds together, with a caption in the third."""
    one, two = media.numbered(film=1), media.numbered("30", film=2)
    scenes = [clip(one, 0, "1.4"), clip(two, 1, "1"), clip(one, 2, 1), clip(two, 0, 1)]
    return timeline(
        video(*more, *scenes),
        video(title(words, "0.4", at={"start": "2.6"}, size=30)),
        audio(clip(media.tone(500), 0, "2")),
    )


def test_the_same_again_is_all_reused(cache: Cache, media: MediaFolder) -> None:
    document = film(media)
    first = cache.warm(document)
    second = cache.warm(document)

    assert first.segments(reused=True) == []
    assert second.segments(reused=False) == []
    assert len(second.segments(reused=True)) >= 4
    assert "reused_from" in str(second.results["mix"])
    assert cache.is_exact(document, second)


def test_another_caption_renders_what_is_under_it(
    cache: Cache, media: MediaFolder
) -> None:
    cache.warm(film(media, words="old"))
    edited = cache.warm(film(media, words="new"))

    assert 1 <= len(edited.segments(reused=False)) <= 2
    assert "reused_from" in str(edited.results["mix"])
    assert cache.is_exact(film(media, words="new"), edited)


def test_an_insertion_at_the_start_renders_itself(
    cache: Cache, media: MediaFolder
) -> None:
    document = film(media)
    del document["tracks"][1:]  # what is on other tracks would not move with it
    cache.warm(document)
    longer = copy.deepcopy(document)
    longer["tracks"][0]["items"].insert(0, clip(media.numbered(film=1), 2, "0.8"))

    edited = cache.warm(longer)

    assert len(edited.segments(reused=False)) <= 2
    assert len(edited.segments(reused=True)) >= 3
    assert cache.is_exact(longer, edited)


def test_a_copied_or_touched_source_is_known_again(
    cache: Cache, media: MediaFolder, tmp_path: Path
) -> None:
    source = tmp_path / "one.mp4"
    shutil.copy(media.numbered(film=1), source)
    cache.warm(timeline(video(clip(source, 0, 2))))

    os.utime(source)
    touched = cache.warm(timeline(video(clip(source, 0, 2))))
    moved = source.rename(tmp_path / "two.mp4")
    copied = cache.warm(timeline(video(clip(moved, 0, 2))))

    assert touched.segments(reused=False) == []
    assert copied.segments(reused=False) == []


def test_a_source_that_changed_is_rendered_anew(
    cache: Cache, media: MediaFolder, tmp_path: Path
) -> None:
    """Also with its size and its time of modification as they were."""
    source = tmp_path / "source.mp4"
    shutil.copy(media.numbered(film=1), source)
    size = source.stat().st_size
    os.utime(source, ns=(1, 1))
    document = timeline(video(clip(source, 0, 2)))
    cache.warm(document)

    other = media.numbered(film=2).read_bytes()
    source.write_bytes(other + bytes(max(0, size - len(other))))
    os.truncate(source, max(size, len(other)))
    os.utime(source, ns=(1, 1))
    changed = cache.warm(document)

    assert changed.segments(reused=True) == []
    assert cache.is_exact(document, changed)


def test_a_source_that_is_replaced_meanwhile_is_not_kept(
    cache: Cache, media: MediaFolder, tmp_path: Path
) -> None:
    """Nothing of another film is found later under the key of the one before."""
    source = tmp_path / "source.mp4"
    shutil.copy(media.numbered(film=1), source)
    document = timeline(video(clip(source, 0, 2)))
    planned = cache.warm(document)
    cache.table.artifacts.clear()
    for left in (cache.settings.storage_folder / "cache").glob("*/*"):
        left.unlink()
    shutil.copy(media.numbered(film=2), source)

    task = next(task for task in planned.tasks if task.name == "segment-0000")
    with pytest.raises(SourceChanged, match=r"source\.mp4 has changed"):
        do_task_here(task, {}, settings=cache.settings, table=cache.table)

    shutil.copy(media.numbered(film=1), source)
    again = cache.warm(document)
    assert cache.is_exact(document, again)


def test_a_damaged_file_is_rendered_anew(
    cache: Cache, media: MediaFolder, settings: Settings
) -> None:
    document = film(media)
    cache.warm(document)
    files = sorted((settings.storage_folder / "cache").glob("*/*"))
    kept = [file for file in files if file.suffix != ".wav"]
    data = bytearray(kept[0].read_bytes())
    data[len(data) // 2] ^= 1
    kept[0].write_bytes(data)
    kept[1].unlink()

    again = cache.warm(document)

    assert len(again.segments(reused=False)) == 2
    assert cache.is_exact(document, again)
    assert cache.table.artifacts.counts()["damaged"].count == 2
    assert cache.warm(document).segments(reused=False) == []


def test_a_piece_damaged_before_the_join_is_made_again_by_a_retry(
    cache: Cache, media: MediaFolder, settings: Settings
) -> None:
    done = cache.warm(film(media))
    piece = done.results["segment-0001"]
    assert isinstance(piece, dict)
    path = settings.storage_folder / str(piece["file"])
    path.write_bytes(path.read_bytes()[:-500])
    join = next(task for task in done.tasks if task.name == "output")

    with pytest.raises(PieceDamaged, match="segment-0001 was damaged"):
        do_task_here(join, done.results, settings=settings, table=cache.table)

    assert not path.exists()
    assert cache.warm(film(media)).segments(reused=False) == ["segment-0001"]


def test_without_the_cache_nothing_is_taken_or_kept(
    media: MediaFolder, settings: Settings, table: JobTable
) -> None:
    document = film(media)
    render_here(document, settings=settings, table=table, use_cache=False)

    assert table.artifacts.paths() == set()


@pytest.mark.parametrize("preset", ["h264-720p", "source"])
def test_presets_do_not_mix(cache: Cache, media: MediaFolder, preset: str) -> None:
    document = film(media)
    cache.warm(document)

    other = cache.warm(document, preset=preset, suffix=".mp4")

    assert other.segments(reused=True) == []


def _edit(dice: Random, document: Json, media: MediaFolder) -> Json:
    """Return a timeline with one random edit."""
    edited = copy.deepcopy(document)
    items = dice.choice(edited["tracks"])["items"]
    clips = [item for item in items if item["type"] == "clip"]
    match dice.randrange(4):
        case 0:
            items.insert(0, clip(media.numbered(film=2), 1, "0.6"))
        case 1 if len(clips) > 1:
            items.remove(clips[-1])
        case 2:
            dice.choice(clips)["opacity"] = 0.7
        case _:
            dice.choice(clips)["effects"] = [{"name": "grayscale"}]
    return edited


@pytest.mark.parametrize(
    "seed",
    [*range(3), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 40))],
)
def test_random_edits_through_the_cache_equal_cold_renders(
    seed: int, cache: Cache, media: MediaFolder
) -> None:
    dice = make_dice(f"edits-{seed}")
    done = 0
    while done < 2:
        document = random_timeline(dice, media)
        try:
            cache.warm(document)
        except InvalidTimeline:
            continue
        seen = _pairs(document)
        for _ in range(2):
            document = _edit(dice, document, media)
            try:
                edited = cache.warm(document)
            except InvalidTimeline:
                break
            assert cache.is_exact(document, edited)
            before, seen = seen, _pairs(document)
            rate = float(Fraction(str(document["rate"])))
            check_only_touched(edited, before, seen, rate=rate)
        done += 1


def _pairs(document: Json) -> list[str]:
    """Return what is seen at each frame and the next; last, at the last frame."""
    loaded = load_timeline(document).timeline
    paths = {path: probe_media(Path(path)) for path in sources_of(loaded)}
    shown = place(loaded, paths).composition
    frames = [
        re.sub(r"label='[^']*'", "", repr(slice_picture(shown, at, at + 1)))
        for at in range(shown.frames)
    ]
    return [one + other for one, other in itertools.pairwise([*frames, "end"])]


def check_only_touched(
    done: Done, before: list[str], seen: list[str], *, rate: float
) -> None:
    """Assert that what was rendered lies near frames that an edit has changed.

    Where a segment begins hangs on what lies a mean length around it.
    """
    known = set(before)
    touched = [at for at, pair in enumerate(seen) if pair not in known]
    near = 2 * round(SHORT["segment_seconds"] * rate)
    start = 0
    for task in sorted(done.tasks, key=lambda task: task.name):
        if not task.name.startswith("segment"):
            continue
        end = start + task.frames
        if task.name in done.segments(reused=False):
            assert any(start - near <= at < end + near for at in touched), task.name
        start = end
