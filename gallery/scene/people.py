"""Somebody, with head and shoulders."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from gallery.scene.canvas import (
    HEIGHT,
    SCALE,
    WIDTH,
    Color,
    corners,
    finish,
    larger,
    to_image,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """How somebody looks."""

    skin: Color
    hair: Color
    dress: Color
    eyes: Color
    lips: Color
    is_cropped: bool = False
    """Whether the hair is short."""


WOMAN = Person(
    skin=(232, 184, 152),
    hair=(74, 42, 26),
    dress=(190, 44, 48),
    eyes=(58, 98, 88),
    lips=(186, 74, 78),
)
MAN = Person(
    skin=(128, 82, 56),
    hair=(24, 20, 20),
    dress=(226, 178, 48),
    eyes=(40, 26, 18),
    lips=(120, 62, 56),
    is_cropped=True,
)


def draw_person(person: Person, ground: Color) -> Image.Image:
    """Draw somebody before an even ground, as in a studio."""
    whole = Image.new("RGB", (larger(WIDTH), larger(HEIGHT)), ground)
    return finish(add_person(whole, person, at=(640, 300), size=1.15), grain=False)


def add_person(
    whole: Image.Image, person: Person, *, at: tuple[int, int], size: float
) -> Image.Image:
    """Draw head and shoulders; light comes from the left."""
    layer = Image.new("RGBA", whole.size)
    draw = ImageDraw.Draw(layer)
    x, y = at

    def box(left: float, top: float, right: float, bottom: float) -> list[int]:
        return corners(
            x + left * size, y + top * size, x + right * size, y + bottom * size
        )

    hair, skin, dress = person.hair, person.skin, person.dress
    draw.ellipse(
        box(-110, -164, 110, 40) if person.is_cropped else box(-128, -170, 128, 150),
        fill=hair,
    )
    draw.rounded_rectangle(
        box(-210, 190, 210, 560), radius=larger(110 * size), fill=dress
    )
    neck = tuple(round(each * 0.8) for each in skin)
    draw.rounded_rectangle(box(-48, 90, 48, 236), radius=larger(40 * size), fill=neck)
    draw.ellipse(box(-98, -136, 98, 148), fill=skin)
    draw.chord(box(-106, -158, 106, 60), 188, 352, fill=hair)
    for side in (-1, 1):
        eye = side * 40
        draw.ellipse(box(eye - 20, -16, eye + 20, 10), fill=(250, 248, 244))
        draw.ellipse(box(eye - 11, -14, eye + 11, 8), fill=person.eyes)
        draw.ellipse(box(eye - 5, -8, eye + 5, 2), fill=(10, 10, 12))
        draw.ellipse(box(eye - 6, -10, eye - 1, -5), fill=(255, 255, 255))
        draw.arc(box(eye - 26, -42, eye + 26, 10), 205, 335, fill=hair, width=larger(6))
    draw.arc(box(-22, -2, 20, 52), 20, 150, fill=neck, width=larger(4))
    draw.chord(box(-36, 62, 36, 104), 8, 172, fill=person.lips)
    draw.ellipse(box(-34, 74, 34, 90), fill=person.lips)
    for stripe in range(4):
        draw.rectangle(
            box(-210, 300 + stripe * 52, 210, 312 + stripe * 52),
            fill=tuple(min(255, round(each * 1.25 + 24)) for each in dress),
        )
    return _lit(whole, layer, middle=(x, y), size=size)


def _lit(
    whole: Image.Image,
    layer: Image.Image,
    *,
    middle: tuple[int, int],
    size: float,
) -> Image.Image:
    soft = layer.filter(ImageFilter.GaussianBlur(1.2))
    pixels = np.asarray(soft, dtype=np.float64)
    tall, wide = pixels.shape[:2]
    x = (np.arange(wide)[None, :] / SCALE - middle[0]) / (130 * size)
    y = (np.arange(tall)[:, None] / SCALE - middle[1]) / (160 * size)
    light = 1.08 - 0.16 * x - 0.10 * np.clip(x * x + y * y * 0.5, 0, 2)
    lit = np.clip(pixels[..., :3] * np.clip(light, 0.55, 1.2)[..., None], 0, 255)
    share = pixels[..., 3:] / 255
    below = np.asarray(whole, dtype=np.float64)
    return to_image(lit * share + below * (1 - share))
