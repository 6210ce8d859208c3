"""The demonstration's timeline over its own clips, and what it must look like.

```
V2       ├ inset ┤                  ├─ title ──┤
V1  ├─ harbour ──dissolve── interview ─┤ gap ├─ archive ─┼─ harbour, fast ─┤
A1  ├─ music, faded in and out ──────────────────────────────────────────────┤
    0              5                   9     10          13                16
```
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from farm.demo.expected import Bright, Expected, Look, Tone
from farm.demo.sources import ARCHIVE, HARBOUR, INTERVIEW, MUSIC, MUSIC_HERTZ

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.demo.sources import Film

RATE = 30
WIDTH, HEIGHT = 1280, 720
SAMPLE_RATE = 48000
SECONDS = 16


def build_document() -> dict[str, JsonValue]:
    """Return the timeline; its media paths are relative to the demo's folder."""
    return {
        "format": "farm-timeline/1",
        "name": "Demonstration",
        "rate": str(RATE),
        "width": WIDTH,
        "height": HEIGHT,
        "sample_rate": SAMPLE_RATE,
        "channels": 2,
        "background": "#000000",
        "tracks": [_film_track(), _overlay_track(), _music_track()],
    }


def build_expected() -> Expected:
    """Return what the render of the timeline must be."""
    return Expected(
        frames=SECONDS * RATE,
        rate=Fraction(RATE),
        width=WIDTH,
        height=HEIGHT,
        sample_rate=SAMPLE_RATE,
        samples=SECONDS * SAMPLE_RATE,
        looks=_LOOKS,
        brights=(
            Bright(at=Fraction(12), top=0.8, bottom=0.97, is_there=True, what="title"),
            Bright(at=Fraction(15), top=0.8, bottom=0.97, is_there=False, what="title"),
        ),
        tones=_TONES,
    )


def _clip(film: Film, *, name: str, start: str, seconds: str) -> dict[str, JsonValue]:
    return {
        "type": "clip",
        "name": name,
        "media": {"type": "file", "path": f"media/{film.name}"},
        "source_range": {"start": start, "duration": seconds},
    }


def _film_track() -> JsonValue:
    return {
        "kind": "video",
        "name": "V1",
        "items": [
            _clip(HARBOUR, name="harbour", start="1", seconds="5"),
            {"type": "transition", "kind": "dissolve", "duration": "1"},
            _clip(INTERVIEW, name="interview", start="1", seconds="4"),
            {"type": "gap", "duration": "1"},
            _clip(ARCHIVE, name="archive", start="1/2", seconds="3"),
            {
                **_clip(HARBOUR, name="harbour, fast", start="1", seconds="6"),
                "speed": "2",
            },
        ],
    }


def _overlay_track() -> JsonValue:
    return {
        "kind": "video",
        "name": "V2",
        "items": [
            {
                **_clip(INTERVIEW, name="inset", start="0", seconds="2.5"),
                "start": "1.5",
                "transform": {"x": 0.78, "y": 0.26, "scale": 0.3},
                "muted": True,
            },
            {
                "type": "clip",
                "name": "title",
                "media": {
                    "type": "title",
                    "text": "From the archive",
                    "size": 64,
                    "align": "bottom",
                    "outline": 3,
                },
                "start": "10.5",
                "duration": "2.5",
                "video_fade_in": "0.5",
                "video_fade_out": "0.5",
            },
        ],
    }


def _music_track() -> JsonValue:
    return {
        "kind": "audio",
        "name": "A1",
        "items": [
            {
                "type": "clip",
                "name": "music",
                "media": {"type": "file", "path": f"media/{MUSIC}"},
                "source_range": {"start": "0", "duration": str(SECONDS)},
                "volume": 0.25,
                "fade_in": "1",
                "fade_out": "2",
            }
        ],
    }


def _look(at: str, x: float, y: float, *, color: str, what: str) -> Look:
    return Look(at=Fraction(at), x=x, y=y, color=color, what=what)


def _mean(first: str, second: str) -> str:
    pairs = zip(bytes.fromhex(first[1:]), bytes.fromhex(second[1:]), strict=True)
    return "#" + bytes((one + other) // 2 for one, other in pairs).hex()


def _tone(at: str, hertz: int, *, is_there: bool, what: str) -> Tone:
    return Tone(at=Fraction(at), hertz=hertz, is_there=is_there, what=what)


_CORNER = (0.04, 0.06)
_INSET_CORNER = (0.65, 0.14)
_LOOKS = (
    _look("1", *_CORNER, color=HARBOUR.color, what="harbour"),
    _look("2.5", *_INSET_CORNER, color=INTERVIEW.color, what="picture in picture"),
    _look("4.25", *_INSET_CORNER, color=HARBOUR.color, what="after the inset"),
    _look(
        "5",
        *_CORNER,
        color=_mean(HARBOUR.color, INTERVIEW.color),
        what="middle of the dissolve",
    ),
    _look("7", *_CORNER, color=INTERVIEW.color, what="interview"),
    _look("9.5", *_CORNER, color="#000000", what="gap"),
    _look("11", 0.16, 0.06, color=ARCHIVE.color, what="archive"),
    _look("11", *_CORNER, color="#000000", what="bar beside the archive"),
    _look("14.5", *_CORNER, color=HARBOUR.color, what="harbour, fast"),
)
_TONES = (
    _tone("2.5", HARBOUR.hertz, is_there=True, what="harbour"),
    _tone("2.5", INTERVIEW.hertz, is_there=False, what="muted inset"),
    _tone("7", INTERVIEW.hertz, is_there=True, what="interview"),
    _tone("7", HARBOUR.hertz, is_there=False, what="harbour after its end"),
    _tone("9.5", INTERVIEW.hertz, is_there=False, what="interview in the gap"),
    _tone("9.5", MUSIC_HERTZ, is_there=True, what="music in the gap"),
    _tone("11.5", ARCHIVE.hertz, is_there=True, what="archive"),
    _tone("14.5", HARBOUR.hertz, is_there=True, what="pitch kept at double speed"),
    _tone("15.9", MUSIC_HERTZ, is_there=False, what="music faded out"),
)
