"""Decode a render to its end and compare it with what it must be."""

from __future__ import annotations

import math
import tempfile
from array import array
from pathlib import Path
from typing import TYPE_CHECKING

from farm.demo.run import run_again
from farm.ffmpeg.command import Command
from farm.ffmpeg.open import open_media
from farm.timeline.time import to_frames

if TYPE_CHECKING:
    from collections.abc import Iterator

    import av

    from farm.demo.expected import Bright, Expected, Look, Tone

_COLOR_TOLERANCE = 16  # of 255: the codec, and colours that are coded by halves
_LIGHT = 200  # of 255
_TONE_SECONDS = 0.2  # how much of the sound is looked at
_HEARD, _SILENT = 0.03, 0.012  # amplitudes, of 1
_FULL_SCALE = 32768
_PATCH = 4  # pixels to each side that a colour is the mean of


def find_faults(path: Path, expected: Expected, *, ffmpeg: Path) -> list[str]:
    """Return what is wrong with a render; nothing when it is as expected."""
    return [
        *_picture_faults(path, expected),
        *_sound_faults(path, expected, ffmpeg=ffmpeg),
    ]


def _picture_faults(path: Path, expected: Expected) -> Iterator[str]:
    looks: dict[int, list[Look]] = {}
    brights: dict[int, list[Bright]] = {}
    for look in expected.looks:
        looks.setdefault(to_frames(look.at, expected.rate), []).append(look)
    for bright in expected.brights:
        brights.setdefault(to_frames(bright.at, expected.rate), []).append(bright)
    frames = 0
    with open_media(path) as container:
        stream = container.streams.video[0]
        size = f"{stream.width}x{stream.height}"
        if size != f"{expected.width}x{expected.height}":
            yield f"the picture is {size}, not {expected.width}x{expected.height}"
        if stream.average_rate != expected.rate:
            yield f"the rate is {stream.average_rate}, not {expected.rate}"
        for frame in container.decode(stream):
            if frames in looks or frames in brights:
                picture = _Picture(frame)
                for look in looks.get(frames, ()):
                    yield from _look_fault(picture, look)
                for bright in brights.get(frames, ()):
                    yield from _bright_fault(picture, bright)
            frames += 1
    if frames != expected.frames:
        yield f"it has {frames} frames, not {expected.frames}"


class _Picture:
    """A frame as rows of red, green and blue."""

    def __init__(self, frame: av.VideoFrame) -> None:
        plane = frame.reformat(format="rgb24").planes[0]
        self.width, self.height = frame.width, frame.height
        self._row = plane.line_size
        self._data = bytes(plane)

    def mean(self, x: float, y: float) -> tuple[int, int, int]:
        """Return the mean colour of a patch."""
        left = min(int(x * self.width), self.width - _PATCH - 1)
        top = min(int(y * self.height), self.height - _PATCH - 1)
        rows = range(max(top - _PATCH, 0), top + _PATCH + 1)
        first, last = max(left - _PATCH, 0) * 3, (left + _PATCH + 1) * 3
        patch = b"".join(
            self._data[row * self._row + first : row * self._row + last] for row in rows
        )
        red, green, blue = (sum(patch[part::3]) * 3 // len(patch) for part in range(3))
        return red, green, blue

    def lightest(self, top: float, bottom: float) -> int:
        """Return the lightest grey between two heights."""
        first, last = int(top * self.height), int(bottom * self.height)
        lines = (
            self._data[row * self._row : row * self._row + self.width * 3]
            for row in range(first, last)
        )
        return max(
            max(map(min, line[::3], line[1::3], line[2::3]), default=0)
            for line in lines
        )


def _look_fault(picture: _Picture, look: Look) -> Iterator[str]:
    found = picture.mean(look.x, look.y)
    wanted = bytes.fromhex(look.color[1:])
    off = max(abs(one - other) for one, other in zip(found, wanted, strict=True))
    if off > _COLOR_TOLERANCE:
        yield (
            f"{look.what} at {float(look.at):g} s is #{bytes(found).hex()}, "
            f"not {look.color}"
        )


def _bright_fault(picture: _Picture, bright: Bright) -> Iterator[str]:
    is_there = picture.lightest(bright.top, bright.bottom) >= _LIGHT
    if is_there is not bright.is_there:
        verb = "shows" if is_there else "is missing"
        yield f"{bright.what} {verb} at {float(bright.at):g} s"


def _sound_faults(path: Path, expected: Expected, *, ffmpeg: Path) -> Iterator[str]:
    samples = _read_left_channel(path, rate=expected.sample_rate, ffmpeg=ffmpeg)
    if len(samples) != expected.samples:
        yield f"it has {len(samples)} samples, not {expected.samples}"
    for tone in expected.tones:
        yield from _tone_fault(samples, tone, rate=expected.sample_rate)


def _read_left_channel(path: Path, *, rate: int, ffmpeg: Path) -> array[int]:
    """Decode with FFmpeg itself: it ends where the file says, not with a block."""
    with tempfile.TemporaryDirectory() as scratch:
        command = Command(
            arguments=(
                *("-i", f"file:{path}", "-map", "0:a:0", "-af", "pan=mono|c0=c0"),
                *("-ar", str(rate), "-f", "s16le", "sound.raw"),
            ),
            output="sound.raw",
            sources=(str(path),),
        )
        made = run_again(command, ffmpeg=ffmpeg, scratch=Path(scratch))
        return array("h", made.read_bytes())


def _tone_fault(samples: array[int], tone: Tone, *, rate: int) -> Iterator[str]:
    amplitude = _amplitude(samples, tone, rate=rate)
    if tone.is_there and amplitude < _HEARD:
        yield f"{tone.what} ({tone.hertz} Hz) is not heard at {float(tone.at):g} s"
    if not tone.is_there and amplitude > _SILENT:
        yield f"{tone.what} ({tone.hertz} Hz) is heard at {float(tone.at):g} s"


def _amplitude(samples: array[int], tone: Tone, *, rate: int) -> float:
    """Return how strong a tone is: one term of a Fourier sum under a Hann window."""
    length = int(_TONE_SECONDS * rate)
    first = max(0, int(tone.at * rate) - length // 2)
    part = samples[first : first + length]
    turn = 2 * math.pi * tone.hertz / rate
    window = 2 * math.pi / length
    real = imaginary = 0.0
    for index, sample in enumerate(part):
        weighted = sample * (1 - math.cos(window * index))
        real += weighted * math.cos(turn * index)
        imaginary += weighted * math.sin(turn * index)
    return 2 * math.hypot(real, imaginary) / length / _FULL_SCALE
