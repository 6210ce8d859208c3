"""Several frames in one job: at times, and by each strategy."""

from __future__ import annotations

import json
import tarfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from farm.errors import InvalidOption
from farm.jobs.status import JobKind
from farm.timeline.load import load_timeline
from tests.here import do_here
from tests.integration.render.test_thumbnails import read_number

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import JsonValue

    from farm.settings import Settings
    from tests.integration.render.media import MediaFolder


def _make(
    folder: Path, settings: Settings, **options: JsonValue
) -> list[tuple[np.ndarray, dict[str, Any]]]:
    spec: JsonValue = {
        "output": "/nowhere/out", "width": 160, "format": "png", **options,
    }  # fmt: skip
    done = do_here(JobKind.FRAMES, spec, settings=settings)
    folder.mkdir(exist_ok=True)
    with tarfile.open(done.file) as archive:
        archive.extractall(folder, filter="data")
    listed = json.loads((folder / "frames.json").read_text(encoding="utf-8"))
    return [
        (np.asarray(Image.open(folder / each["file"])), each)
        for each in listed["frames"]
    ]


def test_a_batch_has_the_frame_of_each_time_and_black_where_nothing_is(
    media: MediaFolder, settings: Settings, tmp_path: Path
) -> None:
    clip = {"type": "clip", "media": {"type": "file", "path": str(media.numbered())}}
    timeline = load_timeline(
        {
            "format": "farm-timeline/1", "rate": 25, "width": 160, "height": 96,
            "tracks": [
                {"kind": "video", "items": [{"type": "gap", "duration": 1}, clip]}
            ],
        }
    ).timeline.model_dump(mode="json")  # fmt: skip

    found = _make(tmp_path, settings, timeline=timeline, at=["3", "0.5", "1.04"])

    assert read_number(found[0][0]) == 50
    assert found[1][0].max() < 5
    assert read_number(found[2][0]) == 1
    assert [facts["time"] for _, facts in found] == [3, 0.48, 1.04]


def test_an_interval_gives_the_frames_at_its_steps(
    media: MediaFolder, settings: Settings, tmp_path: Path
) -> None:
    found = _make(
        tmp_path, settings, path=str(media.numbered()), strategy="interval", every="1/2"
    )

    assert [read_number(picture) for picture, _ in found] == [
        0, 12, 25, 37, 50, 62, 75, 87,
    ]  # fmt: skip


@pytest.mark.parametrize(("codec", "step"), [("h264", 12), ("h264-open-gop", 10)])
def test_key_frames_are_those_of_the_file(
    media: MediaFolder, settings: Settings, tmp_path: Path, codec: str, step: int
) -> None:
    film = media.numbered(codec=codec)

    found = _make(tmp_path, settings, path=str(film), strategy="keyframes")

    numbers = [read_number(picture) for picture, _ in found]
    assert numbers == list(range(0, 100, step))
    assert all(facts["is_key"] for _, facts in found)


def test_key_frames_that_a_decoder_loses_are_decoded_in_another_way(
    media: MediaFolder, settings: Settings, tmp_path: Path
) -> None:
    """That of VVC gives too few where it is to decode nothing else (seen in 9.0)."""
    film = media.numbered(codec="vvc-mp4")

    found = _make(tmp_path, settings, path=str(film), strategy="keyframes")

    numbers = [read_number(picture) for picture, _ in found]
    assert len(numbers) > 3
    assert numbers == [round(facts["time"] * 25) for _, facts in found]


def test_scenes_begin_where_the_picture_changes_and_their_score_is_told(
    media: MediaFolder, settings: Settings, tmp_path: Path
) -> None:
    film = media.colors([("#c08040", 30), ("#2040ff", 40), ("#e0e0e0", 20)])

    found = _make(tmp_path, settings, path=str(film), strategy="scenes")

    assert [facts["time"] for _, facts in found] == [0, 1.2, 2.8]
    assert all(facts["scene_score"] > 0.3 for _, facts in found[1:])


@pytest.mark.parametrize("every", ["2/5", "6/5"])
@pytest.mark.parametrize(
    "codec", ["h264", "h264-open-gop", "h264-long-gop", "vp9-webm"]
)
def test_scores_of_some_frames_are_those_of_the_whole_film(
    media: MediaFolder, settings: Settings, tmp_path: Path, codec: str, every: str
) -> None:
    """Also of key frames, which need the group before them."""
    film = media.numbered(codec=codec)
    options: dict[str, JsonValue] = {
        "path": str(film), "strategy": "interval", "every": every
    }  # fmt: skip

    some = _make(tmp_path / "a", settings, **options)
    whole = _make(tmp_path / "b", settings, **options, scores=True)

    assert [facts["scene_score"] for _, facts in some] == [
        facts["scene_score"] for _, facts in whole
    ]
    assert any(facts["scene_score"] > 0 for _, facts in some)


def test_combined_keeps_scenes_and_fills_the_rest_at_a_distance(
    media: MediaFolder, settings: Settings, tmp_path: Path
) -> None:
    film = media.colors([("#c08040", 30), ("#2040ff", 40)])

    found = _make(tmp_path, settings, path=str(film), strategy="combined", every="1/2")

    times = [facts["time"] for _, facts in found]
    assert {0, 1.2} <= set(times)
    assert all(later - earlier >= 0.5 for earlier, later in zip(times, times[1:]))  # noqa: B905, RUF007  # pairs


def test_subtitles_give_a_frame_while_each_is_shown(
    media: MediaFolder, settings: Settings, tmp_path: Path
) -> None:
    cues: JsonValue = [["1", "2"], ["2.4", "2.6"], ["9", "10"]]

    found = _make(
        tmp_path,
        settings,
        path=str(media.numbered()),
        strategy="subtitles",
        cues=cues,
    )

    assert [read_number(picture) for picture, _ in found] == [37, 62]


def test_subtitles_in_the_film_are_found(
    media: MediaFolder, settings: Settings, tmp_path: Path
) -> None:
    text = tmp_path / "text.srt"
    text.write_text(
        "1\n00:00:01,000 --> 00:00:02,000\nOne\n\n"
        "2\n00:00:03,000 --> 00:00:03,500\nTwo\n",
        encoding="utf-8",
    )
    film = media.make(
        "with-subtitles.mp4",
        *("-i", str(media.numbered()), "-i", str(text), "-c", "copy"),
        *("-c:s", "mov_text"),
    )

    found = _make(tmp_path, settings, path=str(film), strategy="subtitles")

    assert [read_number(picture) for picture, _ in found] == [37, 81]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"strategy": "interval", "every": 0}, "cannot be 0 s apart"),
        ({"strategy": "subtitles"}, "has no subtitles"),
        ({"strategy": None}, "by a strategy, or at times"),
    ],
)
def test_what_cannot_be_is_said(
    media: MediaFolder,
    settings: Settings,
    tmp_path: Path,
    options: dict[str, Any],
    message: str,
) -> None:
    with pytest.raises(InvalidOption, match=message):
        _make(tmp_path, settings, path=str(media.numbered()), **options)
