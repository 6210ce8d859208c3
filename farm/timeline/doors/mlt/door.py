"""The entrance for MLT: a file in, the timeline of its main service out."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from farm.timeline.document import read_bytes
from farm.timeline.doors.lay import Screen, build
from farm.timeline.doors.mlt.service import Services
from farm.timeline.doors.mlt.values import property_of
from farm.timeline.doors.notes import Notes
from farm.timeline.doors.xml import child, children, read_xml, refusal
from farm.timeline.loaded import Loaded
from farm.timeline.time import parse_rate

if TYPE_CHECKING:
    from pathlib import Path

    from farm.timeline.doors.catalogue import Catalogue
    from farm.timeline.doors.xml import Node

#: What MLT takes where a document has no profile: PAL.
_USUAL_RATE = Fraction(25)
_USUAL_SIZE = 720, 576
_SIZES = range(2, 16385)
_SERVICES = ("tractor", "playlist", "multitrack", "chain", "producer")
_ROOTS = {"mlt", "westley", *_SERVICES}


def from_mlt(path: Path, *, folder: Path, catalogue: Catalogue) -> Loaded:
    """Read a file of MLT or Kdenlive.

    Raises:
        InvalidTimeline: with all problems, each with its line.
    """
    name = str(path)
    root = read_xml(read_bytes(path), name=name)
    if root.tag not in _ROOTS:
        raise refusal(f"it is not MLT: it holds a {root.tag[:40]!r}", name)
    notes = Notes()
    screen = _screen(root, notes)
    main = _main(root) if root.tag in {"mlt", "westley"} else root
    if main is None:
        raise refusal("it has no producer, playlist or tractor", name)
    services = Services(root, screen, notes, catalogue)
    sheet, length = services.read(main)
    if not sheet.pieces and not notes.problems:
        shown = "nothing" if length else "no frames"
        notes.refuse(main.place, f"its main {main.tag} shows {shown} that is known")
    base = root.get("root") or ""
    start = folder / base if base and not base.startswith("/") else folder
    timeline = build(sheet, screen, notes, folder=start, name=name)
    return Loaded(timeline=timeline, warnings=notes.told)


def _screen(root: Node, notes: Notes) -> Screen:
    profile = child(root, "profile")
    title = root.get("title") or ""
    if profile is None:
        width, height = _USUAL_SIZE
        notes.warn("", f"it names no profile: {width}x{height} at 25 are taken")
        return Screen(rate=_USUAL_RATE, width=width, height=height, name=title)
    rate = _USUAL_RATE
    given = f"{profile.get('frame_rate_num')}/{profile.get('frame_rate_den') or 1}"
    try:
        rate = parse_rate(given)
    except ValueError as error:
        notes.refuse(profile.place, str(error))
    sides = [profile.get(side) or "" for side in ("width", "height")]
    pixels = [int(s) if s.isdecimal() and len(s) < 6 else 0 for s in sides]  # noqa: PLR2004
    if not all(side in _SIZES for side in pixels):
        notes.refuse(
            profile.place, f"no picture has {sides[0][:9]}x{sides[1][:9]} pixels"
        )
        pixels = list(_USUAL_SIZE)
    width, height = pixels
    square = (profile.get("sample_aspect_num"), profile.get("sample_aspect_den"))
    if square[0] != square[1]:
        notes.warn(profile.place, "its pixels are not square; those of the film are")
    return Screen(rate=rate, width=width, height=height, name=title)


def _main(root: Node) -> Node | None:
    """Return what a player of MLT would play: of Kdenlive, the open sequence."""
    by_id = {each.get("id"): each for each in children(root, *_SERVICES)}
    wanted = None
    main_bin = by_id.get("main_bin")
    if main_bin is not None:
        wanted = property_of(main_bin, "kdenlive:docproperties.activetimeline")
    if wanted and wanted in by_id:
        return by_id[wanted]
    services = list(children(root, *_SERVICES))
    tractors = [each for each in services if each.tag == "tractor"]
    if main_bin is not None and tractors:
        return tractors[-1]
    named = by_id.get(root.get("producer")) if root.get("producer") else None
    if named is not None:
        return named
    return services[-1] if services else None
