"""Read files of subtitles: SubRip, WebVTT, ASS."""

from __future__ import annotations

import re
import warnings
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pysubs2

from farm.errors import InvalidOption
from farm.place import is_address
from farm.timeline.subtitles import MOST_CUES, MOST_SCRIPT, Cue

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from pydantic import JsonValue

_ENCODINGS = ("utf-8-sig", "utf-16", "cp1252")
_MOST_BYTES = 20_000_000
_ASS = re.compile(r"^\[Events\].*^Dialogue:", re.MULTILINE | re.DOTALL)
_ASS_FORMAT = re.compile(r"^Format:(.*)$", re.MULTILINE)
_ASS_LINE = re.compile(r"^Dialogue:(.*)$", re.MULTILINE)
#: Some programs write the last point as a colon.
_ASS_TIME = re.compile(r"\s*(\d+):(\d+):(\d+)[.:](\d\d)")
_ENDS = ("start", "end")


def read_subtitles(path: str | os.PathLike[str]) -> pysubs2.SSAFile:
    """Read SubRip, WebVTT, ASS and what else pysubs2 knows, in any usual encoding.

    Raises:
        InvalidOption: when it cannot be read, or there is no subtitle in it.
    """
    for text in _texts(path):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of fields that it takes as usual
                found = pysubs2.SSAFile.from_string(text)
        except Exception:  # noqa: BLE001, S112  # it breaks in many ways on what is odd
            continue
        if found.events:
            return found
    raise InvalidOption(f"{path} holds no subtitles that can be read")


def _texts(path: str | os.PathLike[str]) -> Iterator[str]:
    """Yield the text of a file, in each encoding that it may have."""
    if is_address(path):
        raise InvalidOption(
            f"{path} is an object: subtitles are read from a file of the machine that "
            "submits, copy it there first"
        )
    file = Path(path)
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise InvalidOption(f"{file} is too large for subtitles")
        data = file.read_bytes()
    except OSError as error:
        raise InvalidOption(f"{file} cannot be read: {error.strerror}") from error
    is_wide = data[:2] in {b"\xff\xfe", b"\xfe\xff"}
    for encoding in _ENCODINGS[1:2] if is_wide else _ENCODINGS[::2]:
        with suppress(UnicodeError):
            yield data.decode(encoding)


def read_subtitle_times(path: str | os.PathLike[str]) -> list[JsonValue]:
    """Return start and end of each subtitle, in seconds as text."""
    for text in _texts(path):
        if _ASS.search(text) and (times := list(_ass_times(text))):
            return [*times]
    return [
        [f"{event.start}/1000", f"{event.end}/1000"]
        for event in read_subtitles(path)
        if not event.is_comment
    ]


def _ass_times(text: str) -> Iterator[JsonValue]:
    """Yield start and end of each line that is shown, by the fields it has."""
    events = text[text.index("[Events]") :]
    fields = _ASS_FORMAT.search(events)
    names = [each.strip().lower() for each in (fields[1] if fields else "").split(",")]
    if not {"start", "end"} <= set(names):
        return
    for line in _ASS_LINE.findall(events):
        values = dict(zip(names, line.split(",", len(names) - 1), strict=False))
        start, end = (_ASS_TIME.match(values.get(name, "")) for name in _ENDS)
        if start and end:
            yield [_seconds(start), _seconds(end)]


def _seconds(found: re.Match[str]) -> str:
    hours, minutes, seconds, hundredths = (int(part) for part in found.groups())
    return f"{((hours * 60 + minutes) * 60 + seconds) * 100 + hundredths}/100"


def read_as_ass(path: str | os.PathLike[str]) -> str:
    """Return subtitles as an ASS document; one that is ASS stays as it is."""
    for text in _texts(path):
        if _ASS.search(text):  # pysubs2 minds not which fields its lines have
            return text
    found = read_subtitles(path)
    # what libass takes for a picture of 384x288, whatever the film's size
    found.info.update({"PlayResX": "384", "PlayResY": "288"})
    found.styles["Default"] = pysubs2.SSAStyle(
        fontname="Noto Sans", fontsize=18, outline=1, shadow=0, marginv=12
    )
    return found.to_string("ass")


#: Key of a number pad, as ASS counts → where the text stands.
_PLACES = (
    "bottom-left", "bottom", "bottom-right",
    "left", "center", "right",
    "top-left", "top", "top-right",
)  # fmt: skip
_STYLED = {"ass", "ssa"}
_TAGS = re.compile(r"\{[^{}]*\}")
_OVERRIDE = re.compile(r"\{\\[^{}]*\}")
_PLACED = re.compile(r"\\an([1-9])")
_ITALIC = re.compile(r"^(\{[^{}]*\\i1[^{}]*\})")
_LOST_TAGS = re.compile(
    r"\\(?:pos|move|t|k|K|clip|fr|org|p[1-9]|1?c&|fs|fn|b1|u1|i[01])"
)
_USUAL_LINES = 288
_BOXED = 3


