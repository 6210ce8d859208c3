"""What is told of a finished file."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import JsonValue

    from farm.ffmpeg.verify import PictureFound, SoundFound


def file_facts(
    path: Path,
    *,
    picture: PictureFound | None = None,
    rate: Fraction = Fraction(0),
    sound: SoundFound | None = None,
) -> dict[str, JsonValue]:
    """Return the facts of a file as it was read: of a picture, of sound, or of both.

    Its duration in seconds is that of the picture where it has one.
    """
    seconds = Fraction(0)
    if picture is not None:
        seconds = picture.frames / rate
    elif sound is not None:
        seconds = Fraction(sound.samples, sound.sample_rate)
    return {
        "container": path.suffix.removeprefix("."),
        "size_bytes": path.stat().st_size,
        "duration": str(seconds),
        "video": None if picture is None else _picture_facts(picture, rate),
        "audio": None if sound is None else _sound_facts(sound),
    }


def _picture_facts(found: PictureFound, rate: Fraction) -> JsonValue:
    return {
        "codec": found.codec,
        "width": found.width,
        "height": found.height,
        "pix_fmt": found.pix_fmt,
        "rate": str(rate),
        "frames": found.frames,
    }


def _sound_facts(found: SoundFound) -> JsonValue:
    return {
        "codec": found.codec,
        "sample_rate": found.sample_rate,
        "channels": found.channels,
        "samples": found.samples,
    }
