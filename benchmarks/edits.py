"""Case 4: what an edit of a long timeline costs, in parts of its cold render."""

from __future__ import annotations

import copy
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.compare import count_frames
from benchmarks.figures import Case, Figure
from benchmarks.machine import CORES
from benchmarks.media import RATE
from farm import Farm

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from farm.api import Result

_CLIP_SECONDS, _CAPTION_SECONDS, _CAPTION_EVERY = 10, 3, 5
_INSERTED_SECONDS = 3
_BOUNDS = {
    "another caption": 5.0,
    "3 s inserted at the start": 8.0,
    "another colour of a clip": 5.0,
    "that undone": 3.0,
    "another name of the output": 2.0,
}
_WHAT = (
    "A {seconds} s {width}x{height} timeline of {clips} clips with dissolves, titles, "
    "captions and music on a farm of two CPU slots that is up: rendered cold, then "
    "after edits. Nothing is copied."
)
_Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditCase:
    """Renders one timeline, and again after each of some edits."""

    clips: tuple[Path, ...]
    size: tuple[int, int]
    count: int
    """Clips of the timeline."""
    ffmpeg: Path
    folder: Path
    bounded: bool
    """Whether the bounds count: they are for ten minutes."""

    def measure(self, *, rounds: int) -> Case:
        """Render cold once, then each edit so many times."""
        document = self._document()
        seconds: dict[str, list[float]] = {name: [] for name in _BOUNDS}
        reused: dict[str, str] = {}
        with Farm.local(self.folder / "edits", cpu_slots=CORES) as farm:
            farm.probe(self.clips[0]).result(timeout=60)  # the farm is up
            cold, _ = self._render(farm, document, "cold")
            for number in range(rounds):
                for name, edit in _EDITS.items():
                    document = edit(document, number)
                    took, result = self._render(farm, document, name)
                    seconds[name].append(took)
                    reused[name] = f"{result.tasks_rendered} of {len(result.segments)}"
        figures = [Figure(name="cold", unit="s", values=(cold,))]
        for name, most in _BOUNDS.items():
            shares = tuple(100 * took / cold for took in seconds[name])
            figures += [
                Figure(name=name, unit="s", values=tuple(seconds[name])),
                Figure(
                    name=f"{name}, of cold",
                    unit="%",
                    values=shares,
                    most=most if self.bounded else None,
                ),
            ]
        return Case(
            name="edits",
            what=_WHAT.format(
                seconds=self.count * _CLIP_SECONDS,
                clips=self.count,
                width=self.size[0],
                height=self.size[1],
            ),
            figures=tuple(figures),
            details={"segments_rendered": dict(reused)},
        )

    def _render(
        self, farm: Farm, document: _Document, name: str
    ) -> tuple[float, Result]:
        output = self.folder / f"{name.replace(' ', '-')}-{time.monotonic_ns()}.mp4"
        start = time.monotonic()
        result = farm.render(document, output, smart="off").result(timeout=3600)
        seconds = time.monotonic() - start
        print(
            f"  {name:30} {seconds:7.2f} s, {result.tasks_rendered} of "
            f"{len(result.segments)} segments rendered",
            flush=True,
        )
        assert count_frames(output) == result.segments[-1].end
        output.unlink()
        return seconds, result

    def _document(self) -> _Document:
        scenes: list[_Document] = []
        for number in range(self.count):
            if scenes:
                scenes.append(
                    {"type": "transition", "kind": "dissolve", "duration": "1"}
                )
            span = {"start": str(1 + number % 13), "duration": str(_CLIP_SECONDS)}
            scenes.append(_film(self.clips[number % len(self.clips)], span))
        length = self.count * _CLIP_SECONDS
        return {
            "format": "farm-timeline/1",
            "rate": str(RATE),
            "width": self.size[0],
            "height": self.size[1],
            "tracks": [
                {"kind": "video", "items": scenes},
                {
                    "kind": "video",
                    "name": "titles",
                    "items": [
                        _words(f"Part {at // 60 + 1}", at + 2, 4, size=90)
                        for at in range(0, length, 60)
                    ],
                },
                {
                    "kind": "video",
                    "name": "captions",
                    "items": [
                        _words(f"This is said at {at} s.", at + 1, _CAPTION_SECONDS)
                        for at in range(0, length, _CAPTION_EVERY)
                    ],
                },
                {
                    "kind": "audio",
                    "items": [
                        {
                            "type": "clip",
                            "media": {"type": "file", "path": str(self._music(length))},
                            "volume": 0.3,
                            "fade_out": "3",
                        }
                    ],
                },
            ],
        }

    def _music(self, seconds: int) -> Path:
        path = self.folder / "music.m4a"
        if not path.exists():
            wave = f"anoisesrc=c=pink:a=0.3:r=44100:seed=2:d={seconds}"
            subprocess.run(
                [
                    *(str(self.ffmpeg), "-nostdin", "-loglevel", "error", "-f"),
                    *("lavfi", "-i", wave, "-ac", "2", "-b:a", "160k", str(path)),
                ],
                check=True,
            )
        return path


def _film(path: Path, span: dict[str, str]) -> _Document:
    media = {"type": "file", "path": str(path)}
    return {"type": "clip", "media": media, "source_range": span}


def _words(text: str, start: float, seconds: int, *, size: int = 36) -> _Document:
    media = {"type": "title", "text": text, "size": size, "align": "bottom"}
    return {
        "type": "clip",
        "media": media,
        "start": str(start),
        "duration": str(seconds),
    }


def _change_caption(document: _Document, number: int) -> _Document:
    edited = copy.deepcopy(document)
    captions = edited["tracks"][2]["items"]
    caption = captions[(7 + 5 * number) % len(captions)]
    caption["media"]["text"] += " Really."
    return edited


def _insert(document: _Document, number: int) -> _Document:
    """Insert a clip before all others; all tracks move with it."""
    edited = copy.deepcopy(document)
    scenes = edited["tracks"][0]["items"]
    span = {"start": str(2 + number), "duration": str(_INSERTED_SECONDS)}
    scenes.insert(0, {**copy.deepcopy(scenes[0]), "source_range": span})
    for track in edited["tracks"][1:]:
        for item in track["items"]:
            item["start"] = str(float(item.get("start", 0)) + _INSERTED_SECONDS)
    return edited


def _change_color(document: _Document, number: int) -> _Document:
    edited = copy.deepcopy(document)
    scenes = [item for item in edited["tracks"][0]["items"] if item["type"] == "clip"]
    scenes[(3 + 7 * number) % len(scenes)]["effects"] = [
        {"name": "saturation", "parameters": {"amount": 1.3}}
    ]
    return edited


def _undo_color(document: _Document, number: int) -> _Document:
    edited = copy.deepcopy(document)
    scenes = [item for item in edited["tracks"][0]["items"] if item["type"] == "clip"]
    scenes[(3 + 7 * number) % len(scenes)].pop("effects")
    return edited


def _rename(document: _Document, _number: int) -> _Document:
    return document


_EDITS: dict[str, Callable[[_Document, int], _Document]] = {
    "another caption": _change_caption,
    "3 s inserted at the start": _insert,
    "another colour of a clip": _change_color,
    "that undone": _undo_color,
    "another name of the output": _rename,
}