def read_cues(
    path: str | os.PathLike[str], *, lines: int
) -> tuple[tuple[Cue, ...], list[str]]:
    """Return the cues of a file, and what of it is not shown as it says.

    Args:
        path: of the file.
        lines: height of the timeline in pixels, which sizes in ASS are brought to.

    Raises:
        InvalidOption: when it holds none, or too many.
    """
    found = read_subtitles(path)
    events = [event for event in found if not event.is_comment]
    if len(events) > MOST_CUES:
        raise InvalidOption(f"{path} holds over {MOST_CUES} subtitles")
    cues, lost = [], 0
    height = found.info.get("PlayResY", "")
    scale = lines / (
        int(height) if height.isdecimal() and int(height) else _USUAL_LINES
    )
    is_styled = found.format in _STYLED
    for event in events:
        text = _plain(event, is_styled=is_styled)
        if not text or event.end <= event.start or event.start < 0:
            continue
        look = (
            _look_of(found.styles[event.style], scale)
            if is_styled and event.style in found.styles
            else {}
        )
        if placed := _PLACED.search(event.text):
            look["align"] = _PLACES[int(placed[1]) - 1]
        if _ITALIC.match(event.text):
            look["italic"] = True
        lost += _is_special(event.text)
        cues.append(
            Cue(
                start=Fraction(event.start, 1000),
                end=Fraction(event.end, 1000),
                text=text[:10_000],
                look=look,
            )
        )
    if not cues:
        raise InvalidOption(f"{path} holds no subtitles that can be read")
    told = (
        f"{path}: movement, place or styling within {lost} of {len(cues)} cues is not "
        "shown"
    )
    return tuple(cues), [told] if lost else []


def read_moving(path: str | os.PathLike[str]) -> str | None:
    """Return a document of ASS whose lines hold more than text; `None` for others.

    What it carries with it (fonts, pictures) is left out.

    Raises:
        InvalidOption: when it cannot be read, or holds too many lines.
    """
    found = read_subtitles(path)
    if found.format not in _STYLED:
        return None
    events = [event for event in found if not event.is_comment]
    if not any(event.effect or _is_special(event.text) for event in events):
        return None
    text = _lines_alone(found, events).to_string("ass")
    if len(events) > MOST_CUES or len(text) > MOST_SCRIPT:
        raise InvalidOption(
            f"{path} holds over {MOST_CUES} subtitles, or too much text"
        )
    return text.replace("\x00", "")


def read_script(text: str) -> pysubs2.SSAFile:
    """Read a document of ASS that is burnt in: what is shown, and nothing else.

    Raises:
        InvalidOption: when there is no line in it that can be read.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = pysubs2.SSAFile.from_string(text)
    except Exception as error:
        raise InvalidOption("it is no document of ASS") from error
    events = [event for event in found if not event.is_comment]
    if found.format not in _STYLED or not events:
        raise InvalidOption("it is no document of ASS with lines")
    if len(events) > MOST_CUES:
        raise InvalidOption(f"it holds over {MOST_CUES} lines")
    return _lines_alone(found, events)


def _lines_alone(
    found: pysubs2.SSAFile, events: list[pysubs2.SSAEvent]
) -> pysubs2.SSAFile:
    made = pysubs2.SSAFile()
    made.format = found.format
    made.info.update(found.info)
    made.styles.update(found.styles)
    made.events = events
    return made


def _is_special(text: str) -> bool:
    """Whether a line holds more than text, a place and slanted letters."""
    if italic := _ITALIC.match(text):
        text = text[italic.end() :].removesuffix("{\\i0}")
    return any(_LOST_TAGS.search(tags) for tags in _TAGS.findall(text))


def _plain(event: pysubs2.SSAEvent, *, is_styled: bool) -> str:
    """Return what is read; braces are text but in ASS, unless a tag stands in them."""
    text = event.plaintext
    if not is_styled:
        text = _OVERRIDE.sub("", event.text).replace("\\N", "\n").replace("\\h", " ")
    return text.replace("\x00", "").strip()


def _look_of(style: pysubs2.SSAStyle, scale: float) -> dict[str, JsonValue]:
    """Return a style of ASS as fields of a look."""
    look: dict[str, JsonValue] = {
        "font": style.fontname or "Noto Sans",
        "size": _within(style.fontsize * scale, 1, 4000),
        "weight": 700 if style.bold else 400,
        "italic": bool(style.italic),
        "color": _hex(style.primarycolor),
        "opacity": _opacity(style.primarycolor),
        "spacing": _within(style.spacing * scale, -1000, 1000),
        "align": _PLACES[int(style.alignment) - 1],
        "margin": _within(max(style.marginv, 0) * scale, 0, 4000),
        "outline": _within(style.outline * scale, 0, 1000),
        "outline_color": _hex(style.outlinecolor),
    }
    if style.borderstyle == _BOXED:
        look |= {
            "box_color": _hex(style.outlinecolor),
            "box_opacity": _opacity(style.outlinecolor),
            "box_padding": look["outline"],
            "outline": 0,
        }
    elif style.shadow > 0:
        offset = _within(style.shadow * scale, 0, 1000)
        look |= {
            "shadow_x": offset,
            "shadow_y": offset,
            "shadow_color": _hex(style.backcolor),
            "shadow_opacity": _opacity(style.backcolor),
        }
    return look


def _within(value: float, least: float, most: float) -> float:
    return round(min(max(value, least), most), 2)


def _hex(color: pysubs2.Color) -> str:
    return f"#{color.r & 255:02x}{color.g & 255:02x}{color.b & 255:02x}"


def _opacity(color: pysubs2.Color) -> float:
    return round(1 - (color.a & 255) / 255, 3)
