"""Filters of MLT: fades, volume, place and effects, as fields of clips."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from farm.timeline.doors.cut import Course, cut_out, hold
from farm.timeline.doors.mlt.fades import apply_fade, fade_of
from farm.timeline.doors.mlt.place import animate, put, way_of
from farm.timeline.doors.mlt.values import frames_of, keys_of, number_of, property_of
from farm.timeline.doors.mlt.zone import split, zone_of
from farm.timeline.doors.xml import children
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from farm.timeline.doors.mlt.service import Services
    from farm.timeline.doors.sheet import Piece, Sheet
    from farm.timeline.doors.xml import Node

#: Fades by Kdenlive's names: what they are called by, and whether things vanish.
_FADES = {
    "fadein": ("", False),
    "fadeout": ("", True),
    "fade_from_black": ("video_", False),
    "fade_to_black": ("video_", True),
}
_RECTS = {"qtblend", "affine", "pan_zoom"}
#: Measures of Kdenlive's and MLT's that change nothing.
_SILENT = {"audiolevel", "audiospectrum", "audiowaveform", "autofreeze", "resize"}
_LOUDEST = 16.0
_PASSED = {"mlt_service", "kdenlive_id", "version", "disable", "kdenlive:collapsed"}


def is_internal(node: Node) -> bool:
    """Whether a filter or transition is the program's own, or switched off."""
    return (
        property_of(node, "internal_added") != ""
        or property_of(node, "disable") == "1"
        or property_of(node, "always_active") == "1"
    )


def filter_tracks(node: Node, tracks: list[Sheet], services: Services) -> None:
    """Apply to each track of a tractor the filters that name it."""
    known = {str(number) for number in range(len(tracks))}
    for number, sheet in enumerate(tracks):
        apply_filters(node, sheet, services, offset=0, track=str(number))
    for given in children(node, "filter"):
        number_given = property_of(given, "track")
        if number_given and number_given not in known and not is_internal(given):
            message = f"there is no track {show_value(number_given)} for the filter"
            services.notes.warn(given.place, message)


def apply_filters(
    node: Node,
    sheet: Sheet,
    services: Services,
    *,
    offset: int,
    track: str | None = None,
) -> None:
    """Apply the filters of a service or entry to what it shows.

    Args:
        node: what has the filters.
        sheet: what it shows; it is changed.
        services: where rate, size and catalogue are.
        offset: frame that the filters call the start.
        track: only those that name this track of a tractor, or none with ``""``.
    """
    for given in children(node, "filter"):
        if track is not None and property_of(given, "track") != track:
            continue
        if is_internal(given) or property_of(given, "mlt_service") in _SILENT:
            continue
        if property_of(given, "mlt_service") == "freeze":
            sheet.pieces[:] = _frozen(given, sheet, services, offset).pieces
            continue
        use = _Use(given, sheet, services, offset)
        if (side := use.side()) is not None:
            fade = fade_of(given.place, side, use.zone, sheet, services)
            apply_fade(fade, sheet, services)
        else:
            use.apply_to(sheet)


def _frozen(node: Node, sheet: Sheet, services: Services, offset: int) -> Sheet:
    """Hold a frame: all the time, or only before or after it."""
    end = max((piece.end for piece in sheet.pieces), default=Fraction(0))
    frame = frames_of(property_of(node, "frame"), services.screen.rate) or 0
    at = services.seconds(max(frame - offset, 0))
    start, stop = Fraction(0), end
    if property_of(node, "freeze_after") == "1":
        start = at
    elif property_of(node, "freeze_before") == "1":
        stop = at
    if not 0 <= at < end:
        return sheet
    found = cut_out(sheet, Course(low=Fraction(0), high=start, to=Fraction(0)))
    found.add(hold(sheet, at, to=start, length=stop - start))
    found.add(cut_out(sheet, Course(low=stop, high=end, to=stop)))
    heard = [piece for piece in sheet.pieces if piece.kind == "audio"]
    found.pieces[:] = [piece for piece in found.pieces if piece.kind != "audio"]
    found.pieces += heard
    return found


