"""``ProjectSchema`` 1.0.0: times in seconds, effects by id."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from farm.timeline.doors.lay import Screen
from farm.timeline.doors.sheet import Piece, Sheet
from farm.timeline.doors.studio.look import read_speed, with_look
from farm.timeline.doors.studio.screen import read_rate, read_size
from farm.timeline.doors.studio.style import lay_style, style_of
from farm.timeline.doors.studio.text import read_text
from farm.timeline.time import round_half_up, show_time, show_value

if TYPE_CHECKING:
    from farm.timeline.doors.fields import Fields
    from farm.timeline.doors.studio.resources import Resources

_USUAL_RATE = Fraction(30)
_USUAL_SIZE = 1920, 1080
_SUBTITLES = 1_000_000
"""Level of subtitles: above every track."""


def read_schema(document: Fields, resources: Resources) -> tuple[Sheet, Screen]:
    """Return what a project shows."""
    screen = _screen(document)
    sheet = Sheet()
    for number, track in enumerate(document.objects("tracks")):
        _read_track(track, number, resources, sheet, screen)
    for subtitle in document.objects("subtitles"):
        piece = read_text(
            subtitle, level=(_SUBTITLES,), size=(screen.width, screen.height)
        )
        sheet.pieces += [piece] if piece else []
    for transition in document.objects("transitions"):
        transition.warn("the transition names no clips that it joins and is left out")
    for template in document.objects("style_templates", "styleTemplates"):
        if template.text("id") not in resources.shown_styles:
            template.warn("the style template lies nowhere on the timeline")
    return sheet, screen


def _screen(document: Fields) -> Screen:
    timeline, settings = document.object("timeline"), document.object("settings")
    rate = read_rate(timeline, "fps", "frame_rate", "frameRate")
    exact = read_rate(settings, "frame_rate", "frameRate")
    if rate is None or (exact is not None and round_half_up(exact) == rate):
        rate = exact or rate  # only the settings can say 29.97
    size = read_size(timeline, "resolution") or read_size(settings, "resolution")
    width, height = size or _USUAL_SIZE
    sample_rate = timeline.number("sample_rate", "sampleRate", default=Fraction(48000))
    return Screen(
        rate=rate or _USUAL_RATE,
        width=width,
        height=height,
        name=document.object("metadata").text("name") or document.text("name"),
        fields={"sample_rate": int(sample_rate or 48000)},
    )


def _read_track(
    track: Fields, number: int, resources: Resources, sheet: Sheet, screen: Screen
) -> None:
    word = track.text("track_type", "trackType", "type", default="Video").lower()
    if word == "subtitle":
        for clip in track.objects("clips"):
            piece = read_text(clip, level=(number,), size=(screen.width, screen.height))
            sheet.pieces += [piece] if piece else []
        return
    kind = "audio" if word == "audio" else "video"
    if word not in {"audio", "video"}:
        track.warn(f"the type {show_value(word)} is not known; it is taken for video")
    sheet.tracks[kind, (number,)] = {
        "name": track.text("name"),
        "enabled": track.flag("enabled", default=True),
        "volume": track.plain("volume", default=1, low=0, high=16),
    }
    for name in ("effects", "filters"):
        if track.raw(name):
            track.warn("on a whole track are left out", name)
    pieces: list[Piece] = []
    for clip in track.objects("clips"):
        style = style_of(clip, resources) if kind == "video" else None
        is_bare = style is not None and (clip.raw("source") in (None, "Generated"))
        piece = None
        if not (is_bare and not clip.text("source_path", "sourcePath")):
            piece = _read_clip(clip, kind, number, resources, screen)
            pieces += [piece] if piece else []
        above = lay_style(clip, style, (number,), piece) if style else None
        sheet.pieces += [above] if above else []
    pieces.sort(key=lambda piece: piece.start)
    refuse_overlaps(pieces, screen.rate, track)
    sheet.pieces += pieces


def refuse_overlaps(pieces: list[Piece], rate: Fraction, track: Fields) -> None:
    """Note clips of one track that are seen at the same time."""
    for before, after in itertools.pairwise(pieces):
        if before.end - after.start >= 1 / (2 * rate):
            track.notes.refuse(
                after.place,
                f"starts at {show_time(after.start)}, but the clip before it ends at "
                f"{show_time(before.end)}: clips of one track may not overlap",
            )


def _read_clip(
    clip: Fields, kind: str, number: int, resources: Resources, screen: Screen
) -> Piece | None:
    speed = read_speed(clip)
    start = clip.seconds("start_time", "startTime") or Fraction(0)
    begin = clip.seconds("source_start", "sourceStart") or Fraction(0)
    end = clip.number("end_time", "endTime")
    source_end = clip.number("source_end", "sourceEnd")
    if end is None and source_end is not None:
        end = start + (source_end - begin) / speed
    if end is None or end <= start:
        clip.refuse("needs an end_time after its start_time", "end_time")
        return None
    length = end - start
    if source_end is not None and source_end > begin:
        played = (source_end - begin) / speed
        if abs(played - length) * 2 * screen.rate >= 1:
            length = min(length, played)
            clip.warn(
                f"plays {show_time(played)} of its source in {show_time(end - start)}; "
                f"{show_time(length)} are shown"
            )
    media = _media(clip, kind)
    if media is None:
        return None
    piece = Piece(
        place=clip.place,
        kind=kind,
        level=(number,),
        start=start,
        length=length,
        media=media,
        source=begin,
        speed=speed,
    )
    return with_look(piece, clip, resources)


def _media(clip: Fields, kind: str) -> dict[str, Any] | None:
    source = clip.raw("source")
    path = clip.text("source_path", "sourcePath")
    if isinstance(source, dict) and len(source) == 1:
        ((tag, value),) = source.items()
        if tag == "File" and isinstance(value, str):
            path = value
        else:
            clip.warn(f"a source of the kind {show_value(str(tag))} cannot be rendered")
            return None
    elif source == "Generated" or (isinstance(source, str) and not path):
        if source != "Generated":
            path = str(source)
        elif kind == "audio":
            clip.warn("is generated, which on an audio track is silence")
            return None
        else:
            clip.warn("is generated by the editor; black is shown", "source")
            return {"type": "color", "color": "#000000"}
    if not path:
        clip.refuse("names no file", "source")
        return None
    media: dict[str, Any] = {"type": "file", "path": path}
    stream = clip.number("audio_track_index", "audioTrackIndex", low=0, high=1000)
    if stream is not None:
        media["audio_stream"] = int(stream)
    return media
