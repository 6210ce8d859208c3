"""Compositions of OpenTimelineIO as rows, whatever is nested in them.

```
Stack                        rows, bottom to top
├── Track  A  [Stack]  B     A ─ c ─ B
│              ├─ c          ··· d ···
│              └─ d          E ────────
└── Track  E
```
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import opentimelineio as otio

from farm.timeline.doors.notes import Notes, label
from farm.timeline.doors.otio.block import AUDIO, NOTHING, VIDEO, Block
from farm.timeline.doors.otio.effects import read_effects
from farm.timeline.doors.otio.leaf import flatten_clip, flatten_gap, read_transition
from farm.timeline.doors.otio.own import own_fields
from farm.timeline.doors.otio.rows import (
    Blank,
    Blend,
    Row,
    Shown,
    add_effects,
    delay_row,
    fill_row,
    freeze_row,
    speed_up_row,
    switch_off_row,
    take_sound,
    trim_row,
    turn_row,
)
from farm.timeline.doors.otio.time import exact_time
from farm.timeline.time import show_time, show_value
from farm.timeline.timeline import Track as FarmTrack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.timeline.doors.otio.block import Context
    from farm.timeline.doors.otio.rows import Piece

_DEEPEST = 30


def flatten(  # noqa: PLR0911  # one for each kind of item
    item: otio.core.Composable, context: Context
) -> Block:
    """Return the rows of an item."""
    if context.depth > _DEEPEST:
        context.refuse(f"is nested more than {_DEEPEST} deep")
        return NOTHING
    match item:
        case otio.schema.Gap():
            return flatten_gap(item, context)
        case otio.schema.Clip():
            return flatten_clip(item, context)
        case otio.schema.Track():
            return _arrange(item, _flatten_track(item, context), context)
        case otio.schema.Stack():
            return _arrange(item, _flatten_stack(item, context), context)
        case otio.schema.Transition():
            context.warn(f"{_label(item)} lies beside no clip and is left out")
            return NOTHING
        case _:
            context.refuse(f"{_label(item)} cannot be read")
            return NOTHING


def _label(item: otio.core.Composable) -> str:
    return label(item.schema_name().lower(), item.name)


# A composition as an item: its range, speed and name


def _arrange(item: otio.core.Composition, block: Block, context: Context) -> Block:
    """Apply the range, the speed and the switch of a composition to its rows."""
    played = read_effects(item, context.notes, context.place, context.catalogue)
    speed = played.speed
    if played.effects:
        block = block.each_row(lambda row: add_effects(row, played.effects))
    span = item.source_range
    _tell_empty(item, block, context)
    if span is not None or speed != 1 or played.backwards or played.is_frozen:
        if block.length is None:
            context.refuse(_unknown_length(item))
            return NOTHING
        start, length = Fraction(0), block.length
        if span is not None:
            offset = exact_time(span.start_time, context.notes, context.place)
            taken = exact_time(span.duration, context.notes, context.place)
            if offset is None or taken is None:
                return NOTHING
            start, length = block.lead + offset, taken
        if length <= 0:
            context.refuse(f"{_label(item)} lasts {show_time(length)}")
            return NOTHING
        block = replace(block, length=length, lead=Fraction(0))
        if played.is_frozen:
            block = replace(block, audio=()).each_row(
                lambda row: freeze_row(row, start, length)
            )
        else:
            block = block.each_row(
                lambda row: speed_up_row(
                    trim_row(row, start, length * speed, context.notes), speed
                )
            )
        if played.backwards:
            block = block.each_row(turn_row)
    if not item.enabled:
        block = block.each_row(lambda row: replace(row, enabled=False))
    return block


def _tell_empty(item: otio.core.Composition, block: Block, context: Context) -> None:
    """Tell of a composition that holds nothing and takes time."""
    span = item.source_range
    if block.length == 0 and span is not None and span.duration.value > 0:
        seconds = span.duration.to_seconds()
        context.warn(f"{_label(item)} is empty for all of its {seconds:g} s")


def _unknown_length(item: otio.core.Composition) -> str:
    return (
        f"{_label(item)} holds a clip of unknown length: give the clip a source_range, "
        "or its media an available_range"
    )


# Stacks


def _flatten_stack(stack: otio.schema.Stack, context: Context) -> Block:
    """Put the rows of all children one above the other."""
    muted = context.muted or any(
        isinstance(child, otio.schema.Track) and child.kind == AUDIO for child in stack
    )
    blocks = [
        flatten(child, context.child(number, kind=context.kind, muted=muted))
        for number, child in enumerate(stack)
    ]
    lead = max((block.lead for block in blocks), default=Fraction(0))
    together = [_delay(block, lead - block.lead) for block in blocks]
    known = [block.length for block in together if block.length is not None]
    return Block(
        length=max(known, default=Fraction(0)) if len(known) == len(blocks) else None,
        video=tuple(row for block in together for row in block.video),
        audio=tuple(row for block in together for row in block.audio),
        lead=lead,
    )


def _delay(block: Block, delay: Fraction) -> Block:
    length = None if block.length is None else block.length + delay
    delayed = block.each_row(lambda row: delay_row(row, delay))
    return replace(delayed, length=length, lead=block.lead + delay)


# Tracks


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A child of a track: an item with its rows, or a transition."""

    block: Block = NOTHING
    blend: Blend | None = None
    is_nested: bool = False


