"""What is black, frozen or silent is found, unless the timeline has it so."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from farm.errors import OutputWrong
from farm.ffmpeg.encode import build_segment_command
from farm.ffmpeg.locate import find_ffmpeg
from farm.ffmpeg.mix import build_mix_commands
from farm.kinds import mix, segment
from farm.settings import Settings
from tests.here import render_here

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from farm.ffmpeg.command import Command

SECONDS = 5
_MOVING = "mandelbrot=size=160x96:rate=25"
_DRAWN = {
    "moving": _MOVING,
    "black": "color=black:size=160x96:rate=25",
    "frozen": "testsrc2=size=160x96:rate=25,trim=end_frame=1,loop=-1:1:0",
    "partly": f"{_MOVING},drawbox=c=black:t=fill:enable='between(t,1,3)'",
    "pause": f"{_MOVING},loop=80:1:30",
}
_HEARD = {
    "moving": "sine=frequency=440",
    "black": "anullsrc",
    "frozen": "sine=frequency=440",
    "partly": "sine=frequency=440,volume=0:enable='between(t,1,3)'",
    "pause": "sine=frequency=440",
}


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("films")
    for name, drawn in _DRAWN.items():
        command = [
            *(str(find_ffmpeg(Settings())), "-loglevel", "error"),
            *("-f", "lavfi", "-i", drawn, "-f", "lavfi", "-i", _HEARD[name]),
            *("-t", str(SECONDS), "-c:v", "libx264", "-preset", "ultrafast"),
            *("-pix_fmt", "yuv420p", "-c:a", "pcm_s16le"),
            str(folder / f"{name}.mov"),
        ]
        subprocess.run(command, check=True)
    return {name: folder / f"{name}.mov" for name in _DRAWN}


def timeline(film: Path, *, kinds: Sequence[str] = ("video",), **clip: Any) -> Any:  # noqa: ANN401
    item = {"type": "clip", "media": {"type": "file", "path": str(film)}, **clip}
    return {
        "format": "farm-timeline/1",
        "rate": 25,
        "width": 160,
        "height": 96,
        "tracks": [{"kind": kind, "items": [item]} for kind in kinds],
    }


def instead(build: Callable[..., Any], film: Path, other: Path) -> Callable[..., Any]:
    """Build commands that show another film than the one they were asked for."""

    def swap(command: Command) -> Command:
        swapped = [word.replace(str(film), str(other)) for word in command.arguments]
        assert tuple(swapped) != command.arguments
        return replace(command, arguments=tuple(swapped))

    def build_wrong(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        built = build(*arguments, **options)
        if isinstance(built, tuple):
            return tuple(swap(each) for each in built)
        return swap(built)

    return build_wrong


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("black", r"is black from its frame 0 to 124 \(5\.00 s\), where .* is not"),
        ("partly", r"is black from its frame 25 to 75 \(2\.04 s\), where .* is not"),
        (
            "frozen",
            r"is frozen from its frame \d+ to 124 \(4\.\d\d s\), where .* moves",
        ),
        (
            "pause",
            r"is frozen from its frame 3\d to 1\d\d \(\d\.\d\d s\), where .* moves",
        ),
    ],
)
def test_what_the_film_does_not_have_is_found_with_its_place(
    films: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    shown: str,
    said: str,
) -> None:
    wrong = instead(build_segment_command, films["moving"], films[shown])
    monkeypatch.setattr(segment, "build_segment_command", wrong)

    with pytest.raises(OutputWrong, match=said):
        render_here(
            timeline(films["moving"]),
            settings=Settings(storage=tmp_path),
            segments="off",
        )


def test_silence_that_the_film_does_not_have_is_found_with_its_place(
    films: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = instead(build_mix_commands, films["moving"], films["partly"])
    monkeypatch.setattr(mix, "build_mix_commands", wrong)

    with pytest.raises(OutputWrong, match=r"is silent from 1\.\d\d to [23]\.\d\d s"):
        render_here(
            timeline(films["moving"], kinds=("audio", "video")),
            settings=Settings(storage=tmp_path),
            segments="off",
        )


@pytest.mark.parametrize("film", sorted(_DRAWN))
def test_what_the_film_has_is_left_alone(
    films: dict[str, Path], tmp_path: Path, film: str
) -> None:
    done = render_here(
        timeline(films[film], kinds=("video", "audio")),
        settings=Settings(storage=tmp_path),
        segments="off",
    )

    assert done.file.stat().st_size > 0


@pytest.mark.parametrize(
    "clip",
    [
        {"opacity": 0},
        {"transform": {"x": 5}},
        {"effects": [{"name": "brightness", "parameters": {"amount": 0}}]},
        {"speed": "1/50"},
        {"volume": 0},
    ],
    ids=str,
)
def test_what_the_timeline_does_to_a_film_is_left_alone(
    films: dict[str, Path], tmp_path: Path, clip: dict[str, Any]
) -> None:
    if "speed" in clip:
        clip = {**clip, "source_range": {"start": "0", "duration": "3"}}
    done = render_here(
        timeline(films["moving"], kinds=("video", "audio"), **clip),
        settings=Settings(storage=tmp_path),
        segments="off",
    )

    assert done.file.stat().st_size > 0
