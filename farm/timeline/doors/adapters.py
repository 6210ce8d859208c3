"""EDL, FCP 7 XML, AAF and xges through the adapters of OpenTimelineIO.

They are the extra ``renderfarm[interchange]``. What an adapter raises becomes one
sentence: its input is a file of anyone's. XML is read and written anew before, so that
no adapter meets document types and entities.
"""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import opentimelineio as otio

from farm.timeline.clip import Clip, FileMedia
from farm.timeline.document import read_bytes, read_text
from farm.timeline.doors.fcp import put_nests_in_place, take_first
from farm.timeline.doors.notes import Notes
from farm.timeline.doors.otio.door import from_adapter
from farm.timeline.doors.xml import read_xml, refusal, write_xml
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from farm.timeline.doors.catalogue import Catalogue
    from farm.timeline.doors.xml import Node
    from farm.timeline.item import Item
    from farm.timeline.loaded import Loaded

_INSTALL = "pip install 'renderfarm[interchange]'"
_TIMECODE = re.compile(r"\b\d{2}[:;]\d{2}[:;]\d{2}[:;.](\d{2})\b")
_DROP = re.compile(r"^FCM:\s*DROP\s+FRAME", re.MULTILINE)
_LONGEST_EDL = 16 * 1024 * 1024
_LARGEST_AAF = 256 * 1024 * 1024
_AAF_HEAD = bytes.fromhex("d0cf11e0a1b11ae1")
_RATES = (24, 25, 30, 50, 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What an adapter returned."""

    found: Any
    screen: Mapping[str, Any] = field(default_factory=dict)
    """Rate, width and height, as far as the format says them."""
    by_timecode: bool = False
    """Whether times of files count by their timecodes."""


def from_file(path: Path, *, folder: Path, catalogue: Catalogue) -> Loaded:
    """Read an ``.edl``, ``.xml``, ``.aaf`` or ``.xges`` file.

    Raises:
        InvalidTimeline: with all problems; where the adapter is not installed, which
            extra to install.
    """
    name, notes = str(path), Notes()
    read = _READERS[path.suffix.lower()]
    result = read(path, notes)
    loaded = from_adapter(
        result.found,
        folder=folder,
        name=name,
        notes=notes,
        screen=result.screen,
        catalogue=catalogue,
    )
    return _by_timecode(loaded) if result.by_timecode else loaded


def _by_timecode(loaded: Loaded) -> Loaded:
    """Count the times of all files by their timecodes."""

    def counted(item: Item) -> Item:
        if not (isinstance(item, Clip) and isinstance(item.media, FileMedia)):
            return item
        media = item.media.model_copy(update={"timecode": True})
        return item.model_copy(update={"media": media})

    tracks = [
        track.model_copy(update={"items": tuple(counted(each) for each in track.items)})
        for track in loaded.timeline.tracks
    ]
    timeline = loaded.timeline.model_copy(update={"tracks": tuple(tracks)})
    return replace(loaded, timeline=timeline)


def _call(adapter: str, name: str, *, text: str | None = None, **options: Any) -> Any:  # noqa: ANN401  # of OTIO
    """Call an adapter; whatever it raises is one sentence."""
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            if text is None:
                return otio.adapters.read_from_file(name, adapter, **options)
            return otio.adapters.read_from_string(text, adapter, **options)
    except (otio.exceptions.NotSupportedError, ImportError) as error:
        raise refusal(f"to read it, install its adapter: {_INSTALL}", name) from error
    except RecursionError as error:
        raise refusal("it is nested too deep", name) from error
    except Exception as error:
        reason = show_value(" ".join(str(error).split()) or type(error).__name__)
        raise refusal(f"it cannot be read: {reason}", name) from error


def _edl(path: Path, notes: Notes) -> _Read:
    text, name = read_text(path), str(path)
    if len(text) > _LONGEST_EDL:
        raise refusal("it is larger than 16 MB; is it an EDL?", name)
    rate = _edl_rate(text)
    if rate is None:
        raise refusal("it is no EDL: there is no timecode in it", name)
    notes.warn("", f"an EDL names no frame rate: {rate} is taken, as its timecodes say")
    found = _call(
        "cmx_3600", name, text=text, rate=float(rate), ignore_timecode_mismatch=True
    )
    _count_from_first(found)
    return _Read(found=found, screen={"rate": rate}, by_timecode=True)


def _count_from_first(timeline: Any) -> None:  # noqa: ANN401  # of OTIO
    """Let the first event of all tracks lie at 0.

    The adapter says as the start of each track's range how far before 0 its first event
    lies, which by the rules of OpenTimelineIO would show nothing.
    """
    tracks = [track for track in timeline.tracks if track.source_range is not None]
    starts = [-track.source_range.start_time for track in tracks]
    for track, start in zip(tracks, starts, strict=True):
        track.source_range = None
        late = start - min(starts)
        if late.value > 0:
            track.insert(0, otio.schema.Gap(duration=late))


def _edl_rate(text: str) -> Fraction | None:
    """Return the lowest usual rate that has all frames of the timecodes."""
    frames = [int(each) for each in _TIMECODE.findall(text)]
    if not frames:
        return None
    if _DROP.search(text):
        return Fraction(30000, 1001)
    most = max(frames)
    return next((Fraction(rate) for rate in _RATES if most < rate), Fraction(60))


def _fcp(path: Path, notes: Notes) -> _Read:
    name = str(path)
    root = read_xml(read_bytes(path), name=name)
    if root.tag != "xmeml":
        raise refusal(f"it is no FCP 7 XML: it holds a {root.tag[:40]!r}", name)
    put_nests_in_place(root, notes, name=name)
    take_first(root, notes)
    screen = _fcp_screen(root)
    return _Read(found=_call("fcp_xml", name, text=write_xml(root)), screen=screen)


def _fcp_screen(root: Node) -> dict[str, Any]:
    """Return rate and size of the sequence."""
    sequence = next((node for node in root.iter("sequence")), None)
    if sequence is None:
        return {}
    screen: dict[str, Any] = {}
    base = (sequence.findtext("rate/timebase") or "").strip()
    is_ntsc = (sequence.findtext("rate/ntsc") or "").strip().upper() == "TRUE"
    if base.isdecimal() and 0 < int(base[:4]) <= 1000:  # noqa: PLR2004  # of a rate
        screen["rate"] = int(base[:4]) * (Fraction(1000, 1001) if is_ntsc else 1)
    sides = {}
    for side in ("width", "height"):
        path = f"media/video/format/samplecharacteristics/{side}"
        sides[side] = _pixels(sequence.findtext(path) or "")
    return screen | sides if all(sides.values()) else screen


def _pixels(text: str) -> int:
    """Return a number of pixels; 0 for what no picture has."""
    text = text.strip()
    number = int(text) if text.isdecimal() and len(text) < len("100000") else 0
    return number if 2 <= number <= 16384 else 0  # noqa: PLR2004  # of a timeline


def _aaf(path: Path, notes: Notes) -> _Read:
    name = str(path)
    data = read_bytes(path)
    if not data.startswith(_AAF_HEAD) or len(data) > _LARGEST_AAF:
        raise refusal("it is no AAF: it does not begin like one", name)
    del notes
    return _Read(found=_call("AAF", name))


#: What GES leaves out where it is the usual; the adapter asks for it.
_GES_USUAL = {"inpoint": "0", "rate": "0", "track-types": "6", "layer-priority": "0"}
_GES_KIND, _GES_FILE = "extractable-type-name", "GESUriClip"
_GES_TEXTS = ("properties", "metadatas")


def _xges(path: Path, notes: Notes) -> _Read:
    name = str(path)
    root = read_xml(read_bytes(path), name=name)
    if root.tag != "ges":
        raise refusal(f"it is no xges: it holds a {root.tag[:40]!r}", name)
    screen = _ges_screen(root)
    _list_assets(root)
    for clip in root.iter("clip"):
        for key, usual in _GES_USUAL.items():
            if clip.get(key) is None:
                clip.set(key, usual)
        effects = [each.get("asset-id") or "" for each in clip.iter("effect")]
        for effect in effects:
            place = getattr(clip, "place", "")
            notes.warn(
                place, f"the effect {show_value(effect)} is not known and left out"
            )
        for effect_node in list(clip.iter("effect")):
            clip.remove(effect_node)
    for node in root.iter():
        for key in _GES_TEXTS:
            text = node.get(key)
            if text is not None and not text.rstrip().endswith(";"):
                node.set(key, text + ";")
    return _Read(found=_call("xges", name, text=write_xml(root)), screen=screen)


def _list_assets(root: Node) -> None:
    """List the files of all clips where the adapter looks for them, as GES does.

    A file that is not listed would lose its name.
    """
    for project in root.iter("project"):
        for misspelt in project.findall("resources"):
            misspelt.tag = "ressources"
        found = project.find("ressources")
        listed = ET.SubElement(project, "ressources") if found is None else found
        known = {each.get("id") for each in listed if each.get(_GES_KIND) == _GES_FILE}
        for clip in project.iter("clip"):
            key = clip.get("asset-id")
            if key and clip.get("type-name") == _GES_FILE and key not in known:
                ET.SubElement(listed, "asset", {"id": key, _GES_KIND: _GES_FILE})
                known.add(key)


def _ges_screen(root: Node) -> dict[str, Any]:
    """Return rate and size, which the timeline and its tracks say in their texts."""
    texts = [
        (node.get(key) or "").replace("\\", "")
        for tag in ("timeline", "track")
        for node in root.iter(tag)
        for key in _GES_TEXTS
    ]
    screen: dict[str, Any] = {}
    for text in texts:
        found = re.search(r"framerate=\s*\(fraction\)(\d{1,6})/(\d{1,6})", text)
        if found and int(found[1]) and int(found[2]):
            screen.setdefault("rate", Fraction(int(found[1]), int(found[2])))
        sides = {
            side: _pixels(at[1])
            for side in ("width", "height")
            if (at := re.search(rf"{side}=\s*\(int\)(\d{{1,6}})", text))
        }
        if len(sides) == len("wh") and all(sides.values()):
            screen = sides | screen
    return screen


_READERS: Mapping[str, Callable[[Path, Notes], _Read]] = {
    ".edl": _edl,
    ".xml": _fcp,
    ".aaf": _aaf,
    ".xges": _xges,
}
