"""Clips of FCPXML that hold others: compound clips, multicams, and plain ones."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from farm.timeline.doors.fcpxml.leaf import label_of
from farm.timeline.doors.fcpxml.sheets import moved, only
from farm.timeline.doors.fcpxml.values import ITEMS, lane_of
from farm.timeline.doors.sheet import Sheet
from farm.timeline.doors.xml import children

if TYPE_CHECKING:
    from farm.timeline.doors.fcpxml.story import Story
    from farm.timeline.doors.xml import Node


def read_compound(node: Node, story: Story) -> Sheet:
    """Return what a compound clip holds, on its own clock."""
    name = node.get("ref") or ""
    sequence = story.resources.sequence(name)
    if sequence is None:
        message = f"{label_of(node)} refers to no compound clip"
        story.notes.refuse(node.place, message)
        return Sheet()
    if story.open.count(f"media {name}"):
        story.notes.refuse(node.place, "the compound clip holds itself")
        story.notes.raise_problems("the FCPXML file")
    story.open.append(f"media {name}")
    try:
        sheet = story.sequence(sequence)
    finally:
        story.open.pop()
    begin = story.time(sequence, "tcStart") or Fraction(0)
    sheet = moved(sheet, begin)
    if node.get("srcEnable") in {"audio", "video"}:
        sheet = only(sheet, node.get("srcEnable") or "")
    return sheet


def read_angles(node: Node, story: Story) -> Sheet:
    """Return the chosen angles of a multicam, on its own clock."""
    multicam = story.resources.multicam(node.get("ref"))
    if multicam is None:
        story.notes.refuse(node.place, f"{label_of(node)} refers to no multicam")
        return Sheet()
    angles = {each.get("angleID"): each for each in children(multicam, "mc-angle")}
    begin = story.time(multicam, "tcStart") or Fraction(0)
    found = Sheet()
    sources = [*children(node, "mc-source")]
    for source in sources:
        angle = angles.get(source.get("angleID"))
        wanted = source.get("srcEnable") or "all"
        if angle is None:
            story.notes.warn(source.place, "the angle is not there and is left out")
            continue
        if wanted == "none":
            continue
        sheet = moved(story.spine(angle, clock=begin), begin)
        if wanted in {"audio", "video"}:
            sheet = only(sheet, wanted)
        found.add(sheet)
    if not sources and angles:
        first = next(iter(angles.values()))
        found.add(moved(story.spine(first, clock=begin), begin))
    return found


def read_held(node: Node, story: Story) -> Sheet:
    """Return what a clip holds on its own clock, without what hangs on it."""
    found = Sheet()
    held = [each for each in children(node, *ITEMS) if lane_of(each) == 0]
    for each in held:
        sheet, _ = story.item(each)
        at = story.time(each, "offset") or Fraction(0)
        found.add(moved(sheet, at))
    return found
