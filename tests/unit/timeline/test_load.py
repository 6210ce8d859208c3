"""Timelines of every form come in through one entrance."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from farm.errors import InvalidTimeline
from farm.timeline.clip import Clip, FileMedia
from farm.timeline.load import Loaded, load_timeline
from farm.timeline.place import place
from tests.factories import (
    make_clip,
    make_document,
    make_media_facts,
    make_track,
    make_transition,
)


def _path(loaded: Loaded) -> str:
    item = loaded.timeline.tracks[0].items[0]
    assert isinstance(item, Clip)
    assert isinstance(item.media, FileMedia)
    return item.media.path


def test_paths_of_a_file_start_from_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "edit.json"
    file.write_text(json.dumps(make_document(make_track(make_clip("a.mp4")))))

    assert _path(load_timeline(str(file))) == f"{tmp_path}/a.mp4"
    assert _path(load_timeline(file)) == f"{tmp_path}/a.mp4"


def test_paths_of_a_document_start_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    document = make_document(make_track(make_clip("a.mp4")))

    assert _path(load_timeline(document)) == f"{tmp_path}/a.mp4"
    assert _path(load_timeline(document, folder=Path("/media"))) == "/media/a.mp4"


def test_a_timeline_may_be_given_as_it_is() -> None:
    loaded = load_timeline(make_document())

    assert load_timeline(loaded.timeline) == loaded


def test_an_otio_file_is_known_by_its_suffix_or_by_what_it_says(tmp_path: Path) -> None:
    document = {"OTIO_SCHEMA": "Timeline.1", "name": "empty", "tracks": None}
    for name in ("edit.otio", "edit.json"):
        (tmp_path / name).write_text(json.dumps(document))
        with pytest.raises(InvalidTimeline, match=r"edit\.\w+ cannot be rendered"):
            load_timeline(tmp_path / name)
    with pytest.raises(InvalidTimeline, match="the timeline cannot be rendered"):
        load_timeline(document)


def test_what_is_no_timeline_is_refused() -> None:
    with pytest.raises(InvalidTimeline, match="a float is no timeline"):
        load_timeline(1.5)


@pytest.mark.parametrize("name", ["~nobody-at-all.json", "a\0b", "x" * 5000])
def test_a_path_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(InvalidTimeline, match="cannot be rendered"):
        load_timeline(name)


def test_a_document_of_ten_thousand_clips_is_read_and_placed_quickly(
    tmp_path: Path,
) -> None:
    clip = make_clip(source_range={"start": 4, "duration": "1.3346666666666667"})
    items = [clip, *[make_transition("0.2"), clip] * 10_000]
    file = tmp_path / "long.json"
    file.write_text(json.dumps(make_document(make_track(*items), rate=29.97)))
    facts = {
        f"{tmp_path}/film.mp4": make_media_facts(),
        "/film.mp4": make_media_facts(),
    }
    begun = time.process_time()

    composition = place(load_timeline(file).timeline, facts).composition

    assert time.process_time() - begun < 6  # seconds; about 1.5
    assert composition.frames == 40 * 10_001
