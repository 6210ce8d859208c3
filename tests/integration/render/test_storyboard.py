"""Storyboards hold the pictures that their cues name, at the places they name."""

from __future__ import annotations

import json
import re
import tarfile
from fractions import Fraction
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

_CUE = re.compile(
    r"(\d+):(\d\d):(\d\d)\.(\d{3}) --> (\d+):(\d\d):(\d\d)\.(\d{3})\n"
    r"(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)\n"
)


def _make(
    folder: Path, settings: Settings, **options: JsonValue
) -> tuple[list[tuple[Fraction, Fraction, np.ndarray]], dict[str, Any]]:
    """Return the cues with their pictures, cut out as a player does; and the facts."""
    spec: JsonValue = {
        "output": "/nowhere/out", "width": 160, "format": "png", **options,
    }  # fmt: skip
    done = do_here(JobKind.STORYBOARD, spec, settings=settings)
    folder.mkdir(exist_ok=True)
    with tarfile.open(done.file) as archive:
        archive.extractall(folder, filter="data")
    text = (folder / "storyboard.vtt").read_text(encoding="utf-8")
    head, *blocks = text.split("\n\n")
    assert head == "WEBVTT"
    cues = []
    for block in blocks:
        found = _CUE.fullmatch(block.rstrip("\n") + "\n")
        assert found, block
        times = [int(each) for each in found.groups()[:8]]
        start, end = (
            Fraction(h * 3600_000 + m * 60_000 + s * 1000 + ms, 1000)
            for h, m, s, ms in (times[:4], times[4:])
        )
        x, y, width, height = (int(each) for each in found.groups()[9:])
        sheet = np.asarray(Image.open(folder / found[9]))
        cut = sheet[y : y + height, x : x + width]
        assert cut.shape == (height, width, 3)
        cues.append((start, end, cut))
    facts = json.loads((folder / "frames.json").read_text(encoding="utf-8"))
    return cues, facts


@pytest.mark.parametrize("codec", ["h264", "h264-long-gop", "vp9-webm"])
def test_each_cue_shows_a_picture_of_its_time_and_all_differ(
    media: MediaFolder, settings: Settings, tmp_path: Path, codec: str
) -> None:
    film = media.numbered(codec=codec)

    cues, facts = _make(tmp_path, settings, path=str(film), count=12, columns=5)

    numbers = [read_number(picture) for *_, picture in cues]
    assert len(set(numbers)) == 12
    for number, (start, end, _), frame in zip(
        numbers, cues, facts["frames"], strict=True
    ):
        assert start <= Fraction(number, 25) < end
        assert abs(frame["time"] - number / 25) < 0.01
    assert [cues[0][0], cues[-1][1]] == [0, 4]


def test_a_start_that_is_not_0_shifts_nothing(
    media: MediaFolder, settings: Settings, tmp_path: Path
) -> None:
    film = media.copied(
        media.numbered(), "late-storyboard.mkv", "-output_ts_offset", "7"
    )

    cues, _ = _make(tmp_path, settings, path=str(film), count=4, exact=True)

    numbers = [read_number(picture) for *_, picture in cues]
    assert numbers == [12, 37, 62, 87]


def test_more_pictures_than_a_sheet_holds_go_on_further_sheets(
    media: MediaFolder, settings: Settings, tmp_path: Path
) -> None:
    film = media.numbered()

    cues, _ = _make(
        tmp_path, settings, path=str(film), every="1/5", columns=1, stills=True
    )

    names = sorted(path.name for path in tmp_path.iterdir())
    assert names[2:4] == ["still-0002.png", "still-0003.png"] or (
        "storyboard-002.png" in names
    )
    assert len(cues) == 20
    assert len([name for name in names if name.startswith("still-")]) == 20
    assert len({read_number(picture) for *_, picture in cues}) == 20


def test_a_timeline_is_shown_as_it_is_rendered_black_where_nothing_is(
    media: MediaFolder, settings: Settings, tmp_path: Path
) -> None:
    path = str(media.numbered())
    clip = {
        "type": "clip",
        "media": {"type": "file", "path": path},
        "source_range": {"start": 1, "duration": 2},
    }
    items = [{"type": "gap", "duration": 1}, clip]
    timeline = load_timeline(
        {
            "format": "farm-timeline/1", "rate": 25, "width": 160, "height": 96,
            "tracks": [{"kind": "video", "items": items}],
        }
    ).timeline.model_dump(mode="json")  # fmt: skip

    cues, facts = _make(tmp_path, settings, timeline=timeline, every=1, strip=True)

    assert cues[0][2].max() < 5
    assert [read_number(picture) for *_, picture in cues[1:]] == [37, 62]
    assert [frame["time"] for frame in facts["frames"]] == [0.48, 1.48, 2.48]
    assert np.asarray(Image.open(tmp_path / "strip.png")).shape == (96, 480, 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"count": 3, "every": 1}, "not both"),
        ({"every": 0}, "cannot be 0 s apart"),
        ({"format": "bmp"}, "cannot be written as bmp"),
        ({"count": 1000, "strip": True}, "more than 16383"),
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
