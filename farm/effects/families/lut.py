"""Looks that are given as tables of colours."""

from __future__ import annotations

from farm.effects.model import (
    Choice,
    Effect,
    File,
    Number,
    filter_of,
    mix,
    number,
    text,
)

EFFECTS: dict[str, Effect] = {
    "lut": Effect(
        what="Maps colours by a three-dimensional table, a .cube file.",
        parameters={
            "file": File(suffixes=(".cube",)),
            "interpolation": Choice(
                default="tetrahedral",
                among=("tetrahedral", "trilinear", "pyramid", "prism", "nearest"),
            ),
            "amount": Number(unit="share", default=1, low=0, high=1),
        },
        neutral={"amount": 0},
        space="rgb16",
        build=lambda given, _: mix(
            (
                filter_of(
                    "lut3d",
                    file=text(given, "file"),
                    interp=text(given, "interpolation"),
                ),
            ),
            number(given, "amount"),
        ),
    ),
}
