"""How large a timeline may be, and the sentence where it is larger."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from farm.errors import InvalidTimeline
from farm.jobs.status import JobKind
from farm.plan.jobs import first_tasks
from farm.settings import Settings
from farm.timeline.limits import Limits, find_excesses
from farm.timeline.load import load_timeline

LIMITS = Limits.of(Settings(storage=Path("/nowhere")))


def _clip(**fields: Any) -> dict[str, Any]:  # noqa: ANN401  # a document
    media = {"type": "title", "text": "Hello"}
    return {"type": "clip", "media": media, "duration": 2, **fields}


def _document(*tracks: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "format": "farm-timeline/1",
        "width": 1280,
        "height": 720,
        "tracks": [{"kind": "video", "items": items} for items in tracks],
    }


def _excesses(document: dict[str, Any], **limits: float) -> list[str]:
    timeline = load_timeline(document).timeline
    changed: dict[str, Any] = limits
    return [str(each) for each in find_excesses(timeline, replace(LIMITS, **changed))]


def test_what_is_within_the_limits_is_fine() -> None:
    document = _document([_clip(), _clip()], [_clip(start=1)])
    assert _excesses(document) == []
    exact = {"pixels": 1280 * 720, "tracks": 2, "items": 3, "text": 15, "layers": 2}
    assert _excesses(document, **exact, duration_seconds=4, effects=0) == []


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        ({"pixels": 921_599}, "it has 921600 pixels, more than this farm takes ("),
        ({"tracks": 1}, "tracks: it has 2 tracks, more than this farm takes ("),
        ({"items": 2}, "tracks: it has 3 items, more than this farm takes ("),
        ({"text": 14}, "tracks: it has 15 characters of text, more than this farm"),
        ({"layers": 1}, "tracks: 2 clips are shown at 1 s, more than this farm takes"),
        ({"duration_seconds": 3}, "tracks[0]: the track ends at 4 s, more than this"),
        ({"effects": 0}, "tracks[0].items[0].effects: title clip has 1 effects, more"),
    ],
)
def test_what_is_more_is_said_with_its_setting(
    limit: dict[str, float], sentence: str
) -> None:
    blur = {"name": "grayscale"}
    document = _document([_clip(effects=[blur]), _clip()], [_clip(start=1)])
    (said,) = _excesses(document, **{"effects": 5, **limit})
    assert said.startswith(sentence)
    assert f"(limit_{next(iter(limit))} = {next(iter(limit.values())):g})" in said


def test_clips_that_only_touch_are_not_shown_together() -> None:
    document = _document([_clip(), _clip(), _clip()], [_clip(start=6)])
    assert _excesses(document, layers=1) == []


def test_what_is_switched_off_does_not_count() -> None:
    document = _document([_clip()], [_clip(enabled=False)], [_clip()])
    document["tracks"][2]["enabled"] = False
    assert _excesses(document, layers=1) == []


def test_it_is_said_when_a_job_is_submitted(tmp_path: Path) -> None:
    settings = Settings(storage=tmp_path, limit_layers=1)
    loaded = load_timeline(_document([_clip()], [_clip()]))
    spec: dict[str, Any] = {
        "timeline": loaded.timeline.model_dump(mode="json"),
        "output": str(tmp_path / "out.mp4"),
    }
    with pytest.raises(InvalidTimeline, match="limit_layers = 1"):
        first_tasks(JobKind.RENDER, spec, settings=settings)


def test_a_thousand_layers_are_counted_fast() -> None:
    tracks = [[_clip(), _clip()] for _ in range(1000)]
    (said,) = _excesses(_document(*tracks), tracks=1000, items=10_000)
    assert said.startswith("tracks: 1000 clips are shown at 0 s")
