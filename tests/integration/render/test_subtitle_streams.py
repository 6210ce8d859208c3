"""Subtitles as streams of the file."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import pytest

from farm.errors import InvalidOption
from farm.ffmpeg.subtitles import read_cues
from farm.plan.subtitles import check_subtitles
from farm.settings import Settings
from farm.timeline.load import load_timeline
from tests.here import render_here
from tests.integration.render.timelines import plain, timeline, video

if TYPE_CHECKING:
    from pathlib import Path

CUES = [
    {"start": "0.2", "end": "0.6", "text": "it's\n\n100%"},
    {"start": "0.8", "end": "1.2", "text": "two"},
    {"start": "5", "end": "6", "text": "too late"},
]


def document(**more: object) -> dict[str, Any]:
    subtitles = [
        {"cues": CUES, "show": "stream", "language": "de", "name": "Deutsch"},
        {"cues": CUES[:2], "show": "stream", "offset": "0.04"},
    ]
    return timeline(video(plain("#304050", "1.4")), subtitles=subtitles, **more)


@pytest.mark.parametrize(
    ("preset", "suffix", "codec"),
    [
        ("lossless", ".mkv", "srt"),
        ("source", ".mp4", "mov_text"),
        ("vp9-1080p", ".webm", "webvtt"),
    ],
)
def test_players_can_switch_them_on(
    tmp_path: Path, preset: str, suffix: str, codec: str
) -> None:
    done = render_here(
        document(),
        settings=Settings(storage=tmp_path),
        preset=preset,
        suffix=suffix,
    )

    with av.open(str(done.file)) as container:
        streams = container.streams.subtitles
        said = [stream.metadata.get("language", "und") for stream in streams]
        codecs = {stream.codec_context.name for stream in streams}
    assert said == ["deu", "und"]
    assert codecs == {codec}
    times = [float(t) for cue in read_cues(done.file, start=Fraction(0)) for t in cue]
    assert times == pytest.approx([0.2, 0.6, 0.8, 1.2], abs=0.002)


def test_a_range_has_the_cues_that_lie_in_it(tmp_path: Path) -> None:
    done = render_here(
        document(), settings=Settings(storage=tmp_path), range=["0.4", "1"]
    )

    times = [float(t) for cue in read_cues(done.file, start=Fraction(0)) for t in cue]
    assert times == pytest.approx([0, 0.2, 0.4, 0.6], abs=0.002)


def test_cues_that_say_nothing_or_very_much(tmp_path: Path) -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 300
    cues = [
        {"start": 0, "end": "0.2", "text": "  \n "},
        {"start": "0.4", "end": "0.6", "text": family},
    ]
    subtitles = [{"cues": cues, "show": "stream"}]
    written = timeline(video(plain("#304050", "0.8")), subtitles=subtitles)
    done = render_here(written, settings=Settings(storage=tmp_path), suffix=".mkv")

    with av.open(str(done.file)) as container:
        texts = [
            bytes(packet).decode()
            for packet in container.demux(subtitles=0)
            if packet.size
        ]
    assert ["".join(text.split()) for text in texts] == [family]


def test_a_file_that_holds_none_is_refused() -> None:
    loaded = load_timeline(document()).timeline

    with pytest.raises(InvalidOption, match=r"a \.avi file holds no stream of subti"):
        check_subtitles(loaded, "/out/film.avi")
