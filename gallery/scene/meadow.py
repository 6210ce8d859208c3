"""A meadow by day, with a man and a balloon."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from gallery.letters import letters
from gallery.scene.canvas import (
    HEIGHT,
    SEED,
    WIDTH,
    corners,
    draw_hills,
    draw_polygon,
    finish,
    gradient,
    larger,
    place,
)
from gallery.scene.people import MAN, add_person


def draw_meadow() -> Image.Image:
    """Draw a meadow by day with a barn, trees and a man."""
    sky = gradient([(0, (64, 132, 208)), (1, (196, 226, 240))])
    whole = Image.new("RGB", (larger(WIDTH), larger(HEIGHT)))
    whole.paste(_clouds(sky.resize((larger(1280), larger(420)))), (0, 0))
    draw = ImageDraw.Draw(whole)
    draw_hills(draw, 392, (92, 142, 112), 40, 1.3)
    whole.paste(_grass(), (0, larger(400)))
    _barn(whole)
    _tree(draw, 1130, 420, 150)
    _tree(draw, 690, 400, 84)
    _flowers(draw)
    whole = add_person(whole, MAN, at=(330, 350), size=1.0)
    return finish(whole)


def draw_balloon() -> Image.Image:
    """Draw a hot-air balloon on nothing."""
    balloon = Image.new("RGBA", (larger(200), larger(270)))
    draw = ImageDraw.Draw(balloon)
    colors = [(214, 58, 62), (250, 204, 76), (52, 122, 190), (246, 246, 240)]
    for at, inset in enumerate((0, 26, 54, 80)):
        box = corners(6 + inset, 6, 194 - inset, 200)
        draw.ellipse(box, fill=(*colors[at], 255))
    for x in (82, 118):
        draw.line([*place(x, 194), *place(x, 232)], fill=(60, 50, 40, 255), width=3)
    draw.rectangle(corners(78, 230, 122, 262), fill=(134, 90, 52, 255))
    return balloon.resize((200, 270), Image.Resampling.LANCZOS)


def _clouds(sky: Image.Image) -> Image.Image:
    random = np.random.default_rng(SEED + 2)
    mask = Image.new("L", sky.size)
    draw = ImageDraw.Draw(mask)
    for middle_x, middle_y in ((250, 90), (640, 60), (900, 150), (1150, 80)):
        for _ in range(26):
            x = middle_x + random.normal(0, 70)
            y = middle_y + random.normal(0, 14)
            size = random.uniform(14, 34)
            draw.ellipse(
                corners(x - size * 1.3, y - size, x + size * 1.3, y + size), fill=235
            )
    soft = mask.filter(ImageFilter.GaussianBlur(larger(9)))
    return Image.composite(Image.new("RGB", sky.size, (255, 253, 248)), sky, soft)


def _grass() -> Image.Image:
    random = np.random.default_rng(SEED + 3)
    size = larger(WIDTH), larger(HEIGHT - 400)
    ground = gradient([(0, (128, 164, 78)), (1, (54, 104, 40))]).resize(size)
    draw = ImageDraw.Draw(ground)
    count = 9000
    depth = np.sort(random.random(count))
    for row in depth:
        x, y = random.uniform(0, WIDTH), row * (HEIGHT - 400)
        tall = 3 + 16 * row
        shade = random.uniform(-26, 30)
        color = (round(86 + shade), round(140 + shade), round(52 + shade * 0.6))
        lean = random.uniform(-4, 4) * (0.3 + row)
        draw.line(
            [*place(x, y), *place(x + lean, y - tall)],
            fill=color,
            width=max(1, round(3 * row)),
        )
    return ground


def _barn(whole: Image.Image) -> None:
    draw = ImageDraw.Draw(whole)
    draw_polygon(draw, [(760, 300), (870, 226), (980, 300)], (92, 44, 40))
    draw.rectangle(corners(772, 300, 968, 440), fill=(172, 54, 46))
    for x in range(772, 968, 14):
        draw.line([*place(x, 300), *place(x, 440)], fill=(140, 40, 36), width=2)
    draw.rectangle(corners(836, 350, 904, 440), fill=(246, 242, 232))
    for start, end in (((838, 352), (902, 438)), ((902, 352), (838, 438))):
        draw.line([*place(*start), *place(*end)], fill=(172, 54, 46), width=larger(5))
    draw.text(
        place(870, 326),
        "OLD MILL FARM",
        font=letters(larger(20), weight=700),
        fill=(252, 248, 240),
        anchor="mm",
    )


def _tree(draw: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    random = np.random.default_rng(round(x))
    draw.rectangle(
        corners(x - size * 0.07, y - size * 0.6, x + size * 0.07, y + size * 0.35),
        fill=(92, 66, 44),
    )
    for _ in range(900):
        angle, away = random.uniform(0, 2 * math.pi), math.sqrt(random.random())
        leaf_x = x + math.cos(angle) * away * size * 0.62
        leaf_y = y - size * 0.85 + math.sin(angle) * away * size * 0.62
        light = 0.72 + 0.42 * (0.5 - math.sin(angle) * away * 0.5)
        shade = light + random.uniform(-0.14, 0.14)
        color = tuple(round(each * shade) for each in (70, 128, 56))
        leaf = size * 0.05
        draw.ellipse(
            corners(leaf_x - leaf, leaf_y - leaf, leaf_x + leaf, leaf_y + leaf * 0.7),
            fill=color,
        )


def _flowers(draw: ImageDraw.ImageDraw) -> None:
    random = np.random.default_rng(SEED + 4)
    colors = [(252, 236, 90), (244, 120, 150), (250, 250, 250), (170, 120, 220)]
    for row in np.sort(random.random(240)):
        x, y, size = random.uniform(0, WIDTH), 450 + row * 260, 1.5 + 5 * row
        color = colors[int(random.integers(len(colors)))]
        draw.ellipse(corners(x - size, y - size, x + size, y + size), fill=color)
