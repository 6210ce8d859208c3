"""Case c: four layers, three of them with effects."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.encoding import encoding
from benchmarks.media import RATE
from benchmarks.written import write_titles

if TYPE_CHECKING:
    from pathlib import Path

_SCALE, _LEFT, _RIGHT, _TOP = 0.4, 0.25, 0.75, 0.3
_SATURATION, _CONTRAST, _SIGMA, _OPACITY = 1.4, 1.1, 5, 0.7
_BEGIN = 2
WHAT = (
    "A {seconds} s {width}x{height} timeline of four layers: a clip of more saturation "
    "and contrast, a blurred one and a grey, translucent one over it, both scaled, and "
    "a title; in turn with one FFmpeg command that makes the same. Memory is what all "
    "processes have at once, at its peak."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerCommands:
    """The timeline, and the FFmpeg command for it."""

    clips: tuple[Path, ...]
    size: tuple[int, int]
    seconds: int
    folder: Path
    variants: tuple[str, ...] = ("default threads", "decoders of 1 thread")

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that the timeline shows."""
        return self.clips

    def shorter(self) -> LayerCommands:
        """Return a shorter one, to try which way is the fastest."""
        return dataclasses.replace(self, seconds=4)

    def document(self) -> dict[str, Any]:
        """Return the timeline."""
        layers = [
            {
                "effects": [
                    {"name": "saturation", "parameters": {"amount": _SATURATION}},
                    {"name": "contrast", "parameters": {"amount": _CONTRAST}},
                ]
            },
            {
                "effects": [{"name": "blur", "parameters": {"sigma": _SIGMA}}],
                "transform": {"x": _LEFT, "y": _TOP, "scale": _SCALE},
                "muted": True,
            },
            {
                "effects": [{"name": "grayscale"}],
                "transform": {"x": _RIGHT, "y": _TOP, "scale": _SCALE},
                "opacity": _OPACITY,
                "muted": True,
            },
        ]
        span = {"start": str(_BEGIN), "duration": str(self.seconds)}
        clips: list[dict[str, Any]] = [
            {
                "type": "clip",
                "media": {"type": "file", "path": str(clip)},
                "source_range": span,
                **more,
            }
            for clip, more in zip(self.clips, layers, strict=True)
        ]
        clips.append(
            {
                "type": "clip",
                "media": {"type": "title", **self._title()},
                "duration": str(self.seconds),
            }
        )
        return {
            "format": "farm-timeline/1",
            "rate": str(RATE),
            "width": self.size[0],
            "height": self.size[1],
            "tracks": [{"kind": "video", "items": [clip]} for clip in clips],
        }

    def build(self, output: Path, *, variant: str) -> list[str]:
        """Return the arguments of FFmpeg in one of the ways."""
        threads = ["-threads", "1"] if variant == "decoders of 1 thread" else []
        inputs: list[str] = []
        for clip in self.clips:
            inputs += [*threads, "-ss", str(_BEGIN), "-t", str(self.seconds)]
            inputs += ["-i", str(clip)]
        width, height = (2 * round(_SCALE * side / 2) for side in self.size)
        left, right = (round(at * self.size[0] - width / 2) for at in (_LEFT, _RIGHT))
        top = round(_TOP * self.size[1] - height / 2)
        path = write_titles(
            self.folder / "layers.ass",
            [(self._title(), 0, self.seconds)],
            size=self.size,
        )
        translucent = f"format=yuva420p,lutyuv=a=val*{_OPACITY}"
        steps = [
            f"[0:v]eq=saturation={_SATURATION}:contrast={_CONTRAST}[base]",
            f"[1:v]scale={width}:{height},gblur=sigma={_SIGMA}:steps=3[soft]",
            f"[2:v]scale={width}:{height},hue=s=0,{translucent}[grey]",
            f"[base][soft]overlay={left}:{top}[two]",
            f"[two][grey]overlay={right}:{top},ass={path.name}:fontsdir=fonts[picture]",
            "[0:a]acopy[sound]",
        ]
        return [*inputs, "-filter_complex", ";".join(steps), *encoding(output)]

    def _title(self) -> dict[str, Any]:
        size = self.size[1] // 12
        return {"text": "Four layers", "size": size, "align": "bottom"}
