"""The entrance for FCPXML: a file in, the timeline of its project out."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, cast

from farm.timeline.document import read_bytes
from farm.timeline.doors.fcpxml.resources import Resources
from farm.timeline.doors.fcpxml.story import Story
from farm.timeline.doors.lay import Screen, build
from farm.timeline.doors.notes import Notes
from farm.timeline.doors.xml import child, read_xml, refusal
from farm.timeline.loaded import Loaded
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from pathlib import Path

    from farm.timeline.doors.catalogue import Catalogue
    from farm.timeline.doors.sheet import Sheet
    from farm.timeline.doors.xml import Node

_USUAL_RATE = Fraction(25)
_USUAL_SIZE = 1920, 1080
_CLIPS = {"asset-clip", "clip", "ref-clip", "sync-clip", "mc-clip"}


def from_fcpxml(path: Path, *, folder: Path, catalogue: Catalogue) -> Loaded:
    """Read an ``.fcpxml`` file, or the one in an ``.fcpxmld`` bundle.

    Raises:
        InvalidTimeline: with all problems, each with its line.
    """
    name = str(path)
    if path.is_dir():
        path = path / "Info.fcpxml"
    root = read_xml(read_bytes(path), name=name)
    if root.tag != "fcpxml":
        raise refusal(f"it is not FCPXML: it holds a {root.tag[:40]!r}", name)
    notes = Notes()
    resources = Resources(root, notes)
    sequence, title = _sequence(root, resources, notes)
    if sequence is None:
        return _loose_clips(root, resources, notes, catalogue, folder=folder, name=name)
    screen = _screen(sequence, title, resources, notes)
    story = Story(resources, notes, catalogue, screen)
    sheet = story.sequence(sequence)
    return _finish(sheet, screen, notes, root, folder=folder, name=name)


def _finish(
    sheet: Sheet, screen: Screen, notes: Notes, root: Node, *, folder: Path, name: str
) -> Loaded:
    markers = sum(1 for _ in root.iter("marker"))
    if markers:
        notes.warn("", f"{markers} markers are not shown")
    timeline = build(sheet, screen, notes, folder=folder, name=name)
    return Loaded(timeline=timeline, warnings=notes.told)


def _sequence(
    root: Node, resources: Resources, notes: Notes
) -> tuple[Node | None, str]:
    """Return the sequence of the first project, else of the first compound clip."""
    projects = [cast("Node", each) for each in root.iter("project")]
    found = [(p, s) for p in projects if (s := child(p, "sequence")) is not None]
    if found:
        project, sequence = found[0]
        if len(found) > 1:
            others = ", ".join(show_value(p.get("name") or "") for p, _ in found[1:10])
            taken = show_value(project.get("name") or "")
            notes.warn("", f"of {len(found)} projects {taken} is taken, not {others}")
        return sequence, project.get("name") or ""
    if not any(True for tag in _CLIPS for _ in root.iter(tag)):
        for media in resources.media:
            inner = child(media, "sequence")
            if inner is not None:
                return inner, media.get("name") or ""
    return None, ""


def _loose_clips(
    root: Node,
    resources: Resources,
    notes: Notes,
    catalogue: Catalogue,
    *,
    folder: Path,
    name: str,
) -> Loaded:
    """Read a file without projects: its clips, one after the other."""
    events = [cast("Node", each) for each in root.iter("event")] or [root]
    clips = [
        cast("Node", each) for event in events for each in event if each.tag in _CLIPS
    ]
    if not clips:
        raise refusal("it holds no project, no sequence and no clip", name)
    notes.warn("", f"it holds no project: its {len(clips)} clips follow each other")
    screen = _screen(clips[0], clips[0].get("name") or "", resources, notes)
    story = Story(resources, notes, catalogue, screen)
    sheet = story.follow(clips)
    return _finish(sheet, screen, notes, root, folder=folder, name=name)


def _screen(node: Node, title: str, resources: Resources, notes: Notes) -> Screen:
    used = [node.get("format"), *(each.get("format") for each in node.iter())]
    used += [each.get("ref") for each in node.iter() if each.get("ref")]
    rate = next((r for f in used if (r := resources.rate(f))), None)
    size = next((s for f in used if (s := resources.size(f))), None)
    if rate is None:
        notes.warn("", f"no frame rate is named: {_USUAL_RATE} is taken")
    if size is None:
        notes.warn("", "no size is named: 1920x1080 is taken")
    width, height = size or _USUAL_SIZE
    given = (node.get("audioRate") or "").lower()
    rates = {"32k": 32000, "44.1k": 44100, "48k": 48000, "88.2k": 88200, "96k": 96000}
    layout = {"mono": 1, "stereo": 2, "surround": 6}.get(node.get("audioLayout") or "")
    return Screen(
        rate=rate or _USUAL_RATE,
        width=width,
        height=height,
        name=title[:1000],
        fields={"sample_rate": rates.get(given, 48000), "channels": layout or 2},
    )
