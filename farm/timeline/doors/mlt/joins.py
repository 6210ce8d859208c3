"""Transitions of MLT: mixes within a track, and changes from track to track."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.timeline.doors.catalogue import transition_kind
from farm.timeline.doors.mlt.fades import Fade, apply_fade
from farm.timeline.doors.mlt.filters import is_internal
from farm.timeline.doors.mlt.place import put, way_of
from farm.timeline.doors.mlt.values import frames_of, keys_of, property_of, rect_of
from farm.timeline.doors.mlt.zone import split, zone_of
from farm.timeline.doors.sheet import Join, Sheet
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from farm.timeline.doors.mlt.service import Services
    from farm.timeline.doors.mlt.zone import Zone
    from farm.timeline.doors.xml import Node

_OVERLAYS = {"composite", "affine", "qtblend", "frei0r.cairoblend", "cairoblend"}
_SOUNDS = {"mix"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """A change between clips that Kdenlive keeps on the two halves of a track."""

    place: str
    start: Fraction
    end: Fraction
    cut: Fraction
    """Where the one clip ends and the other starts in the editor."""
    kind: str


def mix_of(node: Node, services: Services) -> Mix | None:
    """Return a transition as a mix; `None` where it is none."""
    rate = services.screen.rate
    if not property_of(node, "kdenlive:mixcut"):
        return None
    first, last = frames_of(node.get("in"), rate), frames_of(node.get("out"), rate)
    if first is None or last is None or last <= first:
        services.notes.warn(node.place, "the mix has no length and is left out")
        return None
    after = frames_of(property_of(node, "kdenlive:mixcut"), rate) or 0
    after = min(max(after, 0), last - first)
    return Mix(
        place=node.place,
        start=services.seconds(first),
        end=services.seconds(last),
        cut=services.seconds(last - after),
        kind=_kind(node, services),
    )


def _kind(node: Node, services: Services) -> str:
    name = property_of(node, "kdenlive_id") or property_of(node, "mlt_service")
    pattern = property_of(node, "resource")
    is_moved = property_of(node, "mlt_service") == "affine"
    if name == "slide" or (is_moved and property_of(node, "rect")):
        return _slide(node, services)
    if pattern:
        message = f"the pattern {show_value(pattern)} is not there; a dissolve is shown"
        services.notes.warn(node.place, message)
        return "dissolve"
    kind = transition_kind(name)
    if kind is None:
        message = f"the transition {show_value(name)} is not known; a dissolve is shown"
        services.notes.warn(node.place, message)
    return kind or "dissolve"


def _slide(node: Node, services: Services) -> str:
    """Return where a clip slides in from, or out to, by where its rectangle is away."""
    screen = services.screen
    keys = keys_of(property_of(node, "rect"), screen.rate)
    rects = [rect_of(key.value, screen.width, screen.height) for key in keys]
    for rect, is_first in ((rects[0], True), (rects[-1], False)) if rects else ():
        if rect is None or max(abs(rect[0]), abs(rect[1])) <= 0.5:  # noqa: PLR2004
            continue
        if abs(rect[0]) >= abs(rect[1]):
            sides = ("coverleft", "revealright") if rect[0] > 0 else (
                "coverright", "revealleft",
            )  # fmt: skip
        elif rect[1] > 0:
            sides = ("coverup", "revealdown")
        else:
            sides = ("coverdown", "revealup")
        return sides[0 if is_first else 1]
    services.notes.warn(node.place, "it slides in from the right")
    return "coverleft"


def join_tracks(
    lower: Sheet, upper: Sheet, mixes: list[Mix], services: Services
) -> Sheet:
    """Return both halves of a track as one, its mixes as transitions."""
    found = Sheet()
    found.add(lower)
    found.add(replace(upper, pieces=[*upper.pieces]))
    for mix in mixes:
        ends = [
            p for p in found.pieces if mix.start < p.end <= mix.end + _near(services)
        ]
        starts = [
            p for p in found.pieces if mix.start - _near(services) <= p.start < mix.end
        ]
        before = next((p for p in ends if p.start <= mix.start), None)
        after = next((p for p in starts if p is not before), None)
        if before is None or after is None:
            services.notes.warn(mix.place, "the mix lies between no clips")
            continue
        cut = min(max(mix.cut, after.start), before.end)
        shorter = before.part(Fraction(0), cut - before.start)
        later = after.part(cut - after.start, after.end - cut)
        if shorter.length <= 0 or later.length <= 0:
            services.notes.warn(
                mix.place, "the mix is as long as a clip and is left out"
            )
            continue
        found.pieces[found.pieces.index(before)] = shorter
        found.pieces[found.pieces.index(after)] = later
        found.joins.append(
            Join(
                place=mix.place,
                track=before.kind,
                level=before.level,
                at=cut,
                before=cut - after.start,
                after=before.end - cut,
                kind=mix.kind,
            )
        )
    return found


def _near(services: Services) -> Fraction:
    return Fraction(3, 2) / services.screen.rate


def lay_transition(
    node: Node, tracks: list[Sheet], levels: list[int], services: Services
) -> None:
    """Apply a transition between two tracks of a tractor."""
    service = property_of(node, "mlt_service")
    numbers = [property_of(node, name) for name in ("a_track", "b_track")]
    below, above = (int(n) if n.isdecimal() and len(n) < 6 else -1 for n in numbers)  # noqa: PLR2004
    if not (0 <= below < len(tracks) and 0 <= above < len(tracks)):
        return
    zone = zone_of(node, tracks[above], services)
    upper = tracks[above]
    if above < below and service in _OVERLAYS:  # it says which lies on top
        if zone.is_all or is_internal(node):
            levels[above], levels[below] = levels[below], levels[above]
        else:
            upper = _lifted(upper, split(upper, zone, services, node.place))
            tracks.append(upper)
            levels.append(levels[below] + 1)
    if is_internal(node) or service in _SOUNDS:
        return
    if service == "luma" and not zone.is_all:
        _fade(node, upper, zone, services)
        return
    if service in _OVERLAYS:
        _place(node, upper, zone, services)
        return
    what = property_of(node, "kdenlive_id") or service
    services.notes.warn(
        node.place, f"the transition {show_value(what)} is not known and left out"
    )


def _lifted(track: Sheet, zone: Zone) -> Sheet:
    """Take what a track shows in a zone off it: there it lies above another."""
    inside = [piece for piece in track.pieces if zone.covers(piece)]
    track.pieces[:] = [piece for piece in track.pieces if not zone.covers(piece)]
    joins = [join for join in track.joins if zone.start < join.at < zone.end]
    track.joins[:] = [join for join in track.joins if join not in joins]
    return Sheet(pieces=inside, joins=joins)


def _fade(node: Node, upper: Sheet, zone: Zone, services: Services) -> None:
    """Let the clips of the upper track appear or vanish over the lower one."""
    if not any(zone.covers(piece) for piece in upper.pieces):
        services.notes.warn(node.place, "no clip of its track meets the transition")
        return
    is_out = property_of(node, "reverse") == "1"
    fade = Fade(
        place=node.place, prefix="video_", is_out=is_out, start=zone.start,
        end=zone.end, until=zone.end, is_black=False,
    )  # fmt: skip
    apply_fade(fade, upper, services)


def _place(node: Node, upper: Sheet, zone: Zone, services: Services) -> None:
    """Place what lies on the upper track where the transition says, while it does."""
    way = way_of(node, services)
    if way is None or way.is_whole:
        return
    seen = split(upper, zone, services, node.place)
    for at, piece in enumerate(upper.pieces):
        if seen.covers(piece) and piece.kind == "video":
            passed = max(piece.start - zone.start, Fraction(0))
            fields = put(piece, way, services, passed)
            upper.pieces[at] = replace(piece, fields={**piece.fields, **fields})
