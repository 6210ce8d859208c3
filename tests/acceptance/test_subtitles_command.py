"""`farm subtitles`, and renders with a file of subtitles, as a user meets them."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from farm.ffmpeg.subtitles import read_cues
from farm.timeline.timeline import FORMAT
from tests.acceptance.cli_helpers import CommandLine

if TYPE_CHECKING:
    from pathlib import Path

_EDIT = {
    "format": FORMAT,
    "rate": 25,
    "width": 160,
    "height": 96,
    "tracks": [
        {
            "kind": "video",
            "items": [{"type": "clip", "media": {"type": "color"}, "duration": 2}],
        }
    ],
    "subtitles": [{"cues": [{"start": 1, "end": 1.5, "text": "Morning tide"}]}],
}
_SRT = "1\n00:00:00,400 --> 00:00:01,000\nHello\n"


@pytest.fixture
def command(tmp_path: Path) -> CommandLine:
    """Return the command, in a folder with a timeline."""
    (tmp_path / "edit.json").write_text(json.dumps(_EDIT))
    (tmp_path / "film.en.srt").write_text(_SRT)
    return CommandLine(folder=tmp_path)


def test_subtitles_are_written_beside_the_film(command: CommandLine) -> None:
    done = command.run("subtitles", "edit.json", "-o", "out.vtt")

    assert (done.returncode, done.stdout.strip()) == (0, f"{command.folder}/out.vtt")
    assert (command.folder / "out.vtt").read_text().splitlines()[2:] == [
        "00:00:01.000 --> 00:00:01.500",
        "Morning tide",
    ]
    wrong = command.run("subtitles", "edit.json", "-o", "out.txt")
    assert wrong.returncode == 2
    assert "are written as *.srt, *.vtt, *.ass, not out.txt" in wrong.stderr


@pytest.mark.slow
def test_a_render_takes_a_file_of_them_as_a_stream(command: CommandLine) -> None:
    asked = ("render", "edit.json", "-o", "out.mkv", "--subtitles")
    done = command.run(*asked, "film.en.srt", "--subtitles-as", "stream")

    assert done.returncode == 0, done.stderr
    cues = read_cues(command.folder / "out.mkv", start=Fraction(0))
    assert [(float(start), float(end)) for start, end in cues] == [(0.4, 1.0)]
    wrong = command.run(*asked, "film.en.srt", "--subtitle-style", "basic-wite")
    assert wrong.returncode == 2
    assert "there is no style 'basic-wite'" in wrong.stderr
