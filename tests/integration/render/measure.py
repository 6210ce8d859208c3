"""Decode a file and measure it, without the code under test."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[Any]"
Color: TypeAlias = tuple[int, int, int]

_NUMBER_BITS = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """Everything in a file, decoded."""

    path: Path
    frames: tuple[Array, ...]
    """Y, U, V of each frame: 3 planes in the size of the picture, in 8 bit levels."""
    digests: tuple[str, ...]
    times: tuple[Fraction, ...]
    size: tuple[int, int]
    pix_fmt: str
    codec: str
    tags: tuple[int, ...]
    """Range, matrix, primaries and transfer of the first frame."""
    samples: Array
    """Channels by samples, full scale 1."""
    sample_rate: int
    audio_codec: str
    audio_start: Fraction | None
    stored_rgb: Array
    """The first frame as FFmpeg shows it, where it is a single picture."""

    def rgb(self, frame: int) -> Array:
        """Return a frame as R, G, B levels, by BT.709 in limited range."""
        y, u, v = (plane.astype(float) for plane in self.frames[frame])
        y, u, v = (y - 16) / 219, (u - 128) / 224, (v - 128) / 224
        r, b = y + 1.5748 * v, y + 1.8556 * u
        g = (y - 0.2126 * r - 0.0722 * b) / 0.7152
        return np.stack([r, g, b], axis=-1) * 255

    def color(self, frame: int, x: float = 0.5, y: float = 0.5) -> Color:
        """Return the colour around a point, given as fractions of the picture."""
        width, height = self.size
        at_x = min(max(round(x * width), 3), width - 3)
        at_y = min(max(round(y * height), 3), height - 3)
        spot = self.rgb(frame)[at_y - 2 : at_y + 3, at_x - 2 : at_x + 3]
        red, green, blue = (round(float(value)) for value in spot.mean(axis=(0, 1)))
        return red, green, blue

    def edges(self, frame: int, *, above: int = 125) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom of what is lighter than a level."""
        light = self.frames[frame][0] > above
        columns, rows = np.flatnonzero(light.any(0)), np.flatnonzero(light.any(1))
        return (
            int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
        )  # fmt: skip

    def number(self, frame: int, *, blocks: tuple[float, ...] | None = None) -> int:
        """Return the number that a frame carries (film times 2048 + frame)."""
        width, height = self.size
        left, top, right, bottom = blocks or (0, 0, width, height / 3)
        block = (right - left) / 16
        row = round((top + bottom) / 2)
        luma = self.frames[frame][0]
        bits = [
            float(luma[row - 2 : row + 3, round(left + (at + 0.5) * block)].mean())
            for at in range(16)
        ]
        assert all(abs(bit - 125) > 40 for bit in bits), f"no number in {frame}: {bits}"
        return sum(1 << at for at, bit in enumerate(bits) if bit > 125)

    def numbers(self) -> list[tuple[int, int]]:
        """Return film and frame number that each frame carries."""
        found = [self.number(at) for at in range(len(self.frames))]
        return [(n >> _NUMBER_BITS, n % (1 << _NUMBER_BITS)) for n in found]

    def heard(self, start: float, end: float, *, channel: int = 0) -> Array:
        """Return the samples between two times in seconds."""
        first, last = round(start * self.sample_rate), round(end * self.sample_rate)
        heard: Array = self.samples[channel, first:last]
        assert len(heard) == last - first
        return heard

    def pitch(self, start: float, end: float, *, channel: int = 0) -> float:
        """Return the frequency of the strongest tone between two times."""
        return find_pitch(self.heard(start, end, channel=channel), self.sample_rate)

    def peak(self, start: float, end: float, *, channel: int = 0) -> float:
        """Return the highest level between two times, 1 for full scale."""
        return float(np.abs(self.heard(start, end, channel=channel)).max())

    def level(
        self, frequency: float, start: float, end: float, *, channel: int = 0
    ) -> float:
        """Return the peak level of one tone between two times."""
        heard = self.heard(start, end, channel=channel)
        window = np.hanning(len(heard))
        turns = np.exp(
            -2j * np.pi * frequency * np.arange(len(heard)) / self.sample_rate
        )
        return float(2 * np.abs((heard * window * turns).sum()) / window.sum())


