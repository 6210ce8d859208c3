"""The demonstration from the first clip to the contact sheet, step by step."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from farm.demo import generated, own
from farm.demo.check import find_faults
from farm.demo.sheet import make_sheet
from farm.demo.sources import MUSIC_SECONDS, make_films, make_music
from farm.errors import InvalidOption, OutputWrong
from farm.ffmpeg.locate import find_ffmpeg

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydantic import JsonValue

    from farm.api import Farm, Job, Result
    from farm.demo.expected import Expected

Say: TypeAlias = "Callable[[str], None]"
Wait: TypeAlias = "Callable[[Job], Result]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the demonstration made, and how long each step took."""

    timeline: Path
    film: Path
    frame: Path
    sheet: Path
    seconds: dict[str, float]
    left_out: tuple[str, ...]

    def to_json(self) -> dict[str, JsonValue]:
        """Return it as plain data."""
        return {
            "timeline": str(self.timeline),
            "film": str(self.film),
            "frame": str(self.frame),
            "sheet": str(self.sheet),
            "seconds": {step: round(took, 2) for step, took in self.seconds.items()},
            "left_out": list(self.left_out),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is to be rendered."""

    document: dict[str, JsonValue]
    expected: Expected
    left_out: tuple[str, ...] = ()


def show(
    farm: Farm, folder: Path, *, media: Path | None, say: Say, wait: Wait
) -> Shown:
    """Make clips, write a timeline, render it, check it, and take pictures of it."""
    folder = _make_folder(folder)
    ffmpeg = find_ffmpeg(farm.settings)
    watch = _StopWatch(say)
    plan = (
        _plan_generated(folder, ffmpeg=ffmpeg)
        if media is None
        else _plan_own(media.absolute(), folder=folder, ffmpeg=ffmpeg)
    )
    for reason in plan.left_out:
        say(f"  left out  {reason}")
    watch.done("source clips")
    timeline = folder / "demo.json"
    timeline.write_text(json.dumps(plan.document, indent=2) + "\n", encoding="utf-8")
    film = folder / "demo.mp4"
    wait(farm.render(timeline, film, preset="h264-720p"))
    watch.done("render")
    faults = find_faults(film, plan.expected, ffmpeg=ffmpeg)
    if faults:
        raise OutputWrong(
            f"{film} is not what its timeline says: {faults[0]}.", problems=faults
        )
    watch.done("check")
    frame = folder / "frame.jpg"
    middle = Fraction(plan.expected.frames, 2) / plan.expected.rate
    wait(farm.frame(timeline, frame, at=middle))
    watch.done("frame")
    sheet = folder / "sheet.png"
    make_sheet(film, sheet, frames=plan.expected.frames, ffmpeg=ffmpeg)
    watch.done("contact sheet")
    return Shown(
        timeline=timeline,
        film=film,
        frame=frame,
        sheet=sheet,
        seconds=watch.seconds,
        left_out=plan.left_out,
    )


class _StopWatch:
    """Says how long each step took."""

    def __init__(self, say: Say) -> None:
        self.seconds: dict[str, float] = {}
        self._say = say
        self._since = time.monotonic()

    def done(self, step: str) -> None:
        """End a step."""
        now = time.monotonic()
        self.seconds[step] = now - self._since
        self._say(f"  {step:<14} {now - self._since:6.1f} s")
        self._since = now


def _make_folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidOption(
            f"The folder {folder} cannot be made: {error.strerror}."
        ) from error
    return folder.absolute()


def _plan_generated(folder: Path, *, ffmpeg: Path) -> _Plan:
    make_films(folder / "media", ffmpeg=ffmpeg)
    return _Plan(
        document=generated.build_document(), expected=generated.build_expected()
    )


def _plan_own(media: Path, *, folder: Path, ffmpeg: Path) -> _Plan:
    chosen = own.choose_films(media)
    music = chosen.music or own.Music(
        path=make_music(folder / "media", ffmpeg=ffmpeg),
        seconds=Fraction(MUSIC_SECONDS),
    )
    return _Plan(
        document=own.build_document(chosen, title=media.name, music=music),
        expected=own.build_expected(chosen),
        left_out=chosen.left_out,
    )
