"""MLT XML and the projects of Kdenlive, which are MLT XML with more in it."""

from farm.timeline.doors.mlt.door import from_mlt

__all__ = ["from_mlt"]
