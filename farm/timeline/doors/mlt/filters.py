"""Filters of MLT: fades, volume, place and effects, as fields of clips."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from farm.timeline.clip import Clip
from farm.timeline.doors.cut import Course, cut_out, hold
from farm.timeline.doors.mlt.values import (
    frames_of,
    keys_of,
    number_of,
    property_of,
    rect_of,
)
from farm.timeline.doors.xml import children
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from farm.timeline.doors.mlt.service import Services
    from farm.timeline.doors.mlt.values import Key
    from farm.timeline.doors.sheet import Piece, Sheet
    from farm.timeline.doors.xml import Node

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


def apply_filters(node: Node, sheet: Sheet, services: Services, *, offset: int) -> None:
    """Apply the filters of a service or entry to what it shows.

    Args:
        node: what has the filters.
        sheet: what it shows; it is changed.
        services: where rate, size and catalogue are.
        offset: frame that the filters call the start.
    """
    for given in children(node, "filter"):
        if is_internal(given) or property_of(given, "mlt_service") in _SILENT:
            continue
        if property_of(given, "mlt_service") == "freeze":
            sheet.pieces[:] = _frozen(given, sheet, services, offset).pieces
            continue
        changed = [_Use(given, services, offset).apply(piece) for piece in sheet.pieces]
        sheet.pieces[:] = changed


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
    """One filter on one piece."""

    def __init__(self, node: Node, services: Services, offset: int) -> None:
        self._node, self._services, self._offset = node, services, offset
        self._name = property_of(node, "kdenlive_id") or property_of(
            node, "mlt_service"
        )
        self._service = property_of(node, "mlt_service") or self._name

    def apply(self, piece: Piece) -> Piece:
        """Return the piece with the filter."""
        found: dict[str, Any] | None
        if self._name in {"fadein", "fadeout"}:
            found = self._fade(piece, "")
        elif self._name in {"fade_from_black", "fade_to_black"}:
            found = self._fade(piece, "video_")
        elif self._service == "volume":
            found = self._volume(piece)
        elif self._service == "panner":
            found = self._pan()
        elif self._service in _RECTS:
            found = self._rect(piece)
        elif self._service == "brightness" and property_of(self._node, "alpha"):
            found = self._fade(piece, "video_")
        else:
            found = self._effect(piece)
        return replace(piece, fields={**piece.fields, **(found or {})})

    def _warn(self, message: str) -> None:
        self._services.notes.warn(self._node.place, message)

    def _span(self, piece: Piece) -> Fraction:
        """Return how long the filter works."""
        rate = self._services.screen.rate
        first = frames_of(self._node.get("in"), rate) or 0
        last = frames_of(self._node.get("out"), rate)
        if last is None:
            return piece.length
        return min(self._services.seconds(max(last - first, 0)), piece.length)

    def _fade(self, piece: Piece, prefix: str) -> dict[str, Any]:
        is_out = self._name in {"fadeout", "fade_to_black"}
        if self._name not in {"fadeout", "fade_to_black", "fadein", "fade_from_black"}:
            keys = keys_of(property_of(self._node, "alpha"), self._services.screen.rate)
            values = [number_of(key.value) or 0.0 for key in keys]
            is_out = bool(values) and values[0] > values[-1]
        if piece.kind == "audio" and prefix:
            return {}
        return {f"{prefix}fade_{'out' if is_out else 'in'}": self._span(piece)}

    def _volume(self, piece: Piece) -> dict[str, Any] | None:
        node, rate = self._node, self._services.screen.rate
        gain = property_of(node, "gain")
        end = property_of(node, "end")
        if gain and end:
            before, after = number_of(gain), number_of(end)
            if before is not None and after is not None and before != after:
                is_out = before > after
                return {f"fade_{'out' if is_out else 'in'}": self._span(piece)}
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
            animated = self._animate(
                {"volume": [*zip(keys, known, strict=False)]}, piece
            )
            if animated:
                return animated
            self._warn("its volume changes over time; the first value is kept")
        before_it = float(piece.fields.get("volume", 1))
        return {"volume": min(max(known[0] * before_it, 0.0), _LOUDEST)}

    def _pan(self) -> dict[str, Any] | None:
        number = number_of(property_of(self._node, "start"))
        if number is None:
            return None
        return {"pan": min(max(2 * number - 1, -1.0), 1.0)}

    def _rect(self, piece: Piece) -> dict[str, Any] | None:
        screen, node = self._services.screen, self._node
        text = property_of(node, "rect") or property_of(node, "transition.rect")
        keys = keys_of(text, screen.rate)
        rects = [rect_of(key.value, screen.width, screen.height) for key in keys]
        if not rects or None in rects:
            if text:
                self._warn(f"{show_value(text)} is no rectangle; all is covered")
            return None
        turns = keys_of(property_of(node, "rotation"), screen.rate)
        angles = [number_of(key.value) or 0.0 for key in turns]
        boxes = [rect for rect in rects if rect is not None]
        if property_of(node, "distort") == "1":
            self._warn("keeps its shape: it is scaled alike in width and height")
        found = put_into(piece.fields, boxes[0], angles[0] if angles else 0.0)
        if len(set(boxes)) > 1 or len(set(angles)) > 1:
            moving: dict[str, list[tuple[Key, float]]] = {}
            for key, box in zip(keys, boxes, strict=True):
                placed = put_into(piece.fields, box, 0.0)
                for name in ("x", "y", "scale") if "transform" in placed else ():
                    moving.setdefault(name, []).append((key, placed["transform"][name]))
                moving.setdefault("opacity", []).append((key, placed["opacity"]))
            if len(set(angles)) > 1:
                moving["rotation"] = [*zip(turns, angles, strict=True)]
            if "cell" not in found and (animated := self._animate(moving, piece)):
                return {**found, **animated}
            self._warn("its place changes over time; where it is first is kept")
        return found

    def _animate(
        self, moving: dict[str, list[tuple[Key, float]]], piece: Piece
    ) -> dict[str, Any] | None:
        """Return keyframes where a clip of the farm can have them."""
        if "animation" not in Clip.model_fields:
            return None
        animation = dict(piece.fields.get("animation", {}))
        for name, values in moving.items():
            if len({value for _, value in values}) < len("ab"):
                continue
            last = -1
            frames: list[dict[str, Any]] = []
            for key, value in values:
                frame = max((key.frame or 0) - self._offset, 0)
                if frame <= last:
                    continue
                last = frame
                easing = "hold" if key.is_held else "linear"
                time = str(self._services.seconds(frame))
                frames.append({"time": time, "value": value, "easing": easing})
            animation[name] = frames
        return {"animation": animation} if animation else None

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
        for name, side in (("start", "in"), ("end", "out")):
            frame = frames_of(self._node.get(side), self._services.screen.rate)
            if frame is None:
                continue
            frame = max(frame - self._offset + (name == "end"), 0)
            time = self._services.seconds(frame)
            if not 0 < time < piece.length:
                continue
            if name in known:
                written[name] = str(time)
            else:
                self._warn("is shown over the whole clip, not from in to out")


def put_into(
    fields: Mapping[str, Any], box: tuple[float, ...], angle: float
) -> dict[str, Any]:
    """Return place and opacity of a clip that is put into a part of the picture.

    What the clip already is within the picture, it is within that part.
    """
    x, y, width, height, opacity = box
    scale = min(max(min(width, height), 0.001), 50.0)
    left, top = x + (width - scale) / 2, y + (height - scale) / 2
    found: dict[str, Any] = {"opacity": opacity * float(fields.get("opacity", 1))}
    cell = fields.get("cell")
    if cell is not None:
        sides = [
            (min(max(left + cell["x"] * scale, 0), 1)),
            (min(max(top + cell["y"] * scale, 0), 1)),
            (min(max(left + (cell["x"] + cell["width"]) * scale, 0), 1)),
            (min(max(top + (cell["y"] + cell["height"]) * scale, 0), 1)),
        ]
        if sides[2] - sides[0] > 0.001 and sides[3] - sides[1] > 0.001:  # noqa: PLR2004
            wide, high = sides[2] - sides[0], sides[3] - sides[1]
            found["cell"] = {
                "x": sides[0],
                "y": sides[1],
                "width": wide,
                "height": high,
            }
        return found
    inner = fields.get("transform") or {"x": 0.5, "y": 0.5, "scale": 1, "rotation": 0}
    found["transform"] = {
        "x": min(max(left + inner["x"] * scale, -10.0), 10.0),
        "y": min(max(top + inner["y"] * scale, -10.0), 10.0),
        "scale": min(max(inner["scale"] * scale, 0.001), 50.0),
        "rotation": min(max(inner["rotation"] + angle, -3600.0), 3600.0),
    }
    return found
