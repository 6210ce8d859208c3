"""Names of other programs for effects and transitions, and what the farm calls them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from farm.timeline.transition import XFADE_TRANSITIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from farm.timeline.clip import EffectUse


class Catalogue(Protocol):
    """Where the effects are known; what it has decides, not a list of names here."""

    def find(self, name: str, parameters: Mapping[str, float]) -> EffectUse | None:
        """Return the use of an effect; parameters that it lacks are left out."""
        ...


class NoCatalogue:
    """No effects at all: they are told as warnings."""

    def find(self, name: str, parameters: Mapping[str, float]) -> EffectUse | None:
        """Return `None`."""
        del name, parameters
        return None


#: Name as others write it → names under which the catalogue may have it.
_EFFECTS: Mapping[str, tuple[str, ...]] = {
    "greyscale": ("grayscale",),
    "black_and_white": ("grayscale",),
    "desaturate": ("grayscale",),
    "gaussian_blur": ("blur",),
    "avfilter_gblur": ("blur",),
    "boxblur": ("blur",),
    "avfilter_boxblur": ("blur",),
    "box_blur": ("blur",),
    "avfilter_hflip": ("mirror",),
    "avfilter_vflip": ("flip",),
    "horizontal_flip": ("mirror",),
    "vertical_flip": ("flip",),
    "avfilter_negate": ("invert",),
    "grain": ("film_grain", "grain"),
    "hue": ("hue", "hue_rotate"),
    "white_balance": ("white_balance", "temperature"),
    "levels": ("levels",),
    "noise": ("film_grain", "noise"),
    "type_writer": ("typewriter",),
    "stabilization": ("stabilise",),
    "stabilisation": ("stabilise",),
    "stabilize": ("stabilise",),
    "vidstab": ("stabilise",),
    "deshake": ("stabilise",),
    "avfilter_deshake": ("stabilise",),
    "warp_stabilizer": ("stabilise",),
}
#: Parameter as others name it → as the catalogue may name it.
_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "radius": ("sigma", "radius"),
    "value": ("amount", "value"),
    "intensity": ("amount", "intensity"),
    "strength": ("amount", "strength"),
    "angle": ("degrees", "angle"),
}

#: Names of transitions in small letters and digits → kinds of FFmpeg's xfade.
_TRANSITIONS: Mapping[str, str] = {
    "smptedissolve": "dissolve",
    "crossdissolve": "dissolve",
    "crossfade": "dissolve",
    "cross": "dissolve",
    "mix": "dissolve",
    "luma": "dissolve",
    "fadetoblack": "fadeblack",
    "fadetocolor": "fadeblack",
    "diptoblack": "fadeblack",
    "diptowhite": "fadewhite",
    "fadetowhite": "fadewhite",
    "wipe": "wipeleft",
    "wipehorizontal": "wipeleft",
    "wipevertical": "wipeup",
    "wipediagonal": "wipetl",
    "w001": "wiperight",
    "w002": "wipedown",
    "w003": "wipebr",
    "w101": "circleopen",
    "slide": "slideleft",
    "push": "slideleft",
    "cover": "coverleft",
    "reveal": "revealleft",
    "radialwipe": "radial",
    "clockwipe": "radial",
    "iris": "circleopen",
    "irisround": "circleopen",
    "irisbox": "rectcrop",
    "diagonal": "diagtl",
    "zoom": "zoomin",
    "squeeze": "squeezeh",
    "blinds": "hlslice",
    "pixelate": "pixelize",
    "blur": "hblur",
}


def plain_name(name: str) -> str:
    """Write ``MotionBlur`` or ``motion-blur`` as ``motion_blur``."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name[:200])
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")


def effect_names(name: str) -> tuple[str, ...]:
    """Return under which names the catalogue may have an effect, likely ones first."""
    plain = plain_name(name)
    return (plain, *_EFFECTS.get(plain, ()))


def parameter_names(name: str) -> tuple[str, ...]:
    """Return under which names an effect may have a parameter."""
    plain = plain_name(name)
    return (plain, *_PARAMETERS.get(plain, ()))


def transition_kind(name: str) -> str | None:
    """Return the kind of a transition by any program's name; `None`: not known."""
    plain = re.sub(r"[^a-z0-9]", "", name[:200].lower())
    for known in (plain, _TRANSITIONS.get(plain, "")):
        if known in XFADE_TRANSITIONS:
            return known
    return None
