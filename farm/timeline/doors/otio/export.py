"""A timeline of the farm as OpenTimelineIO; what it lacks goes into its metadata."""

from __future__ import annotations

import os
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import opentimelineio as otio

from farm.errors import InvalidTimeline, Problem
from farm.timeline.check import lay_out, written_duration
from farm.timeline.clip import BarsMedia, Clip, ColorMedia, FileMedia
from farm.timeline.doors.otio.media import BARS
from farm.timeline.doors.otio.own import KEY, names_beside
from farm.timeline.doors.sheet import without
from farm.timeline.item import Gap, Transition
from farm.timeline.save import to_document
from farm.timeline.timeline import Timeline, Track

if TYPE_CHECKING:
    from farm.timeline.base import Model

_DISSOLVE = otio.schema.TransitionTypes.SMPTE_Dissolve
_NOT_OF_FILES = ("type", "path")


def to_otio_text(timeline: Timeline, *, name: str) -> tuple[str, tuple[str, ...]]:
    """Return the text of an ``.otio`` file, and what it cannot say.

    Raises:
        InvalidTimeline: when a clip's place follows a file of unknown length.
    """
    text = otio.adapters.otio_json.write_to_string(to_otio(timeline, name=name))
    return text, ()


def to_otio(timeline: Timeline, *, name: str) -> otio.schema.Timeline:
    """Return a timeline as an object of OpenTimelineIO."""
    document = to_document(timeline)
    writer = _Writer(timeline.rate)
    found = otio.schema.Timeline(name=timeline.name)
    found.metadata[KEY] = _beside(document, Timeline)
    for number, track in enumerate(timeline.tracks):
        written = document["tracks"][number]
        found.tracks.append(writer.track(track, written, f"tracks[{number}]"))
    if writer.problems:
        raise InvalidTimeline.of(writer.problems, name=name)
    return found


def _beside(written: dict[str, Any], model: type[Model]) -> dict[str, Any]:
    return {name: each for name, each in written.items() if name in names_beside(model)}


class _Writer:
    """Writes tracks whose times are at one rate."""

    def __init__(self, rate: Fraction) -> None:
        self._rate = rate
        self.problems: list[Problem] = []

    def track(
        self, track: Track, written: dict[str, Any], path: str
    ) -> otio.schema.Track:
        """Return a track with all its gaps."""
        kinds = otio.schema.TrackKind
        kind = kinds.Video if track.kind == "video" else kinds.Audio
        found = otio.schema.Track(name=track.name, kind=kind)
        found.enabled = track.enabled
        if beside := _beside(written, Track):
            found.metadata[KEY] = beside
        laid = {
            each.number: each
            for each in lay_out(track, path, self._rate, written_duration)
        }
        now: Fraction | None = Fraction(0)
        last = len(track.items) - 1
        for number, item in enumerate(track.items):
            if isinstance(item, Transition):
                found.append(
                    self._transition(item, is_first=number == 0, is_last=number == last)
                )
                continue
            place = laid[number]
            if isinstance(item, Gap):
                found.append(otio.schema.Gap(duration=self._time(item.duration)))
            else:
                self._fill(found, now, place.start, f"{path}.items[{number}]")
                found.append(self._clip(item, written["items"][number]))
            now = place.end
        return found

    def _fill(
        self,
        found: otio.schema.Track,
        now: Fraction | None,
        start: Fraction | None,
        place: str,
    ) -> None:
        if start is None:
            return
        if now is None:
            message = "its place follows a file of unknown length: give that a range"
            self.problems.append(Problem(path=place, message=message))
        elif start > now:
            found.append(otio.schema.Gap(duration=self._time(start - now)))

    def _clip(self, clip: Clip, written: dict[str, Any]) -> otio.schema.Clip:
        found = otio.schema.Clip(name=clip.name, media_reference=_media(clip, written))
        found.enabled = clip.enabled
        length = written_duration(clip)
        if length is not None:
            start = clip.source_range.start if clip.source_range else Fraction(0)
            start = start if clip.freeze is None else clip.freeze
            found.source_range = otio.opentime.TimeRange(
                self._time(start), self._time(length)
            )
        if clip.freeze is not None:
            found.effects.append(otio.schema.FreezeFrame())
        elif clip.speed != 1 or clip.reverse:
            scalar = float(-clip.speed if clip.reverse else clip.speed)
            found.effects.append(otio.schema.LinearTimeWarp(time_scalar=scalar))
        beside = without(_beside(written, Clip), "reverse", "freeze")
        # OpenTimelineIO keeps sound on tracks of its own: what is heard is said
        beside["muted"] = clip.muted
        if isinstance(clip.media, FileMedia):
            streams = {
                name: each
                for name, each in written["media"].items()
                if name not in _NOT_OF_FILES
            }
            if streams:
                beside["media"] = streams
        found.metadata[KEY] = beside
        return found

    def _transition(
        self,
        item: Transition,
        *,
        is_first: bool,
        is_last: bool,
    ) -> otio.schema.Transition:
        before, after = item.in_offset or Fraction(0), item.out_offset or Fraction(0)
        if item.duration is not None:
            frames = round(item.duration * self._rate)
            before = Fraction(frames // 2) / self._rate
            after = item.duration - before
            if is_first:
                before, after = Fraction(0), item.duration
            if is_last:
                before, after = item.duration, Fraction(0)
        return otio.schema.Transition(
            transition_type=_DISSOLVE if item.kind == "dissolve" else item.kind,
            in_offset=self._time(Fraction(0) if is_first else before),
            out_offset=self._time(Fraction(0) if is_last else after),
        )

    def _time(self, seconds: Fraction) -> otio.opentime.RationalTime:
        """Return a time in frames where it is a whole number of them, else exact."""
        frames = seconds * self._rate
        if frames.denominator == 1:
            return otio.opentime.RationalTime(frames.numerator, float(self._rate))
        return otio.opentime.RationalTime(seconds.numerator, seconds.denominator)


def _media(clip: Clip, written: dict[str, Any]) -> otio.core.MediaReference:
    media = clip.media
    if isinstance(media, FileMedia):
        path = media.path
        if path.startswith("/"):
            path = "file://" + quote(os.fsencode(path))
        return otio.schema.ExternalReference(target_url=path)
    if isinstance(media, ColorMedia):
        return otio.schema.GeneratorReference(
            generator_kind="SolidColor", parameters={"color": media.color}
        )
    if isinstance(media, BarsMedia):
        kind = BARS[media.kind]
        return otio.schema.GeneratorReference(generator_kind=kind)
    return otio.schema.GeneratorReference(
        generator_kind=media.type.capitalize(), parameters=written["media"]
    )
