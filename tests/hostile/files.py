"""Files that strangers might send: made here, and damaged by numbers."""

from __future__ import annotations

import random
import struct
import subprocess
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

STEP_BYTES = 4096
_PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=160x96:r=25:d=2")
_TONE = ("-f", "lavfi", "-i", "sine=duration=2")
_FILM = (*_PICTURE, *_TONE)
#: Sound files by name, and what makes them.
SOUND: Mapping[str, tuple[str, ...]] = {
    "film.mp4": (*_FILM, "-c:v", "libx264", "-preset", "veryfast", "-c:a", "aac"),
    "moved.mp4": (
        *(*_FILM, "-c:v", "libx264", "-preset", "veryfast", "-c:a", "aac"),
        *("-movflags", "+faststart"),
    ),
    "parts.mp4": (
        *(*_FILM, "-c:v", "libx264", "-preset", "veryfast", "-c:a", "aac"),
        *("-movflags", "frag_keyframe+empty_moov"),
    ),
    "film.mkv": (*_FILM, "-c:v", "libx264", "-preset", "veryfast", "-c:a", "flac"),
    "film.webm": (*_FILM, "-c:v", "libvpx", "-b:v", "300k", "-c:a", "libopus"),
    "film.ts": (*_FILM, "-c:v", "mpeg2video", "-c:a", "mp2"),
    "film.avi": (*_FILM, "-c:v", "mjpeg", "-c:a", "pcm_s16le"),
    "film.mov": (*_FILM, "-c:v", "prores_ks", "-c:a", "pcm_s16le", "-t", "0.4"),
    "film.mxf": (*_FILM, "-c:v", "mpeg2video", "-c:a", "pcm_s16le", "-ar", "48000"),
    "film.flv": (*_FILM, "-c:v", "flv1", "-c:a", "libmp3lame", "-ar", "44100"),
    "film.ogg": (*_TONE, "-c:a", "libvorbis"),
    "film.gif": (*_PICTURE, "-t", "0.5"),
    "film.wav": _TONE,
    "film.mp3": (*_TONE, "-c:a", "libmp3lame"),
    "film.flac": _TONE,
    "film.m4a": (*_TONE, "-c:a", "aac"),
    "film.png": (*_PICTURE, "-frames:v", "1"),
    "film.jpg": (*_PICTURE, "-frames:v", "1"),
    "film.webp": (*_PICTURE, "-frames:v", "1"),
    "film.tiff": (*_PICTURE, "-frames:v", "1"),
    "film.bmp": (*_PICTURE, "-frames:v", "1"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Damaged:
    """A damaged file: which one, and how."""

    name: str
    data: bytes


def make_all(ffmpeg: Path, folder: Path) -> dict[str, bytes]:
    """Make one file of each kind; return what is in them."""
    made = {}
    for name, options in SOUND.items():
        subprocess.run(
            [str(ffmpeg), "-loglevel", "error", "-y", *options, str(folder / name)],
            check=True,
            stdin=subprocess.DEVNULL,
        )
        made[name] = (folder / name).read_bytes()
    return made


def truncations(made: Mapping[str, bytes], *, every: int = 1) -> Iterator[Damaged]:
    """Yield each file cut off at every 4 KiB, and in its first bytes."""
    for name, data in made.items():
        cuts = [1, 8, 17, 100, 1000, *range(STEP_BYTES, len(data), STEP_BYTES)]
        for cut in cuts[::every]:
            if cut < len(data):
                yield Damaged(name=f"cut-{cut}-{name}", data=data[:cut])


def flips(made: Mapping[str, bytes], *, seeds: range) -> Iterator[Damaged]:
    """Yield each file with bits turned, more of them near its start."""
    for seed in seeds:
        for name, data in made.items():
            chance = random.Random(f"{seed}-{name}")  # noqa: S311  # to be repeated
            turned = bytearray(data)
            for _ in range(chance.choice((1, 4, 32, 256))):
                reach = chance.choice((64, 1024, len(data)))
                turned[chance.randrange(min(reach, len(data)))] ^= 1 << (
                    chance.randrange(8)
                )
            yield Damaged(name=f"turned-{seed}-{name}", data=bytes(turned))


def write_all(damaged: Iterator[Damaged], folder: Path) -> list[Path]:
    """Write them; the end of a name stays, by which some formats are known."""
    paths = []
    for each in damaged:
        path = folder / each.name
        path.write_bytes(each.data)
        paths.append(path)
    return paths


def png(width: int, height: int, *, rows: int = 0) -> bytes:
    """Return a PNG that says it is so large, and holds as many rows, all black.

    A row of it takes a thousandth of what it is decoded to.
    """
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    squeeze = zlib.compressobj(1)
    row = bytes(1 + 4 * width)
    body = b"".join(squeeze.compress(row) for _ in range(rows)) + squeeze.flush()
    chunks = ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def with_samples(film: bytes, count: int) -> bytes:
    """Return an MP4 whose first track says that it holds so many samples.

    Its table of sizes takes 4 bytes for one where all are equal; what is made of it in
    memory takes 24 for each.
    """
    at = film.index(b"stsz") + 8
    return film[:at] + struct.pack(">II", 1, count) + film[at + 8 :]
