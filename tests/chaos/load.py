"""A mixed load of small jobs, and what each of them makes when nothing is wrong."""

from __future__ import annotations

import hashlib
import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import av

from farm.errors import FarmUnavailable
from farm.ffmpeg.locate import find_ffmpeg
from farm.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from farm import Farm, Job

_CLIPS = {
    "a.mp4": ("testsrc2=size=160x90:rate=25:duration=3", "sine=frequency=440"),
    "b.mp4": ("mandelbrot=size=160x90:rate=25", "sine=frequency=660"),
}
_SECONDS = 3
_DECODED = {".mkv", ".mp4", ".png", ".jpg", ".gif", ".m4a"}


def make_media(folder: Path) -> None:
    """Make the films that the jobs use, and one that is none."""
    folder.mkdir(parents=True)
    ffmpeg = str(find_ffmpeg(Settings()))
    for name, (picture, sound) in _CLIPS.items():
        arguments = [
            *("-loglevel", "error", "-f", "lavfi", "-i", picture),
            *("-f", "lavfi", "-i", sound, "-t", str(_SECONDS)),
            *("-c:v", "libx264", "-g", "25", "-pix_fmt", "yuv420p", "-c:a", "aac"),
            str(folder / name),
        ]
        subprocess.run([ffmpeg, *arguments], check=True)
    (folder / "broken.mp4").write_bytes(b"this is no film" * 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A job to be submitted."""

    number: int
    kind: str
    variant: int
    media: Path
    outputs: Path

    @property
    def what(self) -> str:
        """All orders of this name make the same."""
        return f"{self.kind}-{self.variant}"

    @property
    def key(self) -> str:
        """Sent twice, it is one job."""
        return f"order-{self.number}"

    @property
    def output(self) -> Path:
        """Where its result is to be."""
        return self.outputs / f"{self.number:04}-{self.what}{_SUFFIXES[self.kind]}"

    @property
    def is_good(self) -> bool:
        """Whether it can be done at all."""
        return self.kind != "broken"

    def submit(self, farm: Farm) -> Job | None:
        """Submit it; ``None``: the farm said that it is not there."""
        try:
            return _SUBMIT[self.kind](farm, self)
        except FarmUnavailable:
            return None


def make_orders(count: int, *, variants: int, folder: Path) -> list[Order]:
    """Return a mixed load: each kind in turn."""
    kinds = sorted(_SUBMIT)
    outputs = folder / "outputs"
    outputs.mkdir(parents=True, exist_ok=True)
    return [
        Order(
            number=number,
            kind=kinds[number % len(kinds)],
            variant=number // len(kinds) % variants,
            media=folder / "media",
            outputs=outputs,
        )
        for number in range(count)
    ]


def digest(path: Path) -> str:
    """Return a digest of what is seen and heard of an output, or of its bytes."""
    found = hashlib.sha256()
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    for each in files:
        found.update(each.name.encode() if path.is_dir() else b"")
        found.update(_content(each))
    return found.hexdigest()


def _content(path: Path) -> bytes:
    if path.suffix not in _DECODED:
        return path.read_bytes()
    found = hashlib.sha256()
    with av.open(str(path)) as container:
        for frame in container.decode():
            planes = getattr(frame, "planes", ())
            for plane in planes:
                found.update(bytes(plane))
    return found.digest()


def _timeline(order: Order) -> dict[str, Any]:
    """Two clips with a transition, a title and sound; a variant starts elsewhere."""

    def clip(name: str, start: str, duration: str) -> dict[str, Any]:
        return {
            "type": "clip",
            "media": {"type": "file", "path": str(order.media / name)},
            "source_range": {"start": start, "duration": duration},
        }

    first = clip("a.mp4", f"{order.variant}/25", "1")
    second = clip("b.mp4", f"{order.variant}/50", "1")
    return {
        "format": "farm-timeline/1",
        "rate": 25,
        "width": 160,
        "height": 90,
        "tracks": [
            {"kind": "video", "items": [first, second]},
            {"kind": "audio", "items": [first, second]},
        ],
    }


def _render(farm: Farm, order: Order) -> Job:
    return farm.render(
        _timeline(order),
        order.output,
        preset="lossless",
        segments=0.5,
        use_cache=order.number % 2 == 0,
        idempotency_key=order.key,
    )


def _at(order: Order) -> str:
    return str(0.2 + order.variant * 0.08)


_SUFFIXES = {
    "broken": ".jpg",
    "concat": ".mp4",
    "frame": ".png",
    "gif": ".gif",
    "render": ".mkv",
    "rendered": ".mkv",
    "storyboard": "",
    "thumbnails": "",
    "waveform": ".json",
}
_SUBMIT: dict[str, Callable[[Farm, Order], Job]] = {
    "broken": lambda farm, order: farm.frame(
        order.media / "broken.mp4", order.output, at=0, idempotency_key=order.key
    ),
    "concat": lambda farm, order: farm.concat(
        [order.media / "a.mp4", order.media / "b.mp4"][:: 1 - 2 * (order.variant % 2)],
        order.output,
        idempotency_key=order.key,
    ),
    "frame": lambda farm, order: farm.frame(
        _timeline(order), order.output, at=_at(order), idempotency_key=order.key
    ),
    "gif": lambda farm, order: farm.gif(
        order.media / "a.mp4",
        order.output,
        start=_at(order),
        duration="0.4",
        width=80,
        idempotency_key=order.key,
    ),
    "render": _render,
    "rendered": _render,
    "storyboard": lambda farm, order: farm.storyboard(
        order.media / "b.mp4",
        order.output,
        count=3 + order.variant,
        width=64,
        idempotency_key=order.key,
    ),
    "thumbnails": lambda farm, order: farm.thumbnails(
        order.media / "a.mp4",
        order.output,
        count=1 + order.variant,
        idempotency_key=order.key,
    ),
    "waveform": lambda farm, order: farm.waveform(
        order.media / "a.mp4",
        order.output,
        samples_per_pixel=128 + 8 * order.variant,
        idempotency_key=order.key,
    ),
}


def plain(value: object) -> str:
    """Return a value for a message."""
    return json.dumps(value, indent=1, default=str)
