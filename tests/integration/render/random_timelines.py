"""Timelines put together at random, with everything that a timeline can hold."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

from farm.effects.catalog import EFFECTS
from farm.timeline.transition import XFADE_TRANSITIONS
from tests.integration.render.media import VARIABLE
from tests.integration.render.timelines import (
    change,
    clip,
    gap,
    plain,
    still,
    timeline,
    title,
    video,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.media import MediaFolder
    from tests.integration.render.timelines import Json

_SECONDS = 8
_PLAIN_EFFECTS = sorted(EFFECTS.keys() - {"lut"})


def make_dice(seed: str) -> Random:
    """Return dice that fall the same way every time."""
    return Random(seed)  # noqa: S311  # nothing secret


def find_sources(media: MediaFolder) -> list[Path]:
    """Return films of every nature."""
    return [
        media.numbered("25", _SECONDS, codec="h264-long-gop"),
        media.numbered("30000/1001", _SECONDS),
        media.numbered("25", _SECONDS, codec="h264-open-gop-ts"),
        media.numbered("25", _SECONDS, codec="hevc-open-gop"),
        media.numbered(
            "60", _SECONDS, codec="vp9-webm", picks=VARIABLE, tag="-variable"
        ),
        media.numbered("50", _SECONDS, codec="mpeg2-interlaced-ts"),
        media.numbered("60", _SECONDS, codec="h264-mkv", size=(320, 180)),
    ]


def find_still(media: MediaFolder) -> Path:
    """Return a picture with soft transparency."""
    return media.still(
        "round.png",
        "testsrc2=s=100x60,format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':"
        "a='clip(1200-40*hypot(X-50,Y-30),0,255)'",
    )


def random_timeline(dice: Random, media: MediaFolder) -> Json:
    """Return a timeline of one to three video tracks."""
    sources, picture = find_sources(media), find_still(media)
    tracks = [_track(dice, sources, picture) for _ in range(dice.randrange(1, 4))]
    return timeline(
        *tracks,
        rate=dice.choice(["25", "30000/1001", "24", "50"]),
        background=dice.choice(["#000000", "#336699"]),
    )


def _track(dice: Random, sources: list[Path], picture: Path) -> Json:
    items: list[Json] = []
    for _ in range(dice.randrange(1, 5)):
        chance = dice.random()
        if items and chance < 0.45:
            items.append(_change(dice))
        elif items and chance < 0.6:
            items.append(gap(dice.choice(["0.2", "0.5", "1"])))
        items.append(_clip(dice, sources, picture))
    if dice.random() < 0.3:
        items.insert(0, _change(dice))
    if dice.random() < 0.3:
        items.append(_change(dice))
    return video(*items)


def _change(dice: Random) -> Json:
    kind = dice.choice(["dissolve", dice.choice(list(XFADE_TRANSITIONS))])
    return change(dice.choice(["0.12", "0.2", "0.28", "0.4"]), kind)


def _clip(dice: Random, sources: list[Path], picture: Path) -> Json:
    length = Fraction(dice.randrange(12, 40), dice.choice([10, 12, 25]))
    look, chance = _look(dice), dice.random()
    if chance < 0.1:
        return still(picture, length, **look)
    if chance < 0.25:
        return plain(dice.choice(["#ff0000", "#00ff00", "#123456"]), length, **look)
    if chance < 0.4:
        text = dice.choice(["Hello", "Two\nlines", "%{x}"])
        return title(text, length, at=look, size=20, outline=dice.choice([0, 2]))
    speed = dice.choice(["1", "1", "1", "2", "3/7", "7/3"])
    used = min(length * Fraction(speed), Fraction(_SECONDS - 1))
    begin = Fraction(round(dice.random() * float(_SECONDS - used) * 1000), 1000)
    crop = {side: dice.randrange(20) for side in ("left", "top", "right", "bottom")}
    if dice.random() < 0.2:
        look["crop"] = crop
    return clip(dice.choice(sources), begin, used, speed=speed, **look)


def _look(dice: Random) -> Json:
    look: Json = {}
    if dice.random() < 0.4:
        look["transform"] = {
            "x": dice.choice([0.5, 0.3, 0.8, -0.2, 1.1]),
            "y": dice.choice([0.5, 0.25, 0.9]),
            "scale": dice.choice([1, 0.5, 0.3, 1.5, 2]),
            "rotation": dice.choice([0, 0, 15, 90, -33.3]),
        }
    if dice.random() < 0.3:
        look["opacity"] = dice.choice([0, 0.3, 0.5, 0.99])
    if dice.random() < 0.3:
        look["fit"] = dice.choice(["fit", "fill", "stretch", "none"])
    for fade in ("video_fade_in", "video_fade_out"):
        if dice.random() < 0.2:
            look[fade] = dice.choice(["0.2", "0.33", "0.1"])
    if dice.random() < 0.3:
        look["effects"] = [{"name": dice.choice(_PLAIN_EFFECTS)}]
    return look
