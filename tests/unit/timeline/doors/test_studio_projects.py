"""Projects of Timeline Studio in the three shapes of its editor."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from farm.timeline.title import TitleMedia
from tests.unit.timeline.doors.reading import (
    first_clip,
    problems_of,
    read,
    shown,
    values,
)

if TYPE_CHECKING:
    from pathlib import Path


# The editor's own shapes


def _media(name: str, path: str) -> dict[str, Any]:
    return {"id": name, "name": path, "path": f"media/{path}"}


def _shot(name: str, start: float, duration: float, **fields: object) -> dict[str, Any]:
    timing = {"startTime": start, "duration": duration}
    return {"id": name, "mediaId": "m1", **timing, **fields}


def _saved() -> dict[str, Any]:
    cross = {"id": "dissolve", "type": "cross", "duration": 1}
    nest = {"id": "n", "sequenceId": "s2", "startTime": 4, "mediaStartTime": 1}
    main = [
        {
            "type": "music",
            "order": 2,
            "volume": 0.5,
            "clips": [{"mediaId": "m2", "startTime": 0, "duration": 6}],
        },
        {
            "type": "video",
            "order": 1,
            "clips": [
                _shot("a", 0, 4, mediaStartTime=1, transitions=[cross]),
                {**nest, "duration": 2},
            ],
        },
    ]
    inner = [{"type": "video", "clips": [_shot("x", 0, 2), _shot("y", 2, 5)]}]
    return {
        "metadata": {"name": "Walk", "version": "2.0.0"},
        "settings": {
            "resolution": "1280x720",
            "frameRate": "29.97",
            "audio": {"sampleRate": 44100, "channels": 1},
        },
        "mediaPool": {
            "items": {"m1": _media("m1", "pier.mp4"), "m2": _media("m2", "song.wav")}
        },
        "sequences": {
            "s1": {"type": "main", "name": "Main", "composition": {"tracks": main}},
            "s2": {"type": "nested", "composition": {"tracks": inner}},
        },
        "activeSequenceId": "s1",
    }


def test_a_saved_project_shows_its_active_sequence_and_nests(tmp_path: Path) -> None:
    loaded = read(tmp_path, "edit.tls", _saved())

    timeline = loaded.timeline
    assert (timeline.width, timeline.sample_rate, timeline.channels) == (1280, 44100, 1)
    assert str(timeline.rate) == "30000/1001"
    assert [row for row in shown(timeline) if row[0][0] in {"a", "x"}] == [
        [("a", 0, 4), ("dissolve", 1, 0)],
        [("x", 4, 5), ("y", 5, 6)],
    ]
    audio = timeline.tracks[-1]
    assert (audio.kind, audio.volume) == ("audio", 0.5)


def test_a_sequence_that_holds_itself_is_refused(tmp_path: Path) -> None:
    document = _saved()
    nested = document["sequences"]["s2"]["composition"]["tracks"][0]["clips"]
    nested[0] = {"sequenceId": "s2", "startTime": 0, "duration": 2}

    problems = problems_of(tmp_path, "edit.tls", document)

    assert "nested more than 20 deep" in problems[0]


def test_a_project_in_memory_has_sections_and_global_tracks(tmp_path: Path) -> None:
    track = _saved()["sequences"]["s1"]["composition"]["tracks"][1]
    clips = copy.deepcopy(track["clips"][:1])
    clips[0] |= {
        "position": {"x": 0.5, "y": 0.5, "width": 0.5, "height": 0.5},
        "volume": 0.5,
        "speed": 2,
        "maintainPitch": False,
        "isReversed": True,
    }
    document = {
        "settings": {"frameRate": 25, "resolution": {"width": 640, "height": 360}},
        "resources": _saved()["mediaPool"],
        "sections": [{"tracks": [{**track, "clips": clips}]}],
        "globalTracks": [
            {
                "type": "subtitle",
                "clips": [
                    {
                        "text": "Hi",
                        "startTime": 1,
                        "duration": 1,
                        "alignment": "top-right",
                    }
                ],
            }
        ],
    }
    loaded = read(tmp_path, "edit.json", document)

    clip = first_clip(loaded)
    assert (clip.transform.x, clip.transform.scale) == (0.75, 0.5)
    assert values(clip.speed, clip.keep_pitch, clip.volume) == (2, False, 0.5)
    title = first_clip(loaded, track=1).media
    assert isinstance(title, TitleMedia)
    assert title.align == "top-right"
    assert clip.reverse


def test_a_project_with_media_in_its_clips_is_read(tmp_path: Path) -> None:
    document = {
        "settings": {"aspectRatio": {"value": {"width": 640, "height": 480}}},
        "timeline": {
            "tracks": [
                {
                    "type": "video",
                    "isHidden": True,
                    "clips": [
                        {
                            "mediaFile": {"path": "лобби.mp4", "duration": 2.5},
                            "startTime": 3,
                        }
                    ],
                }
            ]
        },
    }
    loaded = read(tmp_path, "edit.json", document)

    assert shown(loaded.timeline) == [[("", 3, 5.5)]]
    assert (loaded.timeline.width, loaded.timeline.height) == (640, 480)
    assert not loaded.timeline.tracks[0].enabled


def test_an_old_project_holds_no_tracks(tmp_path: Path) -> None:
    (problem,) = problems_of(
        tmp_path, "edit.json", {"meta": {"version": "1.0.0"}, "mediaPool": {}}
    )

    assert "holds media and settings but no tracks" in problem
