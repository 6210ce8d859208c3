"""Media of the gallery: drawn stills, films that the farm makes of them, sounds."""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from gallery.entry import still, timeline
from gallery.scene.canvas import HEIGHT, SEED, WIDTH
from gallery.scene.harbour import draw_boat, draw_harbour
from gallery.scene.meadow import draw_balloon, draw_meadow
from gallery.scene.people import MAN, WOMAN, draw_person
from gallery.signals import SIGNALS, encode

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from farm import Farm

SAMPLE_RATE = 48000
#: Film → its still, what moves over it, from where to where, and how large that is.
_FILMS = {
    "harbour.mkv": ("harbour-empty.png", "boat.png", (0.52, 0.26), 0.52, 240 / HEIGHT),
    "meadow.mkv": ("meadow-empty.png", "balloon.png", (0.42, 0.5), 0.27, 270 / HEIGHT),
}


def make_media(folder: Path, farm: Farm) -> None:
    """Make all media of the gallery in a folder."""
    (folder / "looks").mkdir(parents=True, exist_ok=True)
    _draw_stills(folder)
    write_table(folder / "looks" / "teal.cube")
    write_sound(folder / "song.wav", play_song())
    write_sound(folder / "voice.wav", speak())
    jobs = [
        farm.render(
            film_document(folder, name), folder / name, preset="lossless", smart="off"
        )
        for name in _FILMS
    ]
    hand = hand_document(folder)
    jobs.append(farm.render(hand, folder / "hand.mkv", preset="lossless", smart="off"))
    for job in jobs:
        job.result()


def _draw_stills(folder: Path) -> None:
    harbour, meadow = draw_harbour(), draw_meadow()
    harbour.save(folder / "harbour-empty.png")
    meadow.save(folder / "meadow-empty.png")
    boat, balloon = draw_boat(), draw_balloon()
    boat.save(folder / "boat.png")
    balloon.save(folder / "balloon.png")
    harbour.paste(boat, (520, 254), boat)
    meadow.paste(balloon, (520, 60), balloon)
    harbour.save(folder / "harbour.png")
    meadow.save(folder / "meadow.png")
    meadow.crop((640, 120, 1280, 480)).save(folder / "barn.png")
    draw_person(WOMAN, (120, 168, 190)).save(folder / "woman.png")
    draw_person(MAN, (214, 190, 160)).save(folder / "man.png")
    green = draw_person(WOMAN, (0, 255, 0))
    green.save(folder / "green.png")
    draw_person(WOMAN, (0, 0, 0)).save(folder / "black.png")
    pixels = np.asarray(draw_person(WOMAN, (150, 150, 150)), dtype=np.float64)
    spill = pixels + np.array([0, 46, 0]) * np.linspace(0, 1.6, WIDTH)[None, :, None]
    _save(spill, folder / "spill.png")
    whole = np.asarray(harbour, dtype=np.float64)
    small = np.asarray(harbour.resize((384, 216)), dtype=np.float64)
    random = np.random.default_rng(SEED)
    _save(small + random.normal(0, 9, small.shape), folder / "noisy.png")
    for name in SIGNALS:
        _save(encode(whole / 255, name) * 255, folder / f"{name}.png")


def _save(pixels: NDArray[np.float64], path: Path) -> None:
    Image.fromarray(np.clip(pixels.round(), 0, 255).astype(np.uint8)).save(path)


def film_document(folder: Path, name: str) -> dict[str, object]:
    """Return the timeline of a film of two seconds in which something moves."""
    ground, mover, (start, end), y, size = _FILMS[name]
    moving = still(
        str(folder / mover),
        "2",
        fit="fit",
        transform={"y": y, "scale": size},
        animation={
            "x": [{"time": 0, "value": start}, {"time": 2, "value": end}],
        },
    )
    return timeline([still(str(folder / ground), "2")], [moving], size=(WIDTH, HEIGHT))


def hand_document(folder: Path) -> dict[str, object]:
    """Return the timeline of a film of two seconds that was held in the hand."""
    random = np.random.default_rng(SEED)
    places = np.clip(random.normal(0.5, 0.011, (2, 51)), 0.47, 0.53).round(4)
    animation = {
        axis: [
            {"time": at / 25, "value": float(value)} for at, value in enumerate(side)
        ]
        for axis, side in zip("xy", places, strict=True)
    }
    shown = still(
        str(folder / "harbour.png"),
        "2",
        transform={"scale": 1.1},
        animation=animation,
    )
    return timeline([shown], size=(WIDTH, HEIGHT))


def write_table(path: Path) -> None:
    """Write a table of colours: teal shadows, orange light."""
    size = 9
    steps = np.linspace(0, 1, size)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    push = luma - 0.5
    rows = np.stack([red + 0.3 * push, green - 0.08 * push, blue - 0.3 * push], axis=-1)
    lines = [f"LUT_3D_SIZE {size}"]
    lines += [
        " ".join(f"{value:.6f}" for value in row)
        for row in np.clip(rows, 0, 1).reshape(-1, 3)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def play_song() -> NDArray[np.float64]:
    """Return notes that are plucked, first loud, then quiet, over a little hiss."""
    random = np.random.default_rng(SEED)
    sound = random.normal(0, 0.003, (3 * SAMPLE_RATE, 2))
    notes = [(0.1, 220, 0.8), (0.5, 330, 0.7), (0.9, 277, 0.75)]
    notes += [(1.5, 220, 0.12), (1.8, 440, 0.1), (2.1, 330, 0.12)]
    for at, (start, hertz, loud) in enumerate(notes):
        time = np.arange(round(0.36 * SAMPLE_RATE)) / SAMPLE_RATE
        tone = sum(
            np.sin(2 * np.pi * hertz * k * time) * np.exp(-time * (4 + 1.5 * k)) / k
            for k in range(1, 16)
        )
        tone *= loud * 0.55 * np.clip(time * 400, 0, 1)
        tone *= np.clip((0.36 - time) * 60, 0, 1)
        sides = (0.9, 0.35) if at % 2 == 0 else (0.35, 0.9)
        first = round(start * SAMPLE_RATE)
        sound[first : first + len(time)] += tone[:, None] * np.array(sides)
    return sound


def speak() -> NDArray[np.float64]:
    """Return something like two words, between silences."""
    time = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
    tone = sum(np.sin(2 * np.pi * 140 * k * time) / k for k in range(1, 9))
    words = ((time > 0.5) & (time < 1.0)) | ((time > 1.8) & (time < 2.3))
    spoken = tone * words * (0.25 + 0.1 * np.sin(2 * np.pi * 6 * time))
    return np.stack([spoken, spoken], axis=1)


def write_sound(path: Path, sound: NDArray[np.float64]) -> None:
    """Write samples from -1 to 1 as 16 bits."""
    levels = np.clip(np.round(sound * 32767), -32768, 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(levels.shape[1])
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(levels.tobytes())
