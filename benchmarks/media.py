"""Clips with honest detail, and the timeline of three clips with two dissolves."""

from __future__ import annotations

import hashlib
import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import JsonValue

RATE = 30
FULL, SMALL, LOW, TINY = (1280, 720), (640, 360), (426, 240), (352, 198)
"""Sizes of pictures in pixels."""
SAMPLE_RATE = 48000
CLIP_SECONDS = 25
TRANSITION_SECONDS = 1
HEAD_SECONDS = 2
"""The timeline shows each clip from here on; the dissolves need some before."""
_SOURCE = f"s=SIZE:r={RATE}"
_GRAIN = "noise=alls=3:allf=t"
#: Picture and sound of each clip: sharp edges, endless detail, soft and small motion.
_CLIPS = {
    "edges.mp4": (
        f"testsrc2={_SOURCE},{_GRAIN}",
        f"sine=f=330:b=4:r={SAMPLE_RATE}",
    ),
    "detail.mp4": (
        f"mandelbrot={_SOURCE}:maxiter=300,{_GRAIN}",
        f"anoisesrc=c=pink:a=0.2:r={SAMPLE_RATE}:seed=1",
    ),
    "motion.mp4": (
        (
            f"gradients={_SOURCE}:speed=0.02:n=6:seed=1,format=rgb24[soft];"
            f"life=s=320x180:r={RATE}:mold=10:seed=1:ratio=0.2:life_color=#c83232:"
            "death_color=#203060:mold_color=#80a0c0,scale=SIZE:flags=neighbor,"
            f"format=rgb24[small];[soft][small]blend=all_mode=screen,{_GRAIN}"
        ),
        f"sine=f=550:b=4:r={SAMPLE_RATE}",
    ),
}
_ENCODING = (
    *("-c:v", "libx264", "-preset", "fast", "-g", str(2 * RATE)),
    *("-pix_fmt", "yuv420p"),
    *("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709"),
    *("-c:a", "aac", "-b:a", "160k", "-ac", "2"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Three clips of one length with two dissolves between them."""

    clips: tuple[Path, ...]
    shown_seconds: int
    """How much of each clip is shown, half of each dissolve included."""
    size: tuple[int, int] = FULL
    """Of the clips and of the picture, in pixels."""

    @property
    def seconds(self) -> int:
        """Length of the timeline."""
        return self.shown_seconds * len(self.clips)

    @property
    def frames(self) -> int:
        """Frames of the timeline."""
        return self.seconds * RATE

    def document(self) -> dict[str, JsonValue]:
        """Return the timeline."""
        items: list[JsonValue] = []
        for clip in self.clips:
            if items:
                items.append(
                    {
                        "type": "transition",
                        "kind": "dissolve",
                        "duration": str(TRANSITION_SECONDS),
                    }
                )
            items.append(
                {
                    "type": "clip",
                    "media": {"type": "file", "path": str(clip)},
                    "source_range": {
                        "start": str(HEAD_SECONDS),
                        "duration": str(self.shown_seconds),
                    },
                }
            )
        return {
            "format": "farm-timeline/1",
            "name": "Benchmark",
            "rate": str(RATE),
            "width": self.size[0],
            "height": self.size[1],
            "sample_rate": SAMPLE_RATE,
            "channels": 2,
            "tracks": [{"kind": "video", "items": items}],
        }

    def write(self, path: Path) -> Path:
        """Write the timeline to a file."""
        path.write_text(json.dumps(self.document(), indent=1), encoding="utf-8")
        return path


def make_clips(
    ffmpeg: Path, folder: Path, *, size: tuple[int, int] = FULL
) -> tuple[Path, ...]:
    """Make the clips, unless they are there; the folder's name says which they are."""
    recipe = json.dumps([ffmpeg.name, _CLIPS, _ENCODING, CLIP_SECONDS, size])
    place = folder / f"media-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"
    place.mkdir(parents=True, exist_ok=True)
    clips = tuple(place / name for name in _CLIPS)
    for clip in clips:
        if not clip.exists():
            print(f"making {clip.name} ...", flush=True)
            _make_clip(ffmpeg, clip, size)
    return clips


def _make_clip(ffmpeg: Path, clip: Path, size: tuple[int, int]) -> None:
    picture, sound = _CLIPS[clip.name]
    picture = picture.replace("SIZE", f"{size[0]}x{size[1]}")
    mbits = max(1.0, 7 * size[0] * size[1] / (FULL[0] * FULL[1]))
    rate = ["-b:v", f"{mbits}M", "-maxrate", f"{1.5 * mbits}M"]
    aside = clip.with_name(f"part-{clip.name}")
    subprocess.run(
        [
            *(str(ffmpeg), "-nostdin", "-loglevel", "error", "-y"),
            *("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound),
            *("-t", str(CLIP_SECONDS), *_ENCODING, *rate, "-bufsize", f"{2 * mbits}M"),
            str(aside),
        ],
        check=True,
    )
    aside.rename(clip)
