"""Projects of Timeline Studio in each of its forms, read into timelines of the farm."""

from farm.timeline.doors.studio.door import from_project, is_project

__all__ = ["from_project", "is_project"]
