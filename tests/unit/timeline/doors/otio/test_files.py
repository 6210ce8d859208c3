"""Timelines that other programs wrote are as long here as OpenTimelineIO says.

The files lie beside the checkout, where they lie at all.
"""

from __future__ import annotations

import re
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from farm.errors import InvalidTimeline
from farm.timeline.load import load_timeline
from farm.timeline.media import MediaFacts
from farm.timeline.place import place
from tests.factories import make_media_facts, make_video_facts

FOLDER = Path(__file__).parents[6] / "shared" / "timelines"
_ROW = re.compile(r"\| `otio/(.*?)` \|.*? (\d+) frames at ([\d.]+) \|")
NOT_READ = "screening_example.otio"

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the timelines of others are not here"
)


def _said() -> dict[str, tuple[int, str]]:
    """Return frames and rate of each file, as the list beside them says."""
    if not FOLDER.is_dir():
        return {}
    text = (FOLDER / "TIMELINES.md").read_text(encoding="utf-8")
    return {name: (int(frames), rate) for name, frames, rate in _ROW.findall(text)}


class _AnyFile(defaultdict[str, MediaFacts]):
    """Facts of whatever file is asked for: a day of film, with sound."""

    def __missing__(self, path: str) -> MediaFacts:
        day = Fraction(86400)
        return make_media_facts(
            path, seconds=day, video=(make_video_facts(seconds=day),)
        )


def _with_media(path: Path) -> otio.schema.Timeline:
    """Read a file with OpenTimelineIO, and give a film to clips that have none."""
    timeline = otio.core.deserialize_json_from_file(str(path))
    for number, clip in enumerate(timeline.find_clips()):
        reference = clip.media_reference
        if not getattr(reference, "target_url", None) and not isinstance(
            reference, otio.schema.GeneratorReference
        ):
            clip.media_reference = otio.schema.ExternalReference(f"{number}.mov")
    return timeline


@pytest.mark.parametrize("name", sorted(_said()))
def test_a_timeline_is_as_long_as_opentimelineio_says(name: str) -> None:
    frames, rate = _said()[name]

    timeline = load_timeline(_with_media(FOLDER / "otio" / name)).timeline

    assert abs(float(timeline.rate) - float(rate)) < 0.001
    assert place(timeline, _AnyFile()).composition.frames == frames


def test_every_file_was_looked_at() -> None:
    names = {path.name for path in (FOLDER / "otio").glob("*.otio")}

    assert names == {*_said(), NOT_READ}


@pytest.mark.parametrize(
    "path", sorted((FOLDER / "otio").glob("*.otio")), ids=lambda p: p.name
)
def test_a_file_is_read_or_refused_in_one_sentence(path: Path) -> None:
    try:
        load_timeline(path)
    except InvalidTimeline as error:
        assert "\n" not in error.message  # noqa: PT017  # both are right
        assert error.message.startswith(str(path))  # noqa: PT017


def test_a_schema_that_is_too_new_is_refused_by_its_name() -> None:
    with pytest.raises(
        InvalidTimeline,
        match=r"tracks\[0\]\.children\[3\]\.markers\[0\]: Marker\.3 is newer than "
        r"OpenTimelineIO [\d.]+ reads, which is Marker\.2",
    ):
        load_timeline(FOLDER / "otio" / NOT_READ)


def test_a_flattened_timeline_shows_what_the_tracks_show() -> None:
    """Another tool flattened it: clips of the top track hide those below."""
    layers = load_timeline(_with_media(FOLDER / "otio" / "multitrack.otio")).timeline
    flat = load_timeline(_with_media(FOLDER / "otio" / "preflattened.otio")).timeline
    all_layers = place(layers, _AnyFile()).composition.layers
    (flat_layer,) = place(flat, _AnyFile()).composition.layers

    for shot in flat_layer.shots:
        middle = (shot.start + shot.end) // 2
        on_top = next(
            other
            for layer in reversed(all_layers)
            for other in layer.shots
            if other.start <= middle < other.end
        )
        assert on_top.label == shot.label
        seen = on_top.source_start + (middle - on_top.start) / layers.rate
        assert seen == shot.source_start + (middle - shot.start) / flat.rate