class _Use:
    """One filter on all that it may change."""

    def __init__(
        self, node: Node, sheet: Sheet, services: Services, offset: int
    ) -> None:
        self._node, self._services = node, services
        self._name = property_of(node, "kdenlive_id") or property_of(
            node, "mlt_service"
        )
        self._service = property_of(node, "mlt_service") or self._name
        self.zone = zone_of(node, sheet, services, offset=offset)

    def side(self) -> tuple[str, bool] | None:
        """Return what a fade is called by, and whether things vanish in it."""
        if self._name in _FADES:
            return _FADES[self._name]
        if self._service == "brightness" and property_of(self._node, "alpha"):
            keys = keys_of(property_of(self._node, "alpha"), self._services.screen.rate)
            values = [number_of(key.value) or 0.0 for key in keys]
            return "video_", bool(values) and values[0] > values[-1]
        sides = [number_of(property_of(self._node, name)) for name in ("gain", "end")]
        before, after = sides
        if self._service != "volume" or before is None or after is None:
            return None
        return None if before == after else ("", before > after)

    def apply_to(self, sheet: Sheet) -> None:
        """Change what the filter covers, cut where it cannot be limited otherwise."""
        way, zone = self._way(), self.zone
        if way != self._effect:
            zone = split(sheet, zone, self._services, self._node.place)
        for at, piece in enumerate(sheet.pieces):
            if zone.covers(piece):
                fields = {**piece.fields, **(way(piece) or {})}
                sheet.pieces[at] = replace(piece, fields=fields)

    def _way(self) -> Callable[[Piece], dict[str, Any] | None]:
        if self._service == "volume":
            return self._volume
        if self._service == "panner":
            return self._pan
        return self._rect if self._service in _RECTS else self._effect

    def _warn(self, message: str) -> None:
        self._services.notes.warn(self._node.place, message)

    def _volume(self, piece: Piece) -> dict[str, Any] | None:
        node, rate = self._node, self._services.screen.rate
        gain = property_of(node, "gain")
        level = property_of(node, "level")
        keys = keys_of(level, rate)
        values = [number_of(key.value) for key in keys]
        known = [10 ** (value / 20) for value in values if value is not None]
        if not known and gain:
            number = number_of(gain.lower().removesuffix("db"))
            known = [] if number is None else [number]
            if number is not None and gain.lower().endswith("db"):
                known = [10 ** (number / 20)]
        if not known:
            return None
        if len(set(known)) > 1:
            moving = {"volume": [*zip(keys, known, strict=False)]}
            animated = animate(moving, piece, self._services, self._clock(piece))
            if animated:
                return animated
            self._warn("its volume changes over time; the first value is kept")
        before_it = float(piece.fields.get("volume", 1))
        return {"volume": min(max(known[0] * before_it, 0.0), _LOUDEST)}

    def _pan(self, _: Piece) -> dict[str, Any] | None:
        number = number_of(property_of(self._node, "start"))
        if number is None:
            return None
        return {"pan": min(max(2 * number - 1, -1.0), 1.0)}

    def _rect(self, piece: Piece) -> dict[str, Any] | None:
        way = way_of(self._node, self._services)
        if way is None or piece.kind == "audio":
            return None
        if property_of(self._node, "distort") == "1":
            self._warn("keeps its shape: it is scaled alike in width and height")
        return put(piece, way, self._services, self._clock(piece))

    def _clock(self, piece: Piece) -> Fraction:
        """Return when a piece begins on the clock of the filter's own keyframes."""
        return max(piece.start - self.zone.start, Fraction(0))

    def _effect(self, piece: Piece) -> dict[str, Any] | None:
        parameters = {}
        for each in children(self._node, "property"):
            name = each.get("name") or ""
            number = number_of(each.text or "")
            if name not in _PASSED and number is not None:
                parameters[name.removeprefix("av.")] = number
        use = None
        for name in (self._service, self._name):
            use = use or self._services.catalogue.find(name, parameters)
        if use is None:
            self._warn(f"the filter {show_value(self._name)} is not known and left out")
            return None
        if piece.kind == "audio":
            return None
        written = use.model_dump(mode="json")
        self._limit(written, type(use).model_fields.keys(), piece)
        return {"effects": [*piece.fields.get("effects", ()), written]}

    def _limit(
        self, written: dict[str, Any], known: Collection[str], piece: Piece
    ) -> None:
        """Let an effect work from its in to its out, where the farm can say so."""
        for name, time in (("start", self.zone.start), ("end", self.zone.end)):
            passed = time - piece.start
            if self.zone.is_all or not 0 < passed < piece.length:
                continue
            if name in known:
                written[name] = str(passed)
            else:
                self._warn("is shown over the whole clip, not from in to out")
