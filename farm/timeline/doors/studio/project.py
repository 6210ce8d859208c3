"""Projects as the editor holds and saves them: three shapes in camel case."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from farm.timeline.doors.lay import Screen
from farm.timeline.doors.sheet import Sheet
from farm.timeline.doors.studio.screen import read_rate, read_size
from farm.timeline.doors.studio.tracks import TrackReader, in_order
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from farm.timeline.doors.fields import Fields
    from farm.timeline.doors.studio.resources import Resources

_USUAL_RATE = Fraction(30)


def read_saved(document: Fields, resources: Resources) -> tuple[Sheet, Screen]:
    """Return what the active sequence of a saved project (``.tls``) shows."""
    version = document.object("metadata").text("version")
    if version and not version.startswith("2."):
        document.warn(f"of version {version[:20]}, read as 2.0.0", "metadata")
    sequences = dict(zip(_keys(document), document.objects("sequences"), strict=False))
    active = document.text("activeSequenceId") or next(iter(sequences), "")
    if active not in sequences:
        document.refuse(
            f"there is no sequence {show_value(active)}", "activeSequenceId"
        )
        return Sheet(), Screen(rate=_USUAL_RATE, width=1920, height=1080)
    settings = document.object("settings")
    chosen = sequences[active]
    screen = _screen(settings, chosen.object("settings"), name=chosen.text("name"))
    reader = TrackReader(resources, screen, sequences)
    return reader.sequence(active, 0), screen


def read_memory(document: Fields, resources: Resources) -> tuple[Sheet, Screen]:
    """Return what a project shows as the editor holds it: sections and tracks."""
    holder = next(
        (
            each
            for each in (
                document,
                document.object("timeline"),
                document.object("project"),
            )
            if each.raw("sections", "globalTracks") is not None
        ),
        document,
    )
    resources.add(holder)
    screen = _screen(
        document.object("settings"),
        holder.object("settings"),
        name=holder.text("name") or document.text("name"),
    )
    reader = TrackReader(resources, screen, {})
    sections = [
        track
        for section in holder.objects("sections")
        for track in section.objects("tracks")
    ]
    tracks = [*in_order(sections), *in_order(list(holder.objects("globalTracks")))]
    return reader.tracks(tracks, 0), screen


def read_simple(document: Fields, resources: Resources) -> tuple[Sheet, Screen]:
    """Return what a project with ``timeline.tracks`` shows."""
    timeline = document.object("timeline")
    resources.add(timeline)
    screen = _screen(
        document.object("settings"),
        timeline.object("settings"),
        name=document.text("name") or document.object("metadata").text("name"),
    )
    reader = TrackReader(resources, screen, {})
    return reader.tracks(in_order(list(timeline.objects("tracks"))), 0), screen


def _keys(document: Fields) -> list[str]:
    value = document.raw("sequences")
    if isinstance(value, dict):
        return [key for key, each in value.items() if isinstance(each, dict)]
    return [
        str(each.get("id", at))
        for at, each in enumerate(value or ())
        if isinstance(each, dict)
    ]


def _screen(settings: Fields, own: Fields, *, name: str) -> Screen:
    """Return picture and clock; what the sequence says goes before the project."""
    rate = read_rate(own, "frameRate", "frame_rate", "fps")
    rate = rate or read_rate(settings, "frameRate", "frame_rate", "fps")
    size = read_size(own, "resolution", "size") or read_size(settings, "resolution")
    size = size or read_size(settings.object("aspectRatio"), "value") or (1920, 1080)
    audio = own.object("audio") if own.raw("audio") else settings.object("audio")
    sample_rate = audio.number(
        "sampleRate", default=Fraction(48000), low=8000, high=192000
    )
    channels = int(audio.number("channels", default=Fraction(2)) or 2)
    if channels not in {1, 2, 6}:
        audio.warn(f"{channels} channels cannot be rendered; there are two", "channels")
        channels = 2
    return Screen(
        rate=rate or _USUAL_RATE,
        width=size[0],
        height=size[1],
        name=name,
        fields={"sample_rate": int(sample_rate or 48000), "channels": channels},
    )
