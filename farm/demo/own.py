"""The demonstration over a user's own files, whatever they are."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.demo.expected import Expected
from farm.errors import FarmError, InvalidOption
from farm.ffmpeg.probe import probe_media

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pydantic import JsonValue

    from farm.timeline.media import MediaFacts

RATE = 30
WIDTH, HEIGHT = 1280, 720
SAMPLE_RATE = 48000
_MOST_FILMS = 6
_LONGEST = Fraction(4)  # seconds of one film
_SHORTEST = Fraction(1, 2)
_SHORTEST_MUSIC = Fraction(5)
_HANDLE = Fraction(1, 2)  # half of a dissolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A usable film, and the part of it that is shown."""

    path: Path
    start: Fraction
    seconds: Fraction
    has_handles: bool
    """Whether there is film before and after, to dissolve over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Music:
    """A sound to play under the films."""

    path: Path
    seconds: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What of a folder is used, and what is left out and why."""

    films: tuple[Film, ...]
    music: Music | None
    """The folder's longest sound; ``None`` where it has none that will do."""
    left_out: tuple[str, ...]


def choose_films(folder: Path) -> Chosen:
    """Choose up to six films of a folder, spread over it."""
    if not folder.is_dir():
        raise InvalidOption(f"{folder} is no folder with media.")
    films: list[Film] = []
    sounds: list[Music] = []
    left_out: list[str] = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or not path.is_file():
            continue
        try:
            facts = probe_media(path)
        except FarmError as error:
            left_out.append(f"{path.name}: {error.message}")
            continue
        film = _usable_part(path, facts)
        if isinstance(film, Film):
            films.append(film)
        elif facts.audio and not facts.video:
            sounds.append(Music(path=path, seconds=facts.duration))
        else:
            left_out.append(f"{path.name}: {film}")
    if not films:
        raise InvalidOption(f"{folder} holds no film that can be used.")
    chosen = _spread(films)
    unneeded = [film.path.name for film in films if film not in chosen]
    if unneeded:
        left_out.append(f"{', '.join(unneeded)}: {len(chosen)} films are enough")
    return Chosen(
        films=tuple(chosen),
        music=_longest(sounds),
        left_out=tuple(left_out),
    )


def build_document(chosen: Chosen, *, title: str, music: Music) -> dict[str, JsonValue]:
    """Return a timeline of the chosen films, with an inset, a title and music."""
    seconds = _length(chosen.films)
    return {
        "format": "farm-timeline/1",
        "name": title,
        "rate": str(RATE),
        "width": WIDTH,
        "height": HEIGHT,
        "sample_rate": SAMPLE_RATE,
        "channels": 2,
        "tracks": [
            {"kind": "video", "name": "V1", "items": _film_items(chosen.films)},
            {"kind": "video", "name": "V2", "items": [_inset(chosen.films)]},
            {
                "kind": "video",
                "name": "V3",
                "items": [_title(title, seconds=seconds)],
            },
            {
                "kind": "audio",
                "name": "A1",
                "items": [_music_item(music, seconds=seconds)],
            },
        ],
    }


def build_expected(chosen: Chosen) -> Expected:
    """Return what can be known of the render before it is made."""
    seconds = _length(chosen.films)
    return Expected(
        frames=int(seconds * RATE),
        rate=Fraction(RATE),
        width=WIDTH,
        height=HEIGHT,
        sample_rate=SAMPLE_RATE,
        samples=int(seconds * SAMPLE_RATE),
    )


def _usable_part(path: Path, facts: MediaFacts) -> Film | str:
    """Return the part of a file to show, or why there is none."""
    moving = [v for v in facts.video if not v.is_image and not v.is_cover]
    if not moving:
        return "it holds no film"
    if facts.truncated:
        return "it ends before its header says"
    first = moving[0].start - facts.start
    there = moving[0].end - moving[0].start
    handles = _HANDLE if there >= 2 * _HANDLE + 1 else Fraction(0)
    seconds = _whole_frames(min(_LONGEST, there - 2 * handles))
    if seconds < _SHORTEST:
        return f"it is too short ({float(there):.2f} s)"
    spare = there - seconds - 2 * handles
    start = first + handles + _whole_frames(spare / 4)
    return Film(path=path, start=start, seconds=seconds, has_handles=bool(handles))


def _longest(sounds: Sequence[Music]) -> Music | None:
    longest = max(sounds, key=lambda sound: sound.seconds, default=None)
    if longest is None or longest.seconds < _SHORTEST_MUSIC:
        return None
    return longest


def _whole_frames(seconds: Fraction) -> Fraction:
    return Fraction(int(seconds * RATE), RATE)


def _spread(films: Sequence[Film]) -> list[Film]:
    if len(films) <= _MOST_FILMS:
        return list(films)
    step = Fraction(len(films) - 1, _MOST_FILMS - 1)
    return [films[int(step * number)] for number in range(_MOST_FILMS)]


def _length(films: Sequence[Film]) -> Fraction:
    return sum((film.seconds for film in films), start=Fraction(0))


def _film_items(films: Sequence[Film]) -> JsonValue:
    items: list[JsonValue] = []
    for number, film in enumerate(films):
        before = films[number - 1] if number else None
        if before and before.has_handles and film.has_handles:
            seconds = str(2 * _HANDLE)
            items.append(
                {"type": "transition", "kind": "dissolve", "duration": seconds}
            )
        items.append(_clip(film.path, start=film.start, seconds=film.seconds))
    return items


def _inset(films: Sequence[Film]) -> JsonValue:
    last = films[-1]
    seconds = min(last.seconds, films[0].seconds, Fraction(2))
    return {
        **_clip(last.path, start=last.start, seconds=seconds),
        "name": "inset",
        "transform": {"x": 0.78, "y": 0.26, "scale": 0.3},
        "muted": True,
    }


def _title(text: str, *, seconds: Fraction) -> JsonValue:
    start = _whole_frames(min(Fraction(2), seconds / 2))
    return {
        "type": "clip",
        "name": "title",
        "media": {
            "type": "title",
            "text": text,
            "size": 56,
            "align": "bottom",
            "outline": 3,
        },
        "start": str(start),
        "duration": str(min(Fraction(3), seconds - start)),
    }


def _music_item(music: Music, *, seconds: Fraction) -> JsonValue:
    seconds = _whole_frames(min(seconds, music.seconds))
    fade = str(min(Fraction(1), seconds / 4))
    return {
        **_clip(music.path, start=Fraction(0), seconds=seconds),
        "name": "music",
        "volume": 0.15,
        "fade_in": fade,
        "fade_out": fade,
    }


def _clip(path: Path, *, start: Fraction, seconds: Fraction) -> dict[str, JsonValue]:
    return {
        "type": "clip",
        "name": path.stem,
        "media": {"type": "file", "path": str(path)},
        "source_range": {"start": str(start), "duration": str(seconds)},
    }
