"""Rectangles of MLT: where in the picture a clip lies, and how that changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from farm.timeline.doors.cut import cut_moves
from farm.timeline.doors.mlt.values import (
    Key,
    keys_of,
    number_of,
    property_of,
    rect_of,
)
from farm.timeline.doors.xml import children
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from farm.timeline.doors.mlt.service import Services
    from farm.timeline.doors.sheet import Piece
    from farm.timeline.doors.xml import Node

Box = tuple[float, ...]
"""Left, top, width, height and opacity."""
_RECTS = ("rect", "transition.rect", "geometry", "start")
_WHOLE = (0.0, 0.0, 1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Rectangles and turns over time, on the clock of what has them."""

    place: str
    boxes: Sequence[tuple[Key, Box]]
    turns: Sequence[tuple[Key, float]]

    @property
    def is_whole(self) -> bool:
        """Whether it changes nothing."""
        boxes = {box for _, box in self.boxes}
        return boxes == {_WHOLE} and not any(angle for _, angle in self.turns)

    @property
    def is_moving(self) -> bool:
        """Whether it changes over time."""
        boxes, angles = {b for _, b in self.boxes}, {a for _, a in self.turns}
        return len(boxes) > 1 or len(angles) > 1


def way_of(node: Node, services: Services) -> Way | None:
    """Return where a filter or transition puts clips; `None`: nowhere else."""
    screen = services.screen
    texts = (property_of(node, name) for name in _RECTS)
    text = next((text for text in texts if text), "")
    keys = _old_keys(node, services) or keys_of(text, screen.rate)
    rects = [rect_of(key.value, screen.width, screen.height) for key in keys]
    boxes = [(key, rect) for key, rect in zip(keys, rects, strict=True) if rect]
    if not boxes or None in rects:
        if text:
            message = f"{show_value(text)} is no rectangle; all is covered"
            services.notes.warn(node.place, message)
        return None
    turns = keys_of(property_of(node, "rotation"), screen.rate)
    angles = [(key, number_of(key.value) or 0.0) for key in turns]
    return Way(place=node.place, boxes=boxes, turns=angles)


def _old_keys(node: Node, services: Services) -> list[Key]:
    """Return the values of ``start``, ``key[25]`` and ``end``, of old documents."""
    end = property_of(node, "end")
    if property_of(node, "rect") or not property_of(node, "start") or not end:
        return []
    rate = services.screen.rate
    found = {0: property_of(node, "start")}
    for each in children(node, "property"):
        name = each.get("name") or ""
        frame = name.removeprefix("key[").removesuffix("]")
        if name.startswith("key[") and frame.isdecimal() and len(frame) < 10:  # noqa: PLR2004
            found[int(frame)] = each.text or ""
    limits = [property_of(node, side) for side in ("in", "out")]
    first, last = (_frame(limit, rate) for limit in limits)
    found[max(last - first, max(found) + 1)] = end
    return [Key(frame, value) for frame, value in sorted(found.items())]


def _frame(text: str, rate: Fraction) -> int:
    return next((key.frame or 0 for key in keys_of(f"{text}=0", rate)), 0)


def put(piece: Piece, way: Way, services: Services, start: Fraction) -> dict[str, Any]:
    """Return the fields of a piece that is put where a way says.

    Args:
        piece: what is put there.
        way: rectangles over time.
        services: where rate and notes are.
        start: time on the clock of the way at which the piece begins.
    """
    angle = way.turns[0][1] if way.turns else 0.0
    found = put_into(piece.fields, way.boxes[0][1], angle)
    if not way.is_moving:
        return found
    placed = [put_into(piece.fields, box, 0.0) for _, box in way.boxes]
    keys = [key for key, _ in way.boxes]
    if "cell" in found:
        cells = [each["cell"] for each in placed if "cell" in each]
        around = _around(cells) if len(cells) == len(placed) else None
        if around is None or any(angle for _, angle in way.turns):
            services.notes.warn(
                way.place, "its place changes over time; where it is first is kept"
            )
            return found
        found["cell"] = around
        places = [_within(cell, around) for cell in cells]
    else:
        places = [each["transform"] for each in placed]
    moving: dict[str, list[tuple[Key, float]]] = {
        name: [(key, place[name]) for key, place in zip(keys, places, strict=True)]
        for name in ("x", "y", "scale")
    }
    opacities = [each["opacity"] for each in placed]
    moving["opacity"] = [*zip(keys, opacities, strict=True)]
    if len({angle for _, angle in way.turns}) > 1:
        moving["rotation"] = [*way.turns]
    if "cell" in found:
        found["transform"] = {**places[0], "rotation": 0.0}
    return {**found, **(animate(moving, piece, services, start) or {})}


def _around(cells: Sequence[Mapping[str, float]]) -> dict[str, float] | None:
    """Return a cell of the shape of others in which they all lie; `None`: none."""
    shapes = [cell["width"] / cell["height"] for cell in cells]
    if max(shapes) - min(shapes) > 0.001 * shapes[0]:  # a hair
        return None
    left, top = (min(cell[side] for cell in cells) for side in ("x", "y"))
    right = max(cell["x"] + cell["width"] for cell in cells)
    bottom = max(cell["y"] + cell["height"] for cell in cells)
    width = max(right - left, (bottom - top) * shapes[0])
    height = width / shapes[0]
    if max(width, height) > 1:
        return None
    x, y = min(left, 1 - width), min(top, 1 - height)
    return {"x": x, "y": y, "width": width, "height": height}


def _within(cell: Mapping[str, float], around: Mapping[str, float]) -> dict[str, float]:
    """Return where a cell lies in the one around it."""
    x, y = cell["x"] + cell["width"] / 2, cell["y"] + cell["height"] / 2
    return {
        "x": (x - around["x"]) / around["width"],
        "y": (y - around["y"]) / around["height"],
        "scale": cell["width"] / around["width"],
    }


def animate(
    moving: Mapping[str, Sequence[tuple[Key, float]]],
    piece: Piece,
    services: Services,
    start: Fraction,
) -> dict[str, Any] | None:
    """Return keyframes of a piece, of which ``start`` is on the clock of the keys."""
    animation = dict(piece.fields.get("animation", {}))
    for name, values in moving.items():
        if len({value for _, value in values}) <= 1:  # it stays where it is
            continue
        last = -1
        frames: list[dict[str, Any]] = []
        for key, value in values:
            frame = max(key.frame or 0, 0)
            if frame <= last:
                continue
            last = frame
            easing = "hold" if key.is_held else "linear"
            time = str(services.seconds(frame))
            frames.append({"time": time, "value": value, "easing": easing})
        found = {name: frames}
        animation |= cut_moves(found, start, start + piece.length) if start else found
    return {"animation": animation} if animation else None


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
