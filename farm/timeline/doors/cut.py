"""Parts of nests: played faster, backwards or held, and moved to their place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from farm.timeline.doors.sheet import Join, Piece, Sheet, without
from farm.timeline.keyframe import Keyframe, value_at
from farm.timeline.time import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_FADES = ("fade_in", "fade_out", "video_fade_in", "video_fade_out")
_ENDS = (("fade_in", "fade_out"), ("video_fade_in", "video_fade_out"))
#: Seconds before the end of what plays backwards that its first frame begins, or less.
_LAST = Fraction(1, 1000)
_TURNED = {"ease_in": "ease_out", "ease_out": "ease_in"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """From where to where a nest is seen, and how it plays."""

    low: Fraction
    """Its time that is seen first, or last where it plays backwards."""
    high: Fraction
    """Its time that is not seen any more."""
    to: Fraction
    """Where that lies on the timeline around it."""
    speed: Fraction = Fraction(1)
    """Times as fast."""
    backwards: bool = False

    def place(self, time: Fraction) -> Fraction:
        """Return where a time of the nest lies on the timeline around it."""
        passed = self.high - time if self.backwards else time - self.low
        return self.to + passed / self.speed


def cut_out(sheet: Sheet, course: Course) -> Sheet:
    """Return what a nest shows from one of its times to another."""
    found = Sheet(tracks=sheet.tracks)
    for piece in sheet.pieces:
        start, end = max(piece.start, course.low), min(piece.end, course.high)
        if end > start:
            found.pieces.append(_cut_piece(piece, start, end, course))
    for join in sheet.joins:
        if course.low <= join.at - join.before and join.at + join.after <= course.high:
            found.joins.append(_cut_join(join, course))
    return found


def cut_piece(piece: Piece, start: Fraction, end: Fraction) -> Piece:
    """Return what a piece shows from one time of the timeline to another."""
    course = Course(low=Fraction(0), high=piece.end, to=Fraction(0))
    return _cut_piece(piece, start, end, course)


def hold(sheet: Sheet, at: Fraction, *, to: Fraction, length: Fraction) -> Sheet:
    """Return the frame that a nest shows at one of its times, held and silent."""
    found = Sheet(tracks=sheet.tracks)
    for piece in sheet.pieces:
        if not piece.start <= at < piece.end or piece.kind == "audio":
            continue
        fields = without(piece.fields, *_FADES)
        if "animation" in fields:
            fields |= _still(fields.pop("animation"), at - piece.start, fields)
        changed = replace(piece, start=to, length=length, fields=fields)
        if piece.media["type"] == "file":
            changed = replace(
                changed, freeze=_frame(piece, at), fields={**fields, "muted": True}
            )
        found.pieces.append(changed)
    return found


def _frame(piece: Piece, at: Fraction) -> Fraction:
    """Return the time of its file that a piece shows at a time of its nest."""
    if piece.freeze is not None:
        return piece.freeze
    if piece.backwards:
        first = piece.source + (piece.end - at) * piece.speed
        return max(first - min(_LAST, piece.length * piece.speed), piece.source)
    return max(piece.source + (at - piece.start) * piece.speed, Fraction(0))


def _cut_piece(piece: Piece, start: Fraction, end: Fraction, course: Course) -> Piece:
    fields = dict(piece.fields)
    if start > piece.start:
        fields = without(fields, "fade_in", "video_fade_in")
    if end < piece.end:
        fields = without(fields, "fade_out", "video_fade_out")
    if course.backwards:
        fields = _turned(fields)
    if "animation" in fields:
        fields["animation"] = cut_moves(
            fields["animation"], start - piece.start, end - piece.start,
            speed=course.speed, backwards=course.backwards,
        )  # fmt: skip
    if fields.get("effects"):
        fields["effects"] = list(
            _cut_effects(fields["effects"], start - piece.start, end - piece.start,
                         course)
        )  # fmt: skip
    skipped = piece.end - end if piece.backwards else start - piece.start
    return replace(
        piece,
        start=course.place(end if course.backwards else start),
        length=(end - start) / course.speed,
        source=piece.source + skipped * piece.speed,
        speed=piece.speed * course.speed,
        backwards=piece.backwards != course.backwards,
        fields=fields,
    )


def _cut_effects(
    effects: Sequence[Mapping[str, Any]], low: Fraction, high: Fraction, course: Course
) -> Iterator[dict[str, Any]]:
    """Yield the effects that work within a part, from and to their times in it."""
    for use in effects:
        start, end = use.get("start"), use.get("end")
        first = max(low, Fraction(0) if start is None else parse_time(start))
        last = high if end is None else min(high, parse_time(end))
        if last <= first:
            continue
        found = dict(use)
        sides = [(first - low) / course.speed, (last - low) / course.speed]
        length = (high - low) / course.speed
        if course.backwards:
            sides = [length - sides[1], length - sides[0]]
        found["start"] = str(sides[0]) if sides[0] > 0 else None
        found["end"] = str(sides[1]) if sides[1] < length else None
        if use.get("keyframes"):
            found["keyframes"] = cut_moves(
                use["keyframes"], low, high,
                speed=course.speed, backwards=course.backwards,
            )  # fmt: skip
        yield found


def _cut_join(join: Join, course: Course) -> Join:
    sides = join.before / course.speed, join.after / course.speed
    before, after = reversed(sides) if course.backwards else sides
    return replace(join, at=course.place(join.at), before=before, after=after)


def _turned(fields: Mapping[str, Any]) -> dict[str, Any]:
    found = without(fields, *_FADES)
    for one, other in _ENDS:
        found |= {a: fields[b] for a, b in ((one, other), (other, one)) if b in fields}
    return found


# Keyframes


def cut_moves(
    animation: Mapping[str, Any],
    start: Fraction,
    end: Fraction,
    *,
    speed: Fraction = Fraction(1),
    backwards: bool = False,
) -> dict[str, Any]:
    """Return how a clip moves of which only a part is shown.

    Args:
        animation: keyframes of each name, as a document has them.
        start: time of the clip that is seen first, or last where it plays backwards.
        end: time of the clip that is not seen any more.
        speed: times as fast.
        backwards: whether the end is seen first.
    """
    return {
        name: _cut_keys(_read(keys), start, end, speed, backwards=backwards)
        for name, keys in animation.items()
        if keys
    }


def _cut_keys(
    keys: Sequence[Keyframe],
    start: Fraction,
    end: Fraction,
    speed: Fraction,
    *,
    backwards: bool,
) -> list[dict[str, Any]]:
    inside = [key for key in keys if start < key.time < end]
    easing = next((k.easing for k in reversed(keys) if k.time <= start), "linear")
    first = Keyframe(time=start, value=value_at(keys, start), easing=easing)
    last = Keyframe(time=end, value=value_at(keys, end))
    taken = [first, *inside, last]
    if backwards:
        taken.reverse()
    found = []
    for at, key in enumerate(taken):
        passed = end - key.time if backwards else key.time - start
        way = key.easing
        if backwards:  # the way to the keyframe that was before
            before = taken[at + 1].easing if at + 1 < len(taken) else "linear"
            way = _TURNED.get(before, before)  # type: ignore[assignment]
        found.append({"time": str(passed / speed), "value": key.value, "easing": way})
    return found


def _read(keys: Sequence[Any]) -> list[Keyframe]:
    return [
        Keyframe(time=parse_time(k["time"]), value=k["value"],
                 easing=k.get("easing", "linear"))
        for k in keys
    ]  # fmt: skip


def _still(
    animation: Mapping[str, Any], at: Fraction, fields: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the constants that a moving clip has at one of its times."""
    values = {name: value_at(_read(keys), at) for name, keys in animation.items()}
    found: dict[str, Any] = {k: v for k, v in values.items() if k == "opacity"}
    places = {name: values[name] for name in ("x", "y", "scale", "rotation")
              if name in values}  # fmt: skip
    if places:
        found["transform"] = {**fields.get("transform", {}), **places}
    return found
