"""Maps of time of FCPXML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.timeline.doors.fcpxml.values import time_of
from farm.timeline.doors.remap import in_order
from farm.timeline.doors.xml import child, children

if TYPE_CHECKING:
    from farm.timeline.doors.notes import Notes
    from farm.timeline.doors.remap import Points
    from farm.timeline.doors.xml import Node


def read_time_map(node: Node, notes: Notes) -> Points:
    """Return what a clip shows at its times; nothing where it plays as it is."""
    mapped = child(node, "timeMap")
    if mapped is None:
        return []
    found = [
        (time_of(each, "time", notes), time_of(each, "value", notes))
        for each in children(mapped, "timept")
    ]
    points = in_order([(t, v) for t, v in found if t is not None and v is not None])
    return points if len(points) > 1 else []
