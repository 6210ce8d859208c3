"""How large a timeline and its sources may be: what an operator allows strangers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from farm.errors import MediaTooLarge, Problem
from farm.timeline.check import lay_out, written_duration
from farm.timeline.clip import Clip
from farm.timeline.template import TemplateMedia
from farm.timeline.time import show_time
from farm.timeline.title import TitleMedia

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from farm.settings import Settings
    from farm.timeline.media import MediaFacts
    from farm.timeline.timeline import Timeline, Track


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is allowed; each is a setting of the same name, with ``limit_`` before."""

    pixels: int
    streams: int
    duration_seconds: float
    tracks: int
    items: int
    layers: int
    effects: int
    text: int

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return those of the settings."""
        return cls(
            pixels=settings.limit_pixels,
            streams=settings.limit_streams,
            duration_seconds=settings.limit_duration_seconds,
            tracks=settings.limit_tracks,
            items=settings.limit_items,
            layers=settings.limit_layers,
            effects=settings.limit_effects,
            text=settings.limit_text,
        )


def find_excesses(timeline: Timeline, limits: Limits) -> list[Problem]:
    """Return everything of a timeline that is more than is allowed.

    Of counts, the first: what is far too large is not looked at further.
    """
    counts = (
        ("", timeline.width * timeline.height, "pixels", limits.pixels),
        ("tracks", len(timeline.tracks), "tracks", limits.tracks),
        ("tracks", sum(len(t.items) for t in timeline.tracks), "items", limits.items),
        ("tracks", _characters(timeline), "text", limits.text),
    )
    for path, count, name, limit in counts:
        if count > limit:
            unit = "characters of text" if name == "text" else name
            return [_excess(path, f"it has {count} {unit}", f"limit_{name}", limit)]
    problems = [
        problem
        for number, track in enumerate(timeline.tracks)
        for problem in _track_excesses(track, f"tracks[{number}]", timeline, limits)
    ]
    most, when = _most_at_once(timeline)
    if most > limits.layers:
        message = f"{most} clips are shown at {show_time(when)}"
        problems.append(_excess("tracks", message, "limit_layers", limits.layers))
    return problems


def check_media(facts: MediaFacts, limits: Limits) -> None:
    """Raise `MediaTooLarge` where a source is more than is allowed."""
    check_streams(
        facts.path, len(facts.video) + len(facts.audio) + len(facts.subtitles), limits
    )
    for stream in facts.video:
        check_pixels(facts.path, stream.width, stream.height, limits)
    if facts.duration > limits.duration_seconds:
        message = f"{facts.path} is {show_time(facts.duration)} long"
        raise _too_large(message, "limit_duration_seconds", limits.duration_seconds)


def check_streams(path: str, count: int, limits: Limits) -> None:
    """Raise `MediaTooLarge` where a source has too many streams."""
    if count > limits.streams:
        message = f"{path} has {count} streams"
        raise _too_large(message, "limit_streams", limits.streams)


def check_pixels(path: str, width: int, height: int, limits: Limits) -> None:
    """Raise `MediaTooLarge` where a picture of a source is too large."""
    if width * height > limits.pixels:
        message = f"the picture of {path} is {width}x{height} pixels large"
        raise _too_large(message, "limit_pixels", limits.pixels)


def _too_large(message: str, setting: str, limit: float) -> MediaTooLarge:
    return MediaTooLarge(_more(message, setting, limit))


def _excess(path: str, message: str, setting: str, limit: float) -> Problem:
    return Problem(path=path, message=_more(message, setting, limit))


def _more(message: str, setting: str, limit: float) -> str:
    return f"{message}, more than this farm takes ({setting} = {limit:g})"


def _characters(timeline: Timeline) -> int:
    return sum(
        _length(item.media)
        for track in timeline.tracks
        for item in track.items
        if isinstance(item, Clip)
    )


def _length(media: object) -> int:
    if isinstance(media, TemplateMedia):
        return sum(len(each.text) for each in media.shown_elements())
    return len(media.text) if isinstance(media, TitleMedia) else 0


def _track_excesses(
    track: Track, path: str, timeline: Timeline, limits: Limits
) -> Iterator[Problem]:
    for number, item in enumerate(track.items):
        if isinstance(item, Clip) and len(item.effects) > limits.effects:
            message = f"{item.label} has {len(item.effects)} effects"
            place = f"{path}.items[{number}].effects"
            yield _excess(place, message, "limit_effects", limits.effects)
    ends = (laid.end for laid in lay_out(track, path, timeline.rate, written_duration))
    end = max((end for end in ends if end is not None), default=None)
    if end is not None and end > limits.duration_seconds:
        message = f"the track ends at {show_time(end)}"
        limit = limits.duration_seconds
        yield _excess(path, message, "limit_duration_seconds", limit)


def _most_at_once(timeline: Timeline) -> tuple[int, Fraction]:
    """Return how many clips there are at the fullest time, and when that is.

    A clip whose length the document does not say lasts to the next that has a start.
    """
    changes: list[tuple[Fraction, int]] = []
    for track in timeline.tracks:
        if not track.enabled:
            continue
        laid = lay_out(track, "", timeline.rate, written_duration)
        for place in laid:
            item = track.items[place.number]
            if not isinstance(item, Clip) or not item.enabled or place.start is None:
                continue
            changes.append((place.start, 1))
            if place.end is not None:
                changes.append((place.end, -1))
    most, now, when = 0, 0, timeline.rate * 0
    for time, change in sorted(changes):
        now += change
        if now > most:
            most, when = now, time
    return most, when
