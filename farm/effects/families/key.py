"""Effects that make parts of the picture transparent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.effects.model import Choice, Colour, Effect, Number, filter_of, number, text

if TYPE_CHECKING:
    from farm.effects.model import Given, Scene, Steps


def _share(default: float, low: float = 0) -> Number:
    return Number(unit="share", default=default, low=low, high=1)


def _chroma_key(given: Given, _: Scene) -> Steps:
    key = filter_of(
        "chromakey",
        color=f"0x{text(given, 'color')[1:]}",
        similarity=number(given, "similarity"),
        blend=number(given, "softness"),
    )
    return (key,)


EFFECTS: dict[str, Effect] = {
    "chroma_key": Effect(
        what="Makes a colour transparent, such as that of a green screen.",
        parameters={
            "color": Colour(default="#00ff00"),
            "similarity": _share(0.2, 0.00001),
            "softness": _share(0.1),
        },
        shapes=True,
        makes_holes=True,
        gpu="chromakey_cuda",
        build=_chroma_key,
    ),
    "color_key": Effect(
        what="Makes what is like a colour transparent, by its red, green and blue.",
        parameters={
            "color": Colour(default="#000000"),
            "similarity": _share(0.1, 0.00001),
            "softness": _share(0),
        },
        space="rgb",
        shapes=True,
        makes_holes=True,
        gpu="colorkey_opencl",
        build=lambda given, _: (
            filter_of(
                "colorkey",
                color=f"0x{text(given, 'color')[1:]}",
                similarity=number(given, "similarity"),
                blend=number(given, "softness"),
            ),
        ),
    ),
    "despill": Effect(
        what="Takes the light away that a green or blue screen threw.",
        parameters={
            "screen": Choice(default="green", among=("green", "blue")),
            "amount": _share(1),
        },
        neutral={"amount": 0},
        space="rgb",
        build=lambda given, _: (
            filter_of(
                "despill",
                type=text(given, "screen"),
                mix=0.5,
                expand=0,
                **{text(given, "screen"): -number(given, "amount")},
            ),
        ),
    ),
}
