"""The commands that are built, argument by argument."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.ffmpeg.concat import build_join_command
from farm.ffmpeg.crf import with_crf
from farm.ffmpeg.encode import build_segment_command
from farm.ffmpeg.loudness import Level
from farm.ffmpeg.mix import build_mix_commands
from farm.ffmpeg.still_output import build_still_command
from farm.ffmpeg.trial import build_trial_command, build_vmaf_command
from farm.presets.catalog import find_preset
from farm.timeline.document import load_document
from farm.timeline.place import place
from farm.timeline.slice import slice_picture, slice_sound
from tests.factories import make_media_facts

if TYPE_CHECKING:
    from collections.abc import Callable

    from farm.ffmpeg.command import Command
    from farm.timeline.composition import Composition

    Compare = Callable[[Command], None]

_SIZE = (640, 360)


def compose(*tracks: dict[str, Any], rate: str = "25") -> Composition:
    """Place a small timeline over two known files."""
    document = {
        "format": "farm-timeline/1",
        "rate": rate,
        "width": 640,
        "height": 360,
        "tracks": list(tracks),
    }
    facts = {path: make_media_facts(path) for path in ("/a.mp4", "/b.mp4")}
    return place(load_document(document, folder=Path("/")), facts).composition


def film(path: str, **fields: object) -> dict[str, Any]:
    """Return a clip of a file."""
    return {"type": "clip", "media": {"type": "file", "path": path}, **fields}


def test_cut(compare: Compare) -> None:
    """Two clips on one track are decoded and joined, and nothing else is done."""
    composition = compose(
        {
            "kind": "video",
            "items": [
                film("a.mp4", source_range={"start": 3, "duration": 2}),
                film("b.mp4", source_range={"start": 0, "duration": 2}),
            ],
        }
    )
    compare(
        build_segment_command(
            slice_picture(composition, 0, 100),
            find_preset("source"),
            size=_SIZE,
            threads=1,
        )
    )


def test_piece_of_a_dissolve(compare: Compare) -> None:
    """A segment that starts within a dissolve gives it a negative offset."""
    composition = compose(
        {
            "kind": "video",
            "items": [
                film("a.mp4", source_range={"start": 3, "duration": 2}),
                {"type": "transition", "duration": 1},
                film("b.mp4", source_range={"start": 2, "duration": 2}),
            ],
        },
        rate="30000/1001",
    )
    compare(
        build_segment_command(
            slice_picture(composition, 55, 80),
            find_preset("lossless"),
            size=_SIZE,
            threads=1,
        )
    )


def test_inset_and_title(compare: Compare) -> None:
    """An inset and a title are laid over the film, a title file is written."""
    composition = compose(
        {"kind": "video", "items": [film("a.mp4")]},
        {
            "kind": "video",
            "items": [
                film(
                    "b.mp4",
                    start=1,
                    source_range={"start": 1, "duration": 2},
                    transform={"x": 0.8, "y": 0.2, "scale": 0.25},
                    opacity=0.5,
                )
            ],
        },
        {
            "kind": "video",
            "items": [
                {
                    "type": "clip",
                    "media": {"type": "title", "text": "Morning: 100 %", "outline": 2},
                    "duration": 3,
                }
            ],
        },
    )
    compare(
        build_segment_command(
            slice_picture(composition, 0, 75),
            find_preset("h264-720p"),
            size=(1280, 720),
            threads=1,
        )
    )


def test_vmaf(compare: Compare) -> None:
    """An encode is compared with what was composed, frame by frame, in its colours."""
    composition = compose({"kind": "video", "items": [film("a.mp4")]})
    compare(
        build_vmaf_command(
            "segment.mp4", slice_picture(composition, 0, 75), size=_SIZE, threads=1
        )
    )


def test_trial(compare: Compare) -> None:
    """What was composed before is encoded with another CRF."""
    composition = compose({"kind": "video", "items": [film("a.mp4")]})
    compare(
        build_trial_command(
            slice_picture(composition, 0, 75),
            with_crf(find_preset("h264-720p"), Fraction(93, 4)),
            threads=1,
            set_number=21,
        )
    )


def test_still(compare: Compare) -> None:
    """One frame is written as a picture."""
    composition = compose({"kind": "video", "items": [film("a.mp4")]})
    compare(
        build_still_command(
            slice_picture(composition, 30, 31), size=_SIZE, suffix=".jpg", threads=1
        )
    )


def test_mix(compare: Compare) -> None:
    """Clips that cross lie in two lanes; tracks are summed and limited."""
    composition = compose(
        {
            "kind": "video",
            "items": [
                film("a.mp4", source_range={"start": 3, "duration": 2}),
                {"type": "transition", "duration": 1},
                film("b.mp4", source_range={"start": 2, "duration": 2}, speed=2),
            ],
        },
        {
            "kind": "audio",
            "volume": 0.5,
            "items": [film("b.mp4", fade_in=1, fade_out=1, pan=-1)],
        },
    )
    sound = slice_sound(composition, 0, composition.frames)
    (command,) = build_mix_commands(sound, find_preset("source").audio)
    compare(command)


def test_loud_mix(compare: Compare) -> None:
    """A gain is applied to the sum, and peaks between samples are limited."""
    composition = compose({"kind": "audio", "items": [film("b.mp4")]})
    (command,) = build_mix_commands(
        slice_sound(composition, 0, composition.frames),
        find_preset("source").audio,
        level=Level(gain_db=5.25, limit_db=-1.5),
    )
    compare(command)


def test_join(compare: Compare) -> None:
    """Pieces are joined by stream copy, with the sound beside them."""
    compare(
        build_join_command(
            [("segment-0000.mp4", 250), ("segment-0001.mp4", 125)],
            sound="mix.m4a",
            rate=Fraction(25),
            preset=find_preset("hevc-1080p"),
            suffix=".mp4",
        )
    )