def decode(path: Path) -> Film:
    """Decode a file to its end."""
    digests, planes, tags = [], [], (0, 0, 0, 0)
    times: list[Any] = []
    sounds: list[Array] = []
    audio_start = None
    rgb: Array = np.zeros((0, 0, 3))
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        sound = container.streams.audio[0] if container.streams.audio else None
        video.thread_count = 1
        for frame in container.decode(*([video, sound] if sound else [video])):
            if isinstance(frame, VideoFrame):
                if not times:
                    rgb = frame.to_ndarray(format="rgb24")
                    tags = (
                        int(frame.color_range),
                        int(frame.colorspace),
                        int(frame.color_primaries),
                        int(frame.color_trc),
                    )
                digests.append(_digest(frame))
                planes.append(_planes(frame))
                times.append((frame.pts or 0) * Fraction(frame.time_base or 1))
            elif isinstance(frame, AudioFrame):
                if audio_start is None:
                    audio_start = (frame.pts or 0) * Fraction(frame.time_base or 1)
                sounds.append(_samples(frame))
        context = video.codec_context
        return Film(
            path=path,
            frames=tuple(planes),
            digests=tuple(digests),
            times=tuple(times),
            size=(context.width, context.height),
            pix_fmt=context.pix_fmt or "",
            codec=context.codec.canonical_name,
            tags=tags,
            samples=np.concatenate(sounds, axis=1) if sounds else np.zeros((0, 0)),
            sample_rate=sound.codec_context.sample_rate if sound else 0,
            audio_codec=sound.codec_context.codec.canonical_name if sound else "",
            audio_start=audio_start,
            stored_rgb=rgb.astype(float),
        )


def find_pitch(samples: Array, sample_rate: int) -> float:
    """Return the frequency of the strongest tone, to a part of a hertz."""
    windowed = samples * np.hanning(len(samples))
    spectrum = np.abs(np.fft.rfft(windowed, 8 * len(samples)))
    return float(spectrum.argmax()) * sample_rate / (8 * len(samples))


def close(found: Color, wanted: Color, *, by: int = 3) -> bool:
    """Whether two colours differ by a few levels at most."""
    return all(abs(a - b) <= by for a, b in zip(found, wanted, strict=True))


def check_times(film: Film, *, rate: Fraction, clock: Fraction = Fraction(0)) -> None:
    """Assert that the first frame is at 0, and that all are equally far apart.

    Args:
        film: what was decoded.
        rate: frames a second.
        clock: a tick of the container, where a frame is no whole number of them.
    """
    assert film.times[0] == 0
    for number, time in enumerate(film.times):
        assert abs(time - number / rate) <= clock
    steps = {later - earlier for earlier, later in itertools.pairwise(film.times)}
    assert clock or len(steps) <= 1


def _digest(frame: VideoFrame) -> str:
    return hashlib.md5(frame.to_ndarray().tobytes(), usedforsecurity=False).hexdigest()


def _planes(frame: VideoFrame) -> Array:
    """Return Y, U, V of one size, in 8 bit levels."""
    deep = max(part.bits for part in frame.format.components) > 8
    scale = 4.0 if deep else 1.0
    planes = []
    for number, plane in enumerate(frame.planes[:3]):
        kind = "<u2" if deep else "u1"
        line = plane.line_size // (2 if deep else 1)
        data: Array = np.frombuffer(bytes(plane), kind).reshape(plane.height, line)
        data = data[:, : plane.width]
        if number:
            tall = -(-frame.height // plane.height)
            wide = -(-frame.width // plane.width)
            data = data.repeat(tall, axis=0).repeat(wide, axis=1)
        planes.append(data[: frame.height, : frame.width])
    stacked: Array = np.stack(planes)
    return stacked if not deep else stacked / scale


def _samples(frame: AudioFrame) -> Array:
    data: Array = frame.to_ndarray()
    if not frame.format.is_planar:
        data = data.reshape(-1, len(frame.layout.channels)).T
    if data.dtype.kind == "i":
        return data / float(1 << (8 * data.dtype.itemsize - 1))
    return data
