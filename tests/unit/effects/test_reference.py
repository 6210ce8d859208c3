"""Nothing that editors name is missing; each name is written here with its entry."""

from __future__ import annotations

import re
import subprocess

import pytest

from farm.effects.catalog import EFFECTS
from farm.effects.lookup import CATALOGUE
from farm.ffmpeg.locate import find_ffmpeg
from farm.settings import Settings
from farm.timeline.clip import Clip
from farm.timeline.transition import XFADE_TRANSITIONS

#: Effects on the picture of an editor's schema. Those on sound are another catalogue.
TYPES = {
    "Blur": "blur", "Brightness": "brightness", "Contrast": "contrast",
    "Grayscale": "grayscale", "Sepia": "sepia", "Saturation": "saturation",
    "HueRotate": "hue_rotate", "Vintage": "vintage", "Duotone": "duotone",
    "Noir": "noir", "Cyberpunk": "cyberpunk", "Dreamy": "dreamy",
    "Infrared": "infrared", "Matrix": "matrix", "Arctic": "arctic",
    "Sunset": "sunset", "Lomo": "lomo", "Twilight": "twilight", "Neon": "neon",
    "Invert": "invert", "Vignette": "vignette", "FilmGrain": "film_grain",
    "ChromaticAberration": "chromatic_aberration", "LensFlare": "lens_flare",
    "Glow": "glow", "Sharpen": "sharpen", "NoiseReduction": "noise_reduction",
    "ColorCorrection": "color_correction", "ChromaKey": "chroma_key",
    "Stabilization": "stabilise",
}  # fmt: skip
#: The rest of the library of 39.
LIBRARY = {
    "temperature": "temperature", "tint": "tint", "exposure": "exposure",
    "motion-blur": "motion_blur", "glitch": "glitch", "pixelate": "pixelate",
    "edge-enhance": "edge_enhance", "emboss": "emboss", "solarize": "solarize",
    "zoom-blur": "zoom_blur", "hologram": "hologram",
}  # fmt: skip
FILTERS = {
    "Brightness": "brightness", "Contrast": "contrast", "Saturation": "saturation",
    "Hue": "hue_rotate", "Blur": "blur", "Sharpen": "sharpen",
    "Vignette": "vignette", "Grain": "film_grain", "Glow": "glow",
    "ShadowsHighlights": "shadows_highlights", "WhiteBalance": "white_balance",
    "Exposure": "exposure", "Curves": "curves", "Levels": "levels",
    "ColorBalance": "color_balance",
}  # fmt: skip
#: Parameters of the library's filters that are entries of their own.
FILTER_PARAMETERS = {
    "gamma": "gamma", "vibrance": "vibrance", "clarity": "clarity",
}  # fmt: skip
LOOKS = {
    "s-log": "s_log", "d-log": "d_log", "v-log": "v_log", "hlg": "hlg",
    "rec709": "rec709", "rec2020": "rec2020", "flat": "flat", "neutral": "neutral",
    "cinestyle": "cinestyle", "dramatic-contrast": "dramatic_contrast",
    "portrait": "portrait", "landscape": "landscape",
    "vintage-film": "vintage_film", "warm-sunset": "warm_sunset",
    "cold-blue": "cold_blue",
}  # fmt: skip
#: What is no effect here, but a field of a clip.
FIELDS = {"Speed": "speed", "Reverse": "reverse"}
TRANSITIONS = {
    "zoom": "zoomin", "fade": "fade", "slide": "coverleft", "scale": "scale",
    "rotate": "rotate", "flip": "flip", "push": "slideleft", "squeeze": "squeezeh",
    "diagonal": "diagtl", "spiral": "spiral", "cube-3d": "cube",
    "page-turn": "pageturn", "kaleidoscope": "kaleidoscope", "shatter": "shatter",
    "burn": "burn", "swirl": "swirl", "wipe-horizontal": "wipeleft",
    "wipe-vertical": "wipeup", "wipe-diagonal": "wipetl", "radial-wipe": "radial",
    "pixelize": "pixelize", "dissolve": "dissolve", "blinds": "blinds",
    "iris": "circleopen", "ripple": "ripple", "morph": "morph", "glitch": "glitch",
    "zoom-blur": "zoomblur", "wave": "wave", "tv-static": "tvstatic",
}  # fmt: skip


@pytest.mark.parametrize(
    "names", [TYPES, LIBRARY, FILTERS, FILTER_PARAMETERS, LOOKS], ids=len
)
def test_every_effect_that_editors_name_is_there(names: dict[str, str]) -> None:
    assert set(names.values()) <= set(EFFECTS)
    assert len(set(names.values())) == len(names)


def test_names_of_other_programs_find_the_entry() -> None:
    for name in ("Stabilization", "stabilization", "stabilize", "vidstab"):
        use = CATALOGUE.find(name, {"smoothing": 20, "tripod": 1})

        assert use is not None
        assert (use.name, use.parameters) == ("stabilise", {"smoothing": 20})


def test_no_name_of_the_schema_is_left_out() -> None:
    """Beside 22 effects on sound, and `AudioFade`: fields of clips, or its catalogue.

    `Custom`, of both, is no entry: docs/decisions/0026-effects-as-data.md.
    """
    assert len(TYPES) + len(FIELDS) + 22 + len({"AudioFade", "Custom"}) == 56
    assert len(FILTERS) + len({"Custom"}) == 16
    assert "custom" not in EFFECTS


def test_the_rest_are_fields_of_a_clip() -> None:
    assert set(FIELDS.values()) <= set(Clip.model_fields)


def test_every_transition_that_editors_name_is_there() -> None:
    assert len(TRANSITIONS) == 30
    assert len(set(TRANSITIONS.values())) == 30
    assert set(TRANSITIONS.values()) <= set(XFADE_TRANSITIONS)


def test_every_kind_of_the_pinned_xfade_is_there() -> None:
    shown = subprocess.run(
        [find_ffmpeg(Settings()), "-hide_banner", "-h", "filter=xfade"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    kinds = set(re.findall(r"^ {5}(\w+) +-?\d+ +\.\.", shown, re.MULTILINE))

    assert len(kinds) >= 59
    assert kinds == set(XFADE_TRANSITIONS.values())
