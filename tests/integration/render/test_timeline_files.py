"""Timelines and projects of others: read as their files say, and rendered whole.

Skipped where they are not at hand; their media mostly are absent, so that they are
black.
"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

import farm.timeline
from farm.errors import InvalidTimeline
from farm.ffmpeg.probe import probe_media
from farm.jobs.status import JobKind
from farm.timeline.check import lay_out, written_duration
from farm.timeline.clip import Clip
from farm.timeline.item import Transition
from tests.here import do_here

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.settings import Settings
    from farm.timeline.timeline import Timeline

SHARED = Path(__file__).parents[4] / "shared"
FOLDER = SHARED / "timelines"
TABLE = FOLDER / "TIMELINES.md"
pytestmark = pytest.mark.skipif(not TABLE.exists(), reason="the timelines are not here")

_ROW = re.compile(
    r"\| `((?:otio|edl|fcp7xml|aaf)/[^`]+)` \| [\d,]+ "
    r"\| (\d+) tracks?, (\d+) clips?, (\d+) frames at ([\d.]+)"
)
_PATTERNS = ("otio/*.otio", "fcpxml/*", "edl/*", "aaf/*", "kdenlive/*.kdenlive")
_OTHERS = ("mlt/*", "fcp7xml/*", "xges/*", "timeline-studio/test-*.json")
FILES = sorted(
    path.relative_to(FOLDER).as_posix()
    for pattern in (*_PATTERNS, *_OTHERS)
    for path in FOLDER.glob(pattern)
)
#: Files that no reader can take, and what is said of them.
REFUSED = {
    "otio/screening_example.otio": "Marker.3 is newer than OpenTimelineIO",
    "fcp7xml/sample_just_track.xml": "there is nothing to render",
}
#: Frames as the files themselves say them: duration of sequence, tractor or project.
FRAMES = {
    "fcpxml/25i.fcpxml": 738,
    "fcpxml/29.97d.fcpxml": 887,
    "fcpxml/AudioOnly.fcpxml": 4647,
    "fcpxml/AuditionMarkers.fcpxml": 300,
    "fcpxml/CaptionSample.fcpxml": 2544,
    "fcpxml/CompoundClips.fcpxml": 752,
    "fcpxml/DisabledClips.fcpxml": 20438,
    "fcpxml/ImageSample.fcpxml": 1097,
    "fcpxml/MulticamMarkers.fcpxml": 1200,
    "fcpxml/SyncClip.fcpxml": 738,
    "fcpxml/TransitionMarkers1.fcpxml": 720,
    "fcpxml/fcpx_example.fcpxml": 4500,
    "fcpxml/fcpx_project.fcpxml": 4500,
    "kdenlive/alpha.kdenlive": 32,
    "kdenlive/audio-mix.kdenlive": 40,
    "kdenlive/effect-zones.kdenlive": 375,
    "kdenlive/kdenlive_example_v240770.kdenlive": 862,
    "kdenlive/kdenlive_mixes_markers.kdenlive": 3483,
    "kdenlive/mix-luma.kdenlive": 225,
    "kdenlive/mix-slide.kdenlive": 300,
    "kdenlive/qtblend-transition.kdenlive": 11,
    "kdenlive/qtblend-zoom.kdenlive": 150,
    "kdenlive/transform.kdenlive": 56,
    "mlt/new.mlt": 350,
    "mlt/smpte-colors.mlt": 125,
    "mlt/svg.mlt": 100,
    "mlt/entity.mlt": 15000,
    "mlt/pango.mlt": 15000,
    "timeline-studio/test-project-with-videos.json": 3615,
    "xges/test-auto-transition.xges": 50,
    "xges/test-project.xges": 50,
    "xges/xges_example.xges": 905,
}
#: Transitions, as the files have them.
TRANSITIONS = {
    "otio/transition.otio": 1,
    "otio/transition_test.otio": 3,
    "otio/ElFuente_60fps.otio": 4,
    "edl/dissolve_test.edl": 1,
    "edl/wipe_test.edl": 1,
    "edl/pyedl_25.edl": 3,
    "fcp7xml/premiere_example.xml": 2,
    "fcpxml/TransitionMarkers1.fcpxml": 4,
    "kdenlive/mix-luma.kdenlive": 2,
    "kdenlive/mix-slide.kdenlive": 3,
    "kdenlive/audio-mix.kdenlive": 1,
    "kdenlive/kdenlive_mixes_markers.kdenlive": 10,
    "xges/xges_example.xges": 1,
}
QUICK = {
    "kdenlive/alpha.kdenlive", "otio/transition.otio", "edl/wipe_test.edl",
    "aaf/transitions.aaf",
}  # fmt: skip


def _rows() -> dict[str, tuple[int, int, int, Fraction]]:
    if not TABLE.exists():
        return {}
    return {
        name: (int(tracks), int(clips), int(frames), Fraction(rate))
        for name, tracks, clips, frames, rate in _ROW.findall(TABLE.read_text())
    }


def _frames(timeline: Timeline) -> int:
    ends = [
        laid.end or Fraction(0)
        for track in timeline.tracks
        for laid in lay_out(track, "", timeline.rate, written_duration)
    ]
    return round(max(ends) * timeline.rate)


def _count(timeline: Timeline, what: type) -> int:
    items = [item for track in timeline.tracks for item in track.items]
    return sum(isinstance(item, what) for item in items)


@pytest.mark.parametrize("name", sorted(_rows().keys() - REFUSED.keys()))
def test_tracks_clips_frames_and_rate_are_those_of_the_table(name: str) -> None:
    tracks, clips, frames, rate = _rows()[name]

    timeline = farm.timeline.load(FOLDER / name).timeline

    if name == "fcp7xml/premiere_example.xml":
        clips += 3  # in its nested sequence, which the reader of the table left out
    assert (len(timeline.tracks), _count(timeline, Clip)) == (tracks, clips)
    assert _frames(timeline) == frames
    assert float(timeline.rate) == pytest.approx(float(rate), abs=1e-4)


@pytest.mark.parametrize("name", sorted(FRAMES))
def test_the_length_is_what_the_file_says(name: str) -> None:
    assert _frames(farm.timeline.load(FOLDER / name).timeline) == FRAMES[name]


@pytest.mark.parametrize("name", sorted(TRANSITIONS))
def test_no_transition_is_lost(name: str) -> None:
    timeline = farm.timeline.load(FOLDER / name).timeline

    assert _count(timeline, Transition) == TRANSITIONS[name]


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_cannot_be_read_is_refused_with_its_reason(name: str) -> None:
    with pytest.raises(InvalidTimeline, match=REFUSED[name]):
        farm.timeline.load(FOLDER / name)


def test_every_file_is_in_one_of_the_tables() -> None:
    known = {*_rows(), *FRAMES, *REFUSED, "edl/pyedl_25.edl"}

    assert [name for name in FILES if name not in known] == []


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in QUICK else pytest.mark.slow)
        for name in FILES
        if name not in REFUSED
    ],
)
def test_it_renders_with_exactly_its_frames(name: str, settings: Settings) -> None:
    loaded = farm.timeline.load(FOLDER / name, missing="black")
    spec: dict[str, JsonValue] = {
        "timeline": loaded.timeline.model_dump(mode="json"),
        "output": "/nowhere/out.mp4",
        "width": 160,
    }
    done = do_here(JobKind.PREVIEW, spec, settings=settings)

    facts = probe_media(done.file)
    assert facts.video[0].frames == _frames(loaded.timeline)
    assert not facts.truncated


def test_a_nested_sequence_lies_where_the_program_that_made_it_puts_it(
    settings: Settings,
) -> None:
    """Kdenlive's own render of the project is the measure."""
    reference = SHARED / "media" / "pro" / "alpha_1080p_qtrle.mov"
    if not reference.exists():
        pytest.skip("its render is not at hand")
    loaded = farm.timeline.load(FOLDER / "kdenlive" / "alpha.kdenlive")
    spec: dict[str, JsonValue] = {
        "timeline": loaded.timeline.model_dump(mode="json"),
        "output": "/nowhere/out.mp4",
        "width": 960,
    }
    made = _picture(do_here(JobKind.PREVIEW, spec, settings=settings).file)
    wanted = _picture(reference)[::2, ::2]

    inside = wanted.max(axis=2) > 128
    bright = made.max(axis=2) > 128
    assert (inside & bright).sum() / (inside | bright).sum() > 0.96
    assert np.abs(made[inside & bright].mean(axis=0) - (255, 255, 128)).max() < 12


def _picture(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        frames = container.decode(video=0)
        return next(frames).to_ndarray(format="rgb24").astype(float)
