"""Transitions that FFmpeg's filter xfade has, by our names for them."""

from __future__ import annotations

from typing import Final

#: Ours → xfade's, where they differ. xfade's "fade" is what people call a dissolve.
RENAMED: Final = {"dissolve": "fade", "fade": "fade", "noisedissolve": "dissolve"}


def _to_sides(name: str, what: str, *sides: str) -> dict[str, str]:
    return {f"{name}{side}": what.format(side=side) for side in sides}


_SIDES = ("left", "right", "up", "down")

PLAIN: Final[dict[str, str]] = {
    "dissolve": "one picture becomes the other",
    "fade": "another word for `dissolve`",
    "fadefast": "a dissolve that hurries where the pictures differ most",
    "fadeslow": "a dissolve that hurries where the pictures are alike",
    "noisedissolve": "in scattered pixels",
    "fadeblack": "falls to black at once, and comes slowly out of it",
    "fadewhite": "turns white at once, and comes slowly out of it",
    "fadegrays": "loses its colours at once, and gets them back slowly",
    "distance": "by the difference of colours",
    "pixelize": "through coarse pixels",
    "hblur": "through a blur from side to side",
    "zoomin": "the old picture is zoomed into, and the new one appears",
    **_to_sides("wipe", "an edge moves {side} over the picture", *_SIDES),
    "wipetl": "a corner moves to the upper left",
    "wipetr": "a corner moves to the upper right",
    "wipebl": "a corner moves to the lower left",
    "wipebr": "a corner moves to the lower right",
    **_to_sides("smooth", "a soft edge moves {side}", *_SIDES),
    "diagtl": "a soft slanted edge moves to the upper left",
    "diagtr": "a soft slanted edge moves to the upper right",
    "diagbl": "a soft slanted edge moves to the lower left",
    "diagbr": "a soft slanted edge moves to the lower right",
    **_to_sides("slide", "the new picture pushes the old one {side}", *_SIDES),
    **_to_sides("cover", "the new picture moves {side}, over the old one", *_SIDES),
    **_to_sides("reveal", "the old picture moves {side}, off the new one", *_SIDES),
    "circlecrop": "the old picture shrinks in a circle, the new one grows in one",
    "rectcrop": "the old picture shrinks in a box, the new one grows in one",
    "circleopen": "a circle opens onto the new picture",
    "circleclose": "a circle closes over the old picture",
    "vertopen": "opens from the upright middle line to both sides",
    "vertclose": "closes from both sides to the upright middle line",
    "horzopen": "opens from the level middle line up and down",
    "horzclose": "closes from above and below to the level middle line",
    "radial": "a hand turns as on a clock",
    "hlslice": "in upright slices, from the right to the left",
    "hrslice": "in upright slices, from the left to the right",
    "vuslice": "in level slices, from below",
    "vdslice": "in level slices, from above",
    "hlwind": "lines are blown away to the left",
    "hrwind": "lines are blown away to the right",
    "vuwind": "columns are blown away upwards",
    "vdwind": "columns are blown away downwards",
    "squeezeh": "the old picture is squeezed flat to its level middle line",
    "squeezev": "the old picture is squeezed narrow to its upright middle line",
}
"""By our names: what they do."""
