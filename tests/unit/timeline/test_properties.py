"""Whatever a timeline is: it has the frames that it says, or all problems are told."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import farm.timeline
from farm.errors import InvalidTimeline
from farm.timeline.check import lay_out, written_duration
from farm.timeline.clip import Clip, FileMedia
from farm.timeline.item import Transition
from farm.timeline.place import place
from farm.timeline.save import write_timeline
from tests.factories import make_media_facts
from tests.unit.timeline.random_documents import SPOILS, documents

if TYPE_CHECKING:
    from farm.timeline.timeline import Timeline

_MANY = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)
_FEW = settings(parent=_MANY, max_examples=15)


@_MANY
@given(made=documents())
def test_every_valid_one_has_exactly_the_frames_that_it_says(
    made: tuple[dict[str, Any], int],
) -> None:
    document, frames = made
    timeline = farm.timeline.load(document).timeline
    paths = {
        item.media.path
        for track in timeline.tracks
        for item in track.items
        if isinstance(item, Clip) and isinstance(item.media, FileMedia)
    }
    facts = {path: make_media_facts(path, seconds=10_000) for path in paths}

    assert place(timeline, facts).composition.frames == frames


@_FEW
@given(made=documents(), data=st.data())
def test_every_invalid_one_is_refused_with_all_its_problems(
    made: tuple[dict[str, Any], int], data: st.DataObject
) -> None:
    document = copy.deepcopy(made[0])
    spoilt = []
    for number, track in enumerate(document["tracks"]):
        name = data.draw(st.sampled_from(sorted(SPOILS)))
        at = next(i for i, item in enumerate(track["items"]) if item["type"] == "clip")
        track["items"][at] = dict(track["items"][at])
        SPOILS[name](track["items"][at])
        spoilt.append((f"tracks[{number}].items[{at}]", name))
    formed = [place for place, name in spoilt if name != "an address"]
    told = formed or [place for place, _ in spoilt]

    with pytest.raises(InvalidTimeline) as caught:
        farm.timeline.load(document)

    problems = caught.value.facts["problems"]
    assert isinstance(problems, list)
    for place_of_it in told:
        assert any(problem.startswith(place_of_it) for problem in problems)


@_FEW
@given(made=documents())
def test_what_is_written_is_read_back_as_it_was(
    made: tuple[dict[str, Any], int],
) -> None:
    timeline = farm.timeline.load(made[0]).timeline
    with TemporaryDirectory() as folder:
        own, other = Path(folder) / "edit.json", Path(folder) / "edit.otio"
        write_timeline(timeline, own)
        write_timeline(timeline, other)

        assert farm.timeline.load(own).timeline == timeline
        back = farm.timeline.load(other)

    assert back.warnings == ()
    assert _laid(back.timeline) == _laid(timeline)


def _laid(timeline: Timeline) -> list[Any]:
    """Return what a timeline shows, however its clips say their places."""
    said = {"start", "duration", "source_range"}
    rows: list[Any] = [timeline.model_dump(exclude={"tracks"})]
    # OpenTimelineIO does not say which of picture and sound is listed first
    for track in sorted(timeline.tracks, key=lambda track: track.kind):
        rows.append(track.model_dump(exclude={"items"}))
        for laid in lay_out(track, "", timeline.rate, written_duration):
            item = track.items[laid.number]
            if isinstance(item, Clip):
                taken = item.source_range.start if item.source_range else 0
                dumped = json.dumps(item.model_dump(mode="json", exclude=said))
                rows.append((laid.start, laid.end, taken, dumped))
        rows += [item.kind for item in track.items if isinstance(item, Transition)]
    return rows
