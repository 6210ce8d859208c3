"""Clips, gaps and transitions of OpenTimelineIO."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from farm.timeline.clip import Clip
from farm.timeline.doors.catalogue import transition_kind
from farm.timeline.doors.notes import Notes, label
from farm.timeline.doors.otio.block import AUDIO, NOTHING, Block
from farm.timeline.doors.otio.effects import read_effects
from farm.timeline.doors.otio.media import is_title_left_out, read_media, read_stills
from farm.timeline.doors.otio.own import own_fields, plain
from farm.timeline.doors.otio.rows import Blank, Blend, Row, Shown, frozen
from farm.timeline.doors.otio.time import exact_rate, exact_time, is_picture_rate
from farm.timeline.time import show_time
from farm.timeline.transition import XFADE_TRANSITIONS

if TYPE_CHECKING:
    import opentimelineio as otio

    from farm.timeline.doors.otio.block import Context
from farm.timeline.doors.otio.rows import Piece

#: A clip may start this much before its media: programs round to frames of their own.
_EARLY_SECONDS = Fraction(1, 10)


def flatten_gap(gap: otio.schema.Gap, context: Context) -> Block:
    """Return the length of a gap."""
    span = gap.source_range
    if span is None:
        return NOTHING
    _note_rate(span.duration.rate, context.notes.other_rates)
    length = exact_time(span.duration, context.notes, context.place) or Fraction(0)
    if length < 0:
        context.refuse(f"the gap lasts {show_time(length)}")
    return Block(length=max(length, Fraction(0)))


def flatten_clip(clip: otio.schema.Clip, context: Context) -> Block:
    """Return one row with one clip."""
    reference, name = clip.media_reference, label("clip", clip.name)
    available = reference.available_range if reference is not None else None
    length, start = _read_range(
        clip.source_range or available, available, context, name
    )
    # What is wrong with a clip that is switched off does not matter.
    notes = context.notes if clip.enabled else Notes()
    is_sound = context.kind == AUDIO
    media = read_media(clip, notes, context.place, is_sound=is_sound)
    stills = read_stills(clip, notes, context.place)
    played = read_effects(clip, notes, context.place, context.catalogue)
    if played.is_remapped and start is not None:
        start *= played.speed
    fields = own_fields(clip, Clip, notes, context.place)
    if played.effects:
        fields["effects"] = [*fields.get("effects", ()), *played.effects]
    if is_title_left_out(clip):
        fields["opacity"] = 0.0
    piece: Piece
    if media is None:
        piece = Blank(length=length or Fraction(0))
    else:
        if length is None and media["type"] != "file":
            context.refuse(f"{name} has no source_range, which says how long it is")
        piece = Shown(
            place=context.place,
            name=clip.name,
            media=media,
            length=length,
            start=start,
            speed=played.speed,
            backwards=played.backwards,
            enabled=clip.enabled,
            muted=context.muted and not is_sound,
            fields=fields,
            stills=stills,
        )
        if played.is_frozen:
            piece = frozen(piece, Fraction(0), length)
    row = Row(pieces=(piece,))
    if is_sound:
        return Block(length=row.length, audio=(row,))
    return Block(length=row.length, video=(row,))


def read_transition(item: otio.schema.Transition, context: Context) -> Blend | None:
    """Return a transition; `None` for one without length."""
    before = exact_time(item.in_offset, context.notes, context.place) or Fraction(0)
    after = exact_time(item.out_offset, context.notes, context.place) or Fraction(0)
    name = label("transition", item.name)
    if before < 0 or after < 0:
        context.refuse(f"{name} has a negative offset")
        return None
    if before + after == 0:
        context.warn(f"{name} has no length and is left out")
        return None
    kind = _kind(item)
    if kind is None:
        what = label("type", item.transition_type)
        context.warn(f"{name}: {what} is not known; a dissolve is shown")
        kind = "dissolve"
    return Blend(place=context.place, kind=kind, before=before, after=after)


def _kind(item: otio.schema.Transition) -> str | None:
    """Return the kind of a transition: by its type, else by what its program wrote."""
    if item.transition_type in XFADE_TRANSITIONS:
        return str(item.transition_type)
    held = plain(item.metadata)
    edl = held.get("cmx_3600", {}) if isinstance(held, dict) else {}
    pattern = edl.get("transition") if isinstance(edl, dict) else None
    if isinstance(pattern, str) and (kind := transition_kind(pattern)):
        return kind
    return transition_kind(item.transition_type)


def _read_range(
    span: otio.opentime.TimeRange | None,
    available: otio.opentime.TimeRange | None,
    context: Context,
    name: str,
) -> tuple[Fraction | None, Fraction | None]:
    """Return length, and start counted from the start of the file."""
    if span is None:
        return None, None
    notes, place = context.notes, context.place
    rates = notes.other_rates if context.kind == AUDIO else notes.picture_rates
    _note_rate(span.duration.rate, rates)
    length = exact_time(span.duration, notes, place)
    start = exact_time(span.start_time, notes, place)
    first = exact_time(available.start_time, notes, place) if available else Fraction(0)
    if length is None or start is None or first is None:
        return Fraction(0), Fraction(0)
    if length <= 0:
        context.refuse(f"{name} lasts {show_time(length)}: its range is empty")
    if start < first - _EARLY_SECONDS:
        early = show_time(first - start)
        context.refuse(f"{name} starts {early} before its media (available_range)")
    return max(length, Fraction(0)), max(start - first, Fraction(0))


def _note_rate(rate: float, rates: list[Fraction]) -> None:
    exact = exact_rate(rate)
    if exact is not None and is_picture_rate(exact):
        rates.append(exact)
