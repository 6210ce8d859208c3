"""How much is started, decoded and written for a render, on any machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.ffmpeg import run as run_module
from farm.ffmpeg.locate import find_ffmpeg
from tests import here
from tests.here import render_here
from tests.integration.render.pieces import Cutter
from tests.integration.render.timelines import clip, title

if TYPE_CHECKING:
    import pytest

    from farm.ffmpeg.command import Command
    from farm.settings import Settings
    from tests.integration.render.media import MediaFolder

_DECODED = re.compile(r"(\d+) frames decoded")
_AHEAD = 20
"""Frames that FFmpeg decodes before it sees that no more are needed: this varies."""
_MOST_BEFORE = 12 + 16
"""Frames before a segment: a group of pictures, and the margin of the seek."""
_MOST_WRITTEN = 2.2
"""Bytes for each byte of the film: its segments, and the film joined of them."""


def _document(*tracks: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "format": "farm-timeline/1",
        "rate": "25",
        "width": 160,
        "height": 96,
        "tracks": [{"kind": "video", "items": items} for items in tracks],
    }


def _decoded(settings: Settings, command: Command, folder: Path) -> int:
    """Run a command of FFmpeg, and return how many frames its inputs decoded."""
    for name, text in command.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [
            *(find_ffmpeg(settings), "-hide_banner", "-nostdin", "-y"),
            *("-loglevel", "verbose", *command.arguments),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return sum(int(count) for count in _DECODED.findall(done.stderr))


def test_a_segment_decodes_no_more_than_from_the_key_frame_before_it(
    media: MediaFolder, settings: Settings, tmp_path: Path
) -> None:
    film = media.numbered(seconds=8)  # a key frame every 12 frames
    cutter = Cutter(settings=settings)
    composition = cutter.compose(_document([clip(film, 0, 8)]))
    for start, end in ((0, 50), (50, 100), (107, 157)):
        command = cutter.command(composition, start, end)
        decoded = _decoded(settings, command, tmp_path)
        most = end - start + _MOST_BEFORE + _AHEAD
        assert end - start <= decoded <= most


def test_what_is_hidden_is_not_decoded(
    media: MediaFolder, settings: Settings, tmp_path: Path
) -> None:
    film = media.numbered(seconds=8)
    other = media.numbered(seconds=8, film=1)
    cutter = Cutter(settings=settings)
    seen = cutter.compose(_document([clip(film, 0, 4)]))
    hidden = cutter.compose(_document([clip(other, 0, 4)], [clip(film, 0, 4)]))
    for composition in (seen, hidden):
        command = cutter.command(composition, 0, 100)
        assert 100 <= _decoded(settings, command, tmp_path) <= 100 + _AHEAD


def test_a_title_that_stands_is_drawn_once(
    media: MediaFolder, settings: Settings
) -> None:
    film = media.numbered(seconds=8)
    cutter = Cutter(settings=settings)
    composition = cutter.compose(
        _document([clip(film, 0, 4)], [title("It stands", 4, size=20)])
    )
    (graph,) = [
        part for part in cutter.command(composition, 0, 100).arguments if "ass=" in part
    ]
    drawn = graph.index("ass=")
    assert "trim=end_frame=1[" in graph[:drawn]
    assert "loop=loop=-1:size=1" in graph[drawn:]


def test_a_segment_is_one_process_and_its_bytes_are_written_twice(
    media: MediaFolder, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[Command] = []
    carry_out = run_module.run

    def note(command: Command, **options: Any) -> Any:  # noqa: ANN401
        commands.append(command)
        return carry_out(command, **options)

    monkeypatch.setattr(here, "run", note)
    film = media.numbered(seconds=8)
    document = _document([clip(film, 0, 8, muted=True)])
    before = _written()
    done = render_here(document, settings=settings, segments="2")
    written = _written() - before
    kinds = [task.kind.value for task in done.tasks]
    segments = kinds.count("segment")
    assert segments == 4
    encoded = [each for each in commands if each.output.startswith("segment")]
    assert len(encoded) == segments
    assert len(commands) <= segments + 2  # the film is joined, and its sound made
    size = done.file.stat().st_size
    assert written <= _MOST_WRITTEN * size + 200_000, f"{written} for {size}"


def _written() -> int:
    """Return the bytes that this process and its ended children have written."""
    counts = Path("/proc/self/io").read_text(encoding="ascii")
    return int(re.findall(r"^wchar: (\d+)$", counts, re.MULTILINE)[0])
