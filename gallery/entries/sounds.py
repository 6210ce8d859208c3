"""Effects on sound: both channels and the spectrum, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from farm.effects.describe import show_parameter
from farm.effects.model import Number
from farm.effects.sound.catalog import FAMILIES, SOUND_EFFECTS
from gallery.entry import Entry, Json, Page, Panel

if TYPE_CHECKING:
    from pathlib import Path

#: Where the usual values change nothing, or too little for a picture.
_SHOWN: dict[str, dict[str, Any]] = {
    "ducking": {"by": "voice", "threshold": -40, "ratio": 12},
    "limiter": {"ceiling": -12},
    "compressor": {"threshold": -30, "ratio": 8},
    "equaliser": {"bass": -18, "mid": 6, "treble": -18},
    "peak": {"frequency": 3000, "gain": 18, "q": 1},
    "highpass": {"frequency": 1000},
    "lowpass": {"frequency": 1500},
    "bandpass": {"frequency": 1500, "q": 2},
    "pitch": {"semitones": 12},
    "denoise": {"amount": 30, "floor": -50},
    "stereo-width": {"width": 0},
    "pan": {"position": 0.8},
    "reverb": {"seconds": 2, "mix": 0.6},
    "gate": {"threshold": -34},
    "normalise": {"loudness": -30},
}


def sound_page(media: Path) -> Page:
    """Return the page of effects on sound."""
    return Page(
        name="sound-effects",
        title="Effects on sound",
        about="Left channel, right channel, and the spectrum of both from 0 to 8 kHz "
        "over three seconds; before and after. The JSON is one of the list "
        "`audio_effects` of a clip, a track or the document.",
        entries=tuple(
            _entry(name, media) for family in FAMILIES.values() for name in family
        ),
    )


def _entry(name: str, media: Path) -> Entry:
    effect = SOUND_EFFECTS[name]
    given = _SHOWN.get(name, {})
    usual = {
        key: each.default
        for key, each in effect.parameters.items()
        if isinstance(each, Number)
    }
    use = {"name": name, "parameters": {**usual, **given}}
    return Entry(
        name=name,
        what=effect.what,
        facts=tuple(
            f"`{key}`: {show_parameter(each)}"
            if isinstance(each, Number)
            else f"`{key}`: name of a track"
            for key, each in effect.parameters.items()
        ),
        paste=use,
        panels=(
            Panel(document=_document(name, media, []), caption="before"),
            Panel(document=_document(name, media, [use]), caption="after"),
        ),
    )


def _document(name: str, media: Path, uses: list[Json]) -> Json:
    if name == "ducking":
        tracks = [
            _track(media / "voice.wav", name="voice", pan=-1),
            _track(media / "song.wav", pan=1, audio_effects=uses),
        ]
    else:
        tracks = [_track(media / "song.wav", audio_effects=uses)]
    return {
        "format": "farm-timeline/1",
        "width": 64,
        "height": 36,
        "tracks": tracks,
    }


def _track(path: Path, **fields: object) -> Json:
    clip = {
        "type": "clip",
        "media": {"type": "file", "path": str(path)},
        "source_range": {"duration": 3},
    }
    return {"kind": "audio", "items": [clip], **fields}
