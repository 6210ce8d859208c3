"""Case b: ten minutes of 60 clips with titles, pictures in the picture and music."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.encoding import encoding
from benchmarks.media import RATE
from benchmarks.written import write_titles

if TYPE_CHECKING:
    from pathlib import Path

CLIP_SECONDS = 10
_TITLE_AT, _TITLE_SECONDS = 1, 4
_INSET_EVERY, _INSET_AT, _INSET_SECONDS = 3, 2, 6
_INSET = {"x": 0.75, "y": 0.25, "scale": 0.3}
_MUSIC = 0.3
_SHORTER = 3
WHAT = (
    "A {seconds} s {width}x{height} timeline of {clips} clips, a title on each, a "
    "picture in the picture on every third, and music, on a farm of two CPU slots "
    "that is up, in turn with one FFmpeg command that makes the same; of the ways to "
    "write it, the fastest. Memory is what all processes have at once, at its peak."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmCommands:
    """The timeline, and the FFmpeg command for it."""

    clips: tuple[Path, ...]
    music: Path
    size: tuple[int, int]
    count: int
    folder: Path
    variants: tuple[str, ...] = ("default threads", "decoders of 1 thread")

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that the timeline shows."""
        return (*self.clips, self.music)

    @property
    def seconds(self) -> int:
        """Length of the timeline."""
        return self.count * CLIP_SECONDS

    def shorter(self) -> FilmCommands:
        """Return a shorter one, to try which way is the fastest."""
        return dataclasses.replace(self, count=min(self.count, _SHORTER))

    def document(self) -> dict[str, Any]:
        """Return the timeline."""
        return {
            "format": "farm-timeline/1",
            "rate": str(RATE),
            "width": self.size[0],
            "height": self.size[1],
            "tracks": [
                {
                    "kind": "video",
                    "items": [
                        _clip(self._clip(number), self._start(number), CLIP_SECONDS)
                        for number in range(self.count)
                    ],
                },
                {
                    "kind": "video",
                    "items": [
                        {
                            **_clip(self._clip(number + 1), 2, _INSET_SECONDS),
                            "start": str(number * CLIP_SECONDS + _INSET_AT),
                            "transform": _INSET,
                            "muted": True,
                        }
                        for number in range(0, self.count, _INSET_EVERY)
                    ],
                },
                {
                    "kind": "video",
                    "items": [
                        {
                            "type": "clip",
                            "media": {"type": "title", **title},
                            "start": str(start),
                            "duration": str(_TITLE_SECONDS),
                        }
                        for title, start in self._titles()
                    ],
                },
                {
                    "kind": "audio",
                    "items": [{**_clip(self.music, 0, self.seconds), "volume": _MUSIC}],
                },
            ],
        }

    def build(self, output: Path, *, variant: str) -> list[str]:
        """Return the arguments of FFmpeg in one of the ways."""
        threads = ["-threads", "1"] if variant == "decoders of 1 thread" else []
        inputs: list[str] = []
        steps: list[str] = []
        insets = self.count
        for number in range(self.count):
            begin = str(self._start(number))
            inputs += [*threads, "-ss", begin, "-t", str(CLIP_SECONDS)]
            inputs += ["-i", str(self._clip(number))]
        for number in range(0, self.count, _INSET_EVERY):
            inputs += [*threads, "-ss", "2", "-t", str(_INSET_SECONDS)]
            inputs += ["-i", str(self._clip(number + 1))]
        inputs += ["-i", str(self.music)]
        joined = []
        width, height = (_even(_INSET["scale"] * side) for side in self.size)
        x = round(_INSET["x"] * self.size[0] - width / 2)
        y = round(_INSET["y"] * self.size[1] - height / 2)
        for number in range(self.count):
            picture = f"[{number}:v]"
            if number % _INSET_EVERY == 0:
                small = f"scale={width}:{height},setpts=PTS+{_INSET_AT}/TB"
                laid = f"overlay={x}:{y}:eof_action=pass"
                steps.append(f"[{insets}:v]{small}[i{number}]")
                steps.append(f"{picture}[i{number}]{laid}[v{number}]")
                picture = f"[v{number}]"
                insets += 1
            joined.append(f"{picture}[{number}:a]")
        path = write_titles(
            self.folder / "titles.ass",
            [(title, start, _TITLE_SECONDS) for title, start in self._titles()],
            size=self.size,
        )
        steps += [
            f"{''.join(joined)}concat=n={self.count}:v=1:a=1[joined][spoken]",
            f"[joined]ass={path.name}:fontsdir=fonts[picture]",
            f"[{insets}:a]volume={_MUSIC}[music]",
            "[spoken][music]amix=inputs=2:normalize=0:duration=first[sound]",
        ]
        return [*inputs, "-filter_complex", ";".join(steps), *encoding(output)]

    def _clip(self, number: int) -> Path:
        return self.clips[number % len(self.clips)]

    def _start(self, number: int) -> int:
        return 1 + number % 13

    def _titles(self) -> list[tuple[dict[str, Any], int]]:
        size = self.size[1] // 12
        return [
            (
                {"text": f"This is part {number + 1}", "size": size, "align": "bottom"},
                number * CLIP_SECONDS + _TITLE_AT,
            )
            for number in range(self.count)
        ]


def _clip(path: Path, start: int, seconds: int) -> dict[str, Any]:
    return {
        "type": "clip",
        "media": {"type": "file", "path": str(path)},
        "source_range": {"start": str(start), "duration": str(seconds)},
    }


def _even(length: float) -> int:
    return 2 * round(length / 2)
