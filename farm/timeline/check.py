"""What can be wrong with a timeline whose fields are all well-formed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.errors import Problem
from farm.place import ObjectPath, as_place, is_address
from farm.timeline.clip import Clip, Crop, FileMedia
from farm.timeline.item import Gap, Transition
from farm.timeline.template import TemplateMedia
from farm.timeline.time import show_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from farm.timeline.timeline import Timeline, Track

_LONGEST_HOURS = 100
#: Bounds of the speeds of a ramp.
_SLOWEST, _FASTEST = 0.001, 100
_LONGEST_SECONDS = _LONGEST_HOURS * 3600
#: Sums of times with very different denominators are kept to this many parts of a
#: second: far below a sample, and the numbers stay small however many clips there are.
_FINEST_SUM = 10**18


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidItem:
    """A clip or gap with its exact place on the timeline."""

    number: int
    start: Fraction | None
    """``None``: not known before the media are."""
    end: Fraction | None
    problem: Problem | None


def find_problems(timeline: Timeline) -> list[Problem]:
    """Return everything that is wrong and needs no media file to be seen."""
    problems: list[Problem] = []
    for number, track in enumerate(timeline.tracks):
        path = f"tracks[{number}]"
        problems += _track_problems(track, path)
        problems += [
            laid.problem
            for laid in lay_out(track, path, timeline.rate, written_duration)
            if laid.problem
        ]
    if not any(track.items for track in timeline.tracks) and not timeline.subtitles:
        problems.append(Problem(path="tracks", message="there is nothing to render"))
    return problems


def written_duration(clip: Clip) -> Fraction | None:
    """Return a clip's length on the timeline where the document says it."""
    if clip.duration is not None:
        return clip.duration
    if clip.source_range is not None:
        return clip.source_range.duration / clip.speed
    if isinstance(clip.media, TemplateMedia):
        return clip.media.seconds
    return None


def lay_out(
    track: Track,
    path: str,
    rate: Fraction,
    duration_of: Callable[[Clip], Fraction | None],
) -> Iterator[LaidItem]:
    """Yield the place of each clip and gap.

    A clip that starts less than half a frame before or after the end of the item
    before starts at that end: programs round the times that they write.
    """
    now: Fraction | None = Fraction(0)
    before, is_too_long = "", False
    for number, item in enumerate(track.items):
        if isinstance(item, Transition):
            continue
        place = f"{path}.items[{number}]"
        start, problem = now, None
        if isinstance(item, Clip) and item.start is not None:
            start = item.start
            if now is not None and abs(start - now) * 2 * rate < 1:
                start = now
            elif now is not None and start < now:
                problem = _overlap(item, place, before, now)
        length = item.duration if isinstance(item, Gap) else duration_of(item)
        now = None if start is None or length is None else _rounded(start + length)
        before = item.label if isinstance(item, Clip) else "the gap"
        if now is not None and now > _LONGEST_SECONDS and not is_too_long:
            is_too_long, problem = True, problem or _too_long(before, place, now)
        yield LaidItem(number=number, start=start, end=now, problem=problem)


def _rounded(time: Fraction) -> Fraction:
    if time.denominator <= _FINEST_SUM:
        return time
    return Fraction(round(time * _FINEST_SUM), _FINEST_SUM)


def _overlap(clip: Clip, place: str, before: str, end: Fraction) -> Problem:
    message = (
        f"{clip.label} starts at {show_time(clip.start or Fraction(0))}, but {before} "
        f"before it ends at {show_time(end)}: clips of one track may not "
        "overlap; move it, shorten the one before, or use another track"
    )
    return Problem(path=f"{place}.start", message=message)


def _too_long(label: str, place: str, end: Fraction) -> Problem:
    message = (
        f"{label} ends at {show_time(end)}, but a timeline is at most "
        f"{_LONGEST_HOURS} hours long"
    )
    return Problem(path=place, message=message)