def _flatten_track(track: otio.schema.Track, context: Context) -> Block:
    """Put the rows of the children one after the other."""
    if track.kind not in {VIDEO, AUDIO}:
        context.warn(
            f"{_label(track)} is of the kind {show_value(track.kind)}, which is not "
            "known; it is left out"
        )
        return Block(length=_length_left_out(track, context))
    parts = _read_parts(track, track.kind, context)
    _check_transitions(parts, context.notes)
    videos = max((len(part.block.video) for part in parts), default=0)
    audios = max((len(part.block.audio) for part in parts), default=0)
    if track.kind == VIDEO:
        videos = max(1, videos)
    else:
        audios = max(1, audios)
    if videos + audios > 1 and any(part.block.length is None for part in parts):
        context.refuse(_unknown_length(track))
        return NOTHING
    video = [_join(parts, "video", at) for at in range(videos)]
    audio = [_join(parts, "audio", at) for at in range(audios)]
    main = (video or audio)[0]
    rows = Block(length=main.length, video=tuple(video), audio=tuple(audio))
    first = parts[0].blend if parts else None
    fields = own_fields(track, FarmTrack, context.notes, context.place)
    named = rows.each_row(lambda row: replace(row, name=track.name, fields=fields))
    return replace(named, lead=first.before if first else Fraction(0))


def _read_parts(track: otio.schema.Track, kind: str, context: Context) -> list[_Part]:
    return [
        _read_part(child, context.child(number, kind=kind, muted=context.muted))
        for number, child in enumerate(track)
    ]


def _length_left_out(track: otio.schema.Track, context: Context) -> Fraction:
    """Return how long a track is that is not shown."""
    parts = _read_parts(track, VIDEO, replace(context, notes=Notes()))
    return sum((part.block.length or Fraction(0) for part in parts), Fraction(0))


def _read_part(child: otio.core.Composable, context: Context) -> _Part:
    if isinstance(child, otio.schema.Transition):
        return _Part(blend=read_transition(child, context))
    block = flatten(child, context)
    if not isinstance(child, otio.core.Composition):
        return _Part(block=block)
    if context.kind == AUDIO:
        sounds = block.audio or tuple(take_sound(row) for row in block.video)
        block = replace(block, video=(), audio=sounds)
    elif context.muted and any(row.pieces for row in block.audio):
        context.warn(
            f"the sound of {_label(child)} is left out: the timeline has audio tracks"
        )
        block = replace(block, audio=())
    shown = replace(block, video=_filled(block.video), audio=_filled(block.audio))
    return _Part(block=shown, is_nested=True)


def _filled(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return the rows with anything on them."""
    return tuple(
        row for row in rows if any(not isinstance(each, Blank) for each in row.pieces)
    )


def _check_transitions(parts: Sequence[_Part], notes: Notes) -> None:
    """Refuse transitions whose nested neighbour is more than one clip there."""
    for number, part in enumerate(parts):
        if part.blend is None:
            continue
        beside = [(at, edge) for at, edge in ((number - 1, -1), (number + 1, 0))]
        for at, edge in beside:
            if 0 <= at < len(parts) and not _is_plain(parts[at], edge):
                notes.refuse(
                    part.blend.place,
                    "a transition beside a nested composition cannot be rendered: "
                    "take the composition apart first",
                )


def _is_plain(part: _Part, edge: int) -> bool:
    rows = part.block.rows
    return not part.is_nested or (
        len(rows) == 1 and rows[0].enabled and isinstance(rows[0].pieces[edge], Shown)
    )


def _join(parts: Sequence[_Part], of: Literal["video", "audio"], height: int) -> Row:
    """Return one row of all parts; transitions are in the lowest."""
    pieces: list[Piece] = []
    for number, part in enumerate(parts):
        if part.blend is None:
            rows = part.block.video if of == "video" else part.block.audio
            pieces += _pieces(part.block, rows[height : height + 1])
            continue
        # A transition at the end of a track reaches over it, and lengthens it so.
        if number == 0:
            pieces.append(Blank(length=part.blend.before))
        if height == 0:
            pieces.append(part.blend)
        if number == len(parts) - 1:
            pieces.append(Blank(length=part.blend.after))
    return Row(pieces=tuple(pieces))


def _pieces(block: Block, rows: Sequence[Row]) -> tuple[Piece, ...]:
    """Return the pieces of a row, or a gap where the block has no such row."""
    if not rows:
        return (Blank(length=block.length or Fraction(0)),)
    (row,) = rows
    if not row.enabled:
        row = switch_off_row(row)
    return row.pieces if block.length is None else fill_row(row, block.length).pieces
