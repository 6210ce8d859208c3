"""Which clips of a slice are steadied, and the slice with what was found for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from farm.timeline.composition import FilmSource
from farm.timeline.steady import ShakyFilm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction

    from farm.timeline.slice import PictureSlice, ShotSlice
    from farm.timeline.steady import Motion


def find_shaky(picture: PictureSlice) -> Iterator[ShakyFilm]:
    """Yield what is analysed for the clips of a slice."""
    for layer in picture.layers:
        for shot in layer.shots:
            film = _film_of(shot, picture.rate)
            if film is not None:
                yield film


def give_motions(
    picture: PictureSlice, find: Callable[[ShakyFilm], tuple[Motion, ...]]
) -> PictureSlice:
    """Return a slice with the motions of every camera that is to be steadied.

    Args:
        picture: as it was planned.
        find: returns what was found for a clip.
    """

    def give(shot: ShotSlice) -> ShotSlice:
        film = _film_of(shot, picture.rate)
        if film is None or shot.steady is None:
            return shot
        return replace(shot, steady=replace(shot.steady, motions=find(film)))

    layers = tuple(
        replace(layer, shots=tuple(give(shot) for shot in layer.shots))
        for layer in picture.layers
    )
    return replace(picture, layers=layers)


def _film_of(shot: ShotSlice, rate: Fraction) -> ShakyFilm | None:
    part, source = shot.steady, shot.source
    if part is None or not isinstance(source, FilmSource):
        return None
    return ShakyFilm(
        source=source,
        source_start=part.source_start,
        frames=part.frames,
        rate=rate,
        speed=shot.speed,
        crop=shot.look.crop,
        shakiness=part.shakiness,
        age=part.age,
        ramp=shot.ramp,
    )