def _track_problems(track: Track, path: str) -> Iterator[Problem]:
    for number, item in enumerate(track.items):
        place = f"{path}.items[{number}]"
        if isinstance(item, Clip):
            yield from _clip_problems(item, track, place)
        elif isinstance(item, Transition):
            yield from _transition_problems(item, track, number, place)


def _clip_problems(clip: Clip, track: Track, place: str) -> Iterator[Problem]:
    yield from _warp_problems(clip, place)
    if isinstance(clip.media, FileMedia):
        if message := _path_problem(clip.media.path):
            message = f"{clip.label} {message}"
            yield Problem(path=f"{place}.media.path", message=message)
        return
    for path in clip.paths:
        if message := _path_problem(path):
            message = f"{clip.label} {message}"
            yield Problem(path=f"{place}.media.elements", message=message)
    if track.kind == "audio":
        message = f"{clip.label} makes no sound and cannot lie on an audio track"
        yield Problem(path=f"{place}.media", message=message)
    if clip.crop != Crop():
        message = f"{clip.label} cannot be cropped: only files can"
        yield Problem(path=f"{place}.crop", message=message)
    if written_duration(clip) is None:
        message = f"{clip.label} needs a duration"
        yield Problem(path=f"{place}.duration", message=message)


def _warp_problems(clip: Clip, place: str) -> Iterator[Problem]:
    """Yield what is wrong with how a clip goes through its file."""
    asked = {
        "reverse": clip.reverse,
        "freeze": clip.freeze is not None,
        "ramp": clip.ramp is not None,
    }
    names = [name for name, is_asked in asked.items() if is_asked]
    if not names:
        return
    path = f"{place}.{names[0]}"
    if not isinstance(clip.media, FileMedia):
        message = f"{clip.label} has no time of its own: only files have"
        yield Problem(path=path, message=message)
    elif len(names) > 1:
        message = f"{clip.label} has {' and '.join(names)}: give one of them"
        yield Problem(path=path, message=message)
    elif names[0] != "reverse" and clip.speed != 1:
        message = f"{clip.label} has a {names[0]} and a speed: give one of them"
        yield Problem(path=path, message=message)
    elif names[0] != "reverse" and clip.duration is None:
        message = f"{clip.label} needs a duration for its {names[0]}"
        yield Problem(path=f"{place}.duration", message=message)
    elif clip.freeze is not None and clip.source_range is not None:
        message = f"{clip.label} has a freeze and a source_range: give one of them"
        yield Problem(path=path, message=message)
    for key in clip.ramp or ():
        if not _SLOWEST <= key.value <= _FASTEST:
            message = f"{clip.label}: a speed should be 0.001 to 100, is {key.value:g}"
            yield Problem(path=path, message=message)
        if key.easing not in {"linear", "hold"}:
            message = f"{clip.label}: the easing of a speed is linear or hold"
            yield Problem(path=path, message=message)


def _path_problem(path: str) -> str | None:
    """Say what is wrong with the path of a source, as it is written."""
    if is_address(path):
        try:
            place = as_place(path)
        except ValueError as error:
            return f"names no object: {error}"
        return None if isinstance(place, ObjectPath) and place.key else "names a bucket"
    if "://" in path:
        return (
            "names a network address; sources are files, or objects (s3://bucket/key): "
            "fetch it first and give its path"
        )
    return None


def _transition_problems(
    item: Transition, track: Track, number: int, place: str
) -> Iterator[Problem]:
    offsets = (item.in_offset, item.out_offset)
    if item.duration is not None and offsets != (None, None):
        message = "give either a duration or in_offset and out_offset"
        yield Problem(path=place, message=message)
    if item.duration is None and not (item.in_offset or item.out_offset):
        yield Problem(path=place, message="the transition needs a duration")
    neighbours = [
        track.items[at] for at in (number - 1, number + 1) if 0 <= at < len(track.items)
    ]
    if any(isinstance(neighbour, Transition) for neighbour in neighbours):
        yield Problem(path=place, message="two transitions follow each other")
    elif not any(isinstance(neighbour, Clip) for neighbour in neighbours):
        yield Problem(path=place, message="the transition has no clip beside it")
