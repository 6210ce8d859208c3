"""FCPXML, the files of Final Cut Pro X and of programs that speak with it."""

from farm.timeline.doors.fcpxml.door import from_fcpxml

__all__ = ["from_fcpxml"]
