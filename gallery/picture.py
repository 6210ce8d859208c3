"""Put panels and their label together into one small picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from av.audio.resampler import AudioResampler
from PIL import Image, ImageDraw

from farm.ffmpeg.open import open_media
from gallery.letters import letters

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

SUFFIX = ".webp"
_GAP = 4
_LABEL, _CAPTION = 24, 16  # heights in pixels
_PAPER, _INK, _FAINT = (255, 255, 255), (24, 28, 34), (96, 104, 114)
_QUALITY = 74
#: Of drawn sound.
_WIDE, _CHANNEL, _SPECTRUM = 330, 36, 110
_WINDOW, _TOP_HERTZ, _FLOOR_DB = 2048, 8000, -90
_MAP = [(0, (10, 10, 30)), (0.35, (84, 24, 110)), (0.65, (214, 72, 72))]
_MAP += [(0.85, (250, 170, 60)), (1, (252, 250, 210))]


def put_together(label: str, panels: Sequence[tuple[Image.Image, str]]) -> Image.Image:
    """Return panels beside each other under a label, each with its caption."""
    captions = any(caption for _, caption in panels)
    top = _LABEL + (_CAPTION if captions else 0)
    wide = sum(image.width for image, _ in panels) + _GAP * (len(panels) - 1)
    tall = max(image.height for image, _ in panels)
    needed = int(letters(15, weight=700).getlength(label)) + 8
    whole = Image.new("RGB", (max(wide, needed), top + tall), _PAPER)
    draw = ImageDraw.Draw(whole)
    draw.text((2, 11), label, font=letters(15, weight=700), fill=_INK, anchor="lm")
    x = 0
    for image, caption in panels:
        if captions:
            at = (x + 2, _LABEL + _CAPTION // 2 - 1)
            draw.text(at, caption, font=letters(12), fill=_FAINT, anchor="lm")
        whole.paste(image.convert("RGB"), (x, top))
        x += image.width + _GAP
    return whole


def save(picture: Image.Image, path: Path) -> None:
    """Write a picture; the same picture gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, quality=_QUALITY, method=6)


def draw_sound(path: Path) -> Image.Image:
    """Draw both channels of a file, and the spectrum of their sum."""
    with open_media(path) as container:
        rate = container.streams.audio[0].rate
        planes = AudioResampler(format="fltp")
        frames = [
            frame.to_ndarray()
            for decoded in container.decode(audio=0)
            for frame in planes.resample(decoded)
        ]
    sound = np.concatenate(frames, axis=1).T.astype(np.float64)
    channels = sound.shape[1]
    picture = Image.new("RGB", (_WIDE, 2 * (_CHANNEL + 2) + _SPECTRUM), (244, 246, 248))
    for at in range(2):
        wave_picture = _draw_channel(sound[:, min(at, channels - 1)])
        picture.paste(wave_picture, (0, at * (_CHANNEL + 2)))
    picture.paste(_draw_spectrum(sound.mean(axis=1), rate), (0, 2 * (_CHANNEL + 2)))
    return picture


def _draw_channel(sound: NDArray[np.float64]) -> Image.Image:
    picture = Image.new("RGB", (_WIDE, _CHANNEL), (230, 236, 242))
    draw = ImageDraw.Draw(picture)
    middle = _CHANNEL / 2
    for x, part in enumerate(np.array_split(sound, _WIDE)):
        top, bottom = middle - part.max() * middle, middle - part.min() * middle
        draw.line([x, round(top), x, round(bottom)], fill=(38, 98, 158))
    return picture


def _draw_spectrum(sound: NDArray[np.float64], rate: int) -> Image.Image:
    starts = np.linspace(0, len(sound) - _WINDOW, _WIDE).astype(int)
    window = np.hanning(_WINDOW)
    parts = np.stack([sound[at : at + _WINDOW] * window for at in starts])
    levels = np.abs(np.fft.rfft(parts, axis=1)) / (_WINDOW / 4)
    levels = levels[:, : _TOP_HERTZ * _WINDOW // rate]
    decibels = 20 * np.log10(np.maximum(levels, 1e-6))
    share = np.clip(1 - decibels / _FLOOR_DB, 0, 1)
    places = [place for place, _ in _MAP]
    colors = [np.interp(share, places, [c[at] for _, c in _MAP]) for at in range(3)]
    pixels = np.stack(colors, axis=-1).round().astype(np.uint8)
    upright = Image.fromarray(pixels.transpose(1, 0, 2)[::-1].copy())
    return upright.resize((_WIDE, _SPECTRUM), Image.Resampling.BILINEAR)
