"""What a producer of MLT plays, as media of the farm."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from farm.errors import InvalidTimeline
from farm.timeline.doors.mlt.bars import bars_of
from farm.timeline.doors.mlt.values import color_of, number_of, property_of
from farm.timeline.doors.xml import read_xml
from farm.timeline.time import parse_speed, show_value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from xml.etree import ElementTree as ET

    from farm.timeline.doors.mlt.service import Services
    from farm.timeline.doors.xml import Node

_FILMS = {"avformat", "avformat-novalidate", "vorbis", "sdl_image"}
_STILLS = {"qimage", "pixbuf"}
_COLORS = {"color", "colour"}
_TEXTS = {"pango", "qtext", "gtkpango", "dynamictext"}
_LONGEST_TEXT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Media, and how they are played."""

    media: Mapping[str, Any]
    name: str = ""
    speed: Fraction = Fraction(1)
    backwards: bool = False
    is_film: bool = False
    has_sound: bool = False
    fields: Mapping[str, Any] = field(default_factory=dict)


def make_media(  # noqa: PLR0911  # one for each kind of producer
    node: Node, services: Services
) -> Made | None:
    """Return the media of a producer; `None`, told, where they are not known."""
    service = property_of(node, "mlt_service")
    resource = property_of(node, "resource")
    name = property_of(node, "kdenlive:clipname") or property_of(node, "title")
    notes = services.notes
    if service in _STILLS and (not resource or resource.startswith("<")):
        notes.warn(node.place, "a drawing (SVG) within the file is left out")
        return _unseen(name)
    if service == "kdenlivetitle":
        return _kdenlive_title(node, services, name)
    if service in _TEXTS:
        return _text(node, services, name)
    if service in _COLORS:
        found = color_of(resource.removeprefix("color:").removeprefix("colour:"))
        if found is None:
            notes.warn(
                node.place, f"{show_value(resource)} is no colour; black is taken"
            )
        color, opacity = found or ("#000000", 1.0)
        fields = {} if opacity == 1 else {"opacity": opacity}
        return Made(media={"type": "color", "color": color}, name=name, fields=fields)
    if service == "timewarp" or property_of(node, "warp_speed"):
        return _warped(node, services, name, resource)
    if service in _STILLS:
        return _still(node, services, name, resource)
    if service in _FILMS or (not service and resource and "<" not in resource):
        url = property_of(node, "kdenlive:originalurl") or resource
        return _film(node, url, name)
    if service == "frei0r.test_pat_B" and (bars := bars_of(node)):
        return Made(media=bars, name=name)
    what = show_value(service or resource)
    notes.warn(
        node.place, f"the generator {what} is not known and leaves its place free"
    )
    return _unseen(name)


def _unseen(name: str) -> Made:
    """Return what takes its time and shows nothing."""
    media = {"type": "color", "color": "#000000"}
    return Made(media=media, name=name, fields={"opacity": 0.0})


def _film(node: Node, path: str, name: str, speed: Fraction = Fraction(1)) -> Made:
    media: dict[str, Any] = {"type": "file", "path": path}
    stream = property_of(node, "astream")
    if stream.isdecimal() and 0 < int(stream[:4]) < 1000:  # noqa: PLR2004
        media["audio_stream"] = int(stream[:4])
    mute = property_of(node, "set.test_audio") == "1"
    silent = property_of(node, "audio_index") == "-1"
    return Made(
        media=media,
        name=name,
        speed=speed,
        is_film=True,
        has_sound=not (mute or silent),
    )


def _still(node: Node, services: Services, name: str, resource: str) -> Made | None:
    if "%" in resource or "/.all." in resource:
        services.notes.refuse(
            node.place,
            f"{show_value(resource)} is a sequence of images: make a film of it",
        )
        return None
    return Made(media={"type": "file", "path": resource}, name=name)


def _warped(node: Node, services: Services, name: str, resource: str) -> Made | None:
    """Read ``-2.0:path``: a film at another speed, here backwards."""
    written, _, path = resource.partition(":")
    path = property_of(node, "warp_resource") or path
    try:
        speed = parse_speed(property_of(node, "warp_speed") or written)
    except ValueError as error:
        services.notes.refuse(node.place, str(error))
        return None
    if speed == 0:
        services.notes.refuse(node.place, "plays at the speed 0")
        return None
    made = _film(node, path, name, abs(speed))
    pitch = property_of(node, "warp_pitch") == "1"
    return Made(
        media=made.media,
        name=name,
        speed=made.speed,
        backwards=speed < 0,
        is_film=True,
        has_sound=made.has_sound,
        fields={"keep_pitch": pitch},
    )


