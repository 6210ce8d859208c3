"""A pier at dusk, with a woman and a sailing boat."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from gallery.letters import letters
from gallery.scene.canvas import (
    HEIGHT,
    SCALE,
    SEED,
    WIDTH,
    corners,
    draw_hills,
    draw_polygon,
    finish,
    gradient,
    larger,
    place,
    to_image,
)
from gallery.scene.people import WOMAN, add_person


def draw_harbour() -> Image.Image:
    """Draw a pier at dusk with a woman."""
    sky = gradient([(0, (40, 72, 138)), (0.55, (236, 160, 120)), (1, (255, 208, 150))])
    picture = _paste_sun(sky.resize((larger(1280), larger(430))), (420, 330))
    whole = Image.new("RGB", (larger(WIDTH), larger(HEIGHT)))
    whole.paste(picture, (0, 0))
    draw = ImageDraw.Draw(whole)
    draw_hills(draw, 400, (96, 88, 128), 46, 3.1)
    draw_hills(draw, 425, (62, 62, 98), 30, 7.7)
    whole.paste(_water(), (0, larger(430)))
    _town(draw)
    _planks(draw)
    _railing(draw)
    _sign(whole, "PIER 7", "HARBOUR WALK", at=(96, 452))
    whole = add_person(whole, WOMAN, at=(930, 330), size=1.0)
    return finish(whole)


def draw_boat() -> Image.Image:
    """Draw a sailing boat on nothing."""
    boat = Image.new("RGBA", (larger(220), larger(240)))
    draw = ImageDraw.Draw(boat)
    draw_polygon(draw, [(104, 10), (104, 178), (16, 178)], (250, 246, 236, 255))
    draw_polygon(draw, [(112, 30), (112, 178), (190, 178)], (228, 92, 60, 255))
    draw.rectangle(corners(104, 6, 110, 196), fill=(70, 50, 40, 255))
    draw_polygon(draw, [(8, 190), (212, 190), (176, 228), (44, 228)], (38, 60, 92, 255))
    draw.rectangle(corners(12, 196, 208, 202), fill=(240, 240, 240, 255))
    return boat.resize((220, 240), Image.Resampling.LANCZOS)


def _paste_sun(sky: Image.Image, at: tuple[int, int]) -> Image.Image:
    pixels = np.asarray(sky, dtype=np.float64)
    y, x = np.mgrid[0 : pixels.shape[0], 0 : pixels.shape[1]] / SCALE
    away = np.hypot(x - at[0], y - at[1])
    core = np.clip((46 - away) * 2, 0, 1)[..., None]
    shine = (0.55 * np.exp(-away / 130))[..., None]
    lit = pixels * (1 - shine) + np.array([255, 226, 160]) * shine
    return to_image(lit * (1 - core) + np.array([255, 248, 222]) * core)


def _water() -> Image.Image:
    rows = np.linspace(0, 1, larger(HEIGHT - 430))[:, None]
    columns = np.linspace(0, WIDTH, larger(WIDTH))[None, :]
    depth = 1 - 0.55 * rows
    far = np.array([206, 140, 122])[None, None] * depth[..., None]
    near = np.array([36, 62, 104])[None, None]
    share = np.clip(rows * 1.7, 0, 1)[..., None]
    base = far * (1 - share) + near * share
    wave = np.sin(columns / (9 + 34 * rows) + 26 * np.sqrt(rows) * 7)
    wave = wave * np.sin(rows * 420 / (1 + 2.2 * rows) + np.sin(columns / 60) * 1.7)
    beam = np.exp(-(((columns - 420) / (60 + 150 * rows)) ** 2))
    light = np.clip(wave, 0, 1) * (0.18 + 0.82 * beam)
    shine = np.array([255, 214, 160])[None, None] * light[..., None]
    return to_image(base + shine * 0.62 - np.clip(-wave, 0, 1)[..., None] * 12)


def _town(draw: ImageDraw.ImageDraw) -> None:
    random = np.random.default_rng(SEED)
    x = 560.0
    while x < 860:  # as far as the town reaches
        wide, tall = random.uniform(18, 40), random.uniform(18, 64)
        shade = int(random.uniform(34, 66))
        draw.rectangle(
            corners(x, 432 - tall, x + wide, 436), fill=(shade, shade, shade + 26)
        )
        for row in range(int(tall // 12)):
            for column in range(int(wide // 9)):
                if random.random() < 0.45:  # of the windows are lit
                    left, top = x + 3 + column * 9, 436 - tall + row * 12
                    draw.rectangle(
                        corners(left, top, left + 4, top + 5), fill=(255, 214, 130)
                    )
        x += wide + 2


def _planks(draw: ImageDraw.ImageDraw) -> None:
    random = np.random.default_rng(SEED + 1)
    for at in range(-24, 40):
        shade = random.uniform(0.82, 1.1)
        color = tuple(round(each * shade) for each in (126, 92, 70))
        left, right = 640 + (at - 8) * 34, 640 + (at - 7) * 34
        low_left, low_right = 640 + (at - 8) * 62, 640 + (at - 7) * 62
        plank = [(left, 610), (right - 2, 610), (low_right - 3, 720), (low_left, 720)]
        draw_polygon(draw, plank, color)


def _railing(draw: ImageDraw.ImageDraw) -> None:
    for x in range(-40, WIDTH + 40, 64):
        draw.rectangle(corners(x, 520, x + 9, 616), fill=(232, 226, 214))
        draw.rectangle(corners(x + 6, 520, x + 9, 616), fill=(170, 160, 156))
    for y in (526, 556, 586):
        draw.rectangle(corners(0, y, WIDTH, y + 6), fill=(240, 234, 222))
        draw.rectangle(corners(0, y + 5, WIDTH, y + 6), fill=(150, 142, 140))


def _sign(
    whole: Image.Image, first: str, second: str, *, at: tuple[int, int]
) -> None:  # fmt: skip
    draw = ImageDraw.Draw(whole)
    x, y = at
    draw.rectangle(corners(x + 112, y + 100, x + 122, y + 180), fill=(60, 56, 60))
    draw.rounded_rectangle(
        corners(x, y, x + 236, y + 110), radius=larger(10), fill=(24, 72, 84)
    )
    draw.rounded_rectangle(
        corners(x + 6, y + 6, x + 230, y + 104),
        radius=larger(8),
        outline=(240, 240, 232),
        width=larger(2),
    )
    draw.text(
        place(x + 118, y + 44),
        first,
        font=letters(larger(48), weight=800),
        fill=(250, 248, 240),
        anchor="mm",
    )
    draw.text(
        place(x + 118, y + 84),
        second,
        font=letters(larger(18), weight=500),
        fill=(206, 226, 224),
        anchor="mm",
    )
