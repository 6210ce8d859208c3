"""What an HDR render tells of its light, and what of it looks otherwise than in SDR."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from farm.effects.catalog import FAMILIES, is_neutral
from farm.timeline.composition import FilmSource
from farm.timeline.media import Light
from farm.timeline.steady import STABILISE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from farm.presets.preset import Preset
    from farm.timeline.composition import Composition, Shot

_PQ = "smpte2084"
#: SDR white in HDR, cd/m² (ITU-R BT.2408).
_WHITE = 203
#: Families of effects that move pixels and keep their values.
_KEEP_LIGHT = ("blur", "distort")
#: x and y of red, green, blue and white of BT.2020, which hold those of any display.
_WIDEST = ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), (0.3127, 0.3290))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lit:
    """A preset that tells of the light of what is rendered."""

    preset: Preset
    warnings: tuple[str, ...] = ()


def tell_light(preset: Preset, composition: Composition, start: int, end: int) -> Lit:
    """Let an HDR preset tell of some frames what their sources tell.

    Args:
        preset: as it was asked for.
        composition: what is seen.
        start: the first frame.
        end: the frame after the last.
    """
    if preset.video.range == "sdr":
        return Lit(preset=preset)
    shots = [
        shot
        for layer in composition.layers
        for shot in layer.shots
        if shot.shown_start < end and start < shot.shown_end
    ]
    warnings = tuple(dict.fromkeys(_odd_effects(shots)))
    if preset.video.range != "pq" or preset.video.light is not None:
        return Lit(preset=preset, warnings=warnings)
    light = _find_light(shots)
    video = preset.video.model_copy(update={"light": light})
    return Lit(preset=preset.model_copy(update={"video": video}), warnings=warnings)


def _odd_effects(shots: Sequence[Shot]) -> Iterator[str]:
    """Say which effects work on the values of HDR, for which they were not made."""
    for shot in shots:
        for use in shot.look.effects:
            if not is_neutral(use) and use.name == STABILISE:
                yield (
                    f"{shot.label}: the effect {use.name} works with eight bits: "
                    "soft gradients may show steps in HDR"
                )
            elif not is_neutral(use) and _changes_light(use.name):
                yield (
                    f"{shot.label}: the effect {use.name} was made for SDR, and works "
                    "on the HDR signal as it is: it looks otherwise than in SDR"
                )


def _changes_light(name: str) -> bool:
    return not any(name in FAMILIES[family] for family in _KEEP_LIGHT)


def _find_light(shots: Sequence[Shot]) -> Light | None:
    """Return what holds for all that is seen; `None`: it cannot be known.

    What is drawn and SDR films are within every display. HLG tells nothing of its own.
    """
    films = [shot.source.video for shot in shots if isinstance(shot.source, FilmSource)]
    bright = [film for film in films if film.is_hdr]
    if not bright or any(film.color_transfer != _PQ for film in bright):
        return None
    lights = [film.light for film in bright if film.light is not None]
    if len(lights) < len(bright):
        return None
    found = _unite_displays(lights)
    if any(
        _changes_light(use.name) and not is_neutral(use)
        for shot in shots
        for use in shot.look.effects
    ):
        return found
    levels = _unite_levels(lights, is_alone=len(bright) == len(shots))
    if found is None:
        return levels
    if levels is None:
        return found
    return replace(
        found,
        max_content_light=levels.max_content_light,
        max_frame_light=levels.max_frame_light,
    )


def _unite_displays(lights: Sequence[Light]) -> Light | None:
    """Return the display that shows all that any of some shows."""
    if not all(light.tells_display for light in lights):
        return None
    gamuts = {light.primaries for light in lights}
    return Light(
        primaries=gamuts.pop() if len(gamuts) == 1 else _WIDEST,
        min_luminance=min(light.min_luminance or 0 for light in lights),
        max_luminance=max(light.max_luminance or 0 for light in lights),
    )


def _unite_levels(lights: Sequence[Light], *, is_alone: bool) -> Light | None:
    """Return the highest levels, where each film tells them.

    What is not HDR is as bright as SDR white at most.
    """
    least = 0 if is_alone else _WHITE
    most = [light.max_content_light for light in lights]
    mean = [light.max_frame_light for light in lights]
    if None in most:
        return None
    return Light(
        max_content_light=max(least, *(level or 0 for level in most)),
        max_frame_light=(
            None if None in mean else max(least, *(level or 0 for level in mean))
        ),
    )