def _text(node: Node, services: Services, name: str) -> Made | None:
    text = property_of(node, "text") or property_of(node, "markup")
    if not text.strip():
        services.notes.warn(node.place, "the title says nothing and is left out")
        return None
    color = color_of(property_of(node, "fgcolour")) or ("#ffffff", 1.0)
    family = property_of(node, "family")
    size = property_of(node, "size")
    media = {
        "type": "title",
        "text": text[:_LONGEST_TEXT],
        "font": (family or "Noto Sans")[:200],
        "size": int(size) if size.isdecimal() and 0 < int(size[:5]) <= 4000 else 48,  # noqa: PLR2004
        "color": color[0],
        "weight": 700 if property_of(node, "weight") in {"700", "800", "900"} else 400,
    }
    background = color_of(property_of(node, "bgcolour"))
    if background and background[1] > 0:
        services.notes.warn(node.place, "the ground of the title is left out")
    return Made(media=media, name=name or text[:40].split("\n")[0])


def _kdenlive_title(node: Node, services: Services, name: str) -> Made | None:
    """Read the title that Kdenlive keeps as XML in a property."""
    data = property_of(node, "xmldata")
    try:
        title = read_xml(data, name="the title") if data else None
    except InvalidTimeline:
        title = None
    items = [] if title is None else list(title.iter("item"))
    if len(items) == 1 and (shape := _rectangle(items[0], title, services)):
        return replace(shape, name=name)
    words, style = [], None
    for item in title.iter("content") if title is not None else ():
        if (item.text or "").strip():
            words.append((item.text or "").strip("\n"))
            style = item if style is None else style
    if style is None:
        services.notes.warn(node.place, "the title holds no text and is left out")
        return _unseen(name)
    if others := len(items) - len(words):
        services.notes.warn(node.place, f"{others} shapes of the title are left out")
    services.notes.warn(node.place, "the title stands in the middle of the picture")
    parts = (style.get("font-color") or "").split(",")
    channels = [int(p) for p in parts[:3] if p.strip().isdecimal() and len(p) < 5]  # noqa: PLR2004
    color = "#ffffff"
    if len(channels) == 3 and max(channels) <= 255:  # noqa: PLR2004  # red, green, blue
        color = "#" + "".join(f"{each:02x}" for each in channels)
    pixels = style.get("font-pixel-size") or ""
    size = int(pixels) if pixels.isdecimal() and 0 < int(pixels[:5]) <= 4000 else 60  # noqa: PLR2004
    media = {
        "type": "title",
        "text": "\n".join(words)[:_LONGEST_TEXT],
        "font": (style.get("font") or "Noto Sans")[:200],
        "size": size,
        "color": color,
        "italic": style.get("font-italic") == "1",
        "weight": 700 if _is_bold(style.get("font-weight") or "") else 400,
    }
    return Made(media=media, name=name or words[0][:40].split("\n")[0])


def _is_bold(weight: str) -> bool:
    """Whether a weight of Qt, 0 to 99, is that of bold letters."""
    return weight.isdecimal() and int(weight[:4]) > 60  # noqa: PLR2004  # of Qt


def _rectangle(item: ET.Element, title: Node | None, services: Services) -> Made | None:
    """Return a plain rectangle of a title as a colour in a cell; `None`: it is none."""
    content, position = item.find("content"), item.find("position")
    if content is None or position is None or title is None:
        return None
    rect = [number_of(part) for part in (content.get("rect") or "").split(",")]
    at = [number_of(position.get(side) or "0") for side in "xy"]
    brush = [number_of(part) for part in (content.get("brushcolor") or "").split(",")]
    known = [each for each in (*rect, *at, *brush) if each is not None]
    if len(known) != 10 or not all(0 <= each <= 255 for each in known[6:]):  # noqa: PLR2004
        return None
    screen = services.screen
    x, y, _, _ = known[4] + known[0], known[5] + known[1], 0, 0
    left, right = (min(max(each / screen.width, 0), 1) for each in (x, x + known[2]))
    top, bottom = (min(max(each / screen.height, 0), 1) for each in (y, y + known[3]))
    if right - left <= 0.001 or bottom - top <= 0.001:  # noqa: PLR2004  # a hair
        return None
    color = "#" + "".join(f"{round(each):02x}" for each in known[6:9])
    cell = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    return Made(
        media={"type": "color", "color": color},
        fields={"fit": "stretch", "cell": cell, "opacity": min(known[9] / 255, 1.0)},
    )
