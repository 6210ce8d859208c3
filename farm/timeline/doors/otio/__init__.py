"""OpenTimelineIO files and objects, read into timelines of the farm."""

from farm.timeline.doors.otio.door import from_object, from_text

__all__ = ["from_object", "from_text"]
