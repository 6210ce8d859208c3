"""Subtitles of a timeline as a file beside the film: SubRip, WebVTT, ASS."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pysubs2

from farm.ffmpeg.concat import write_srt
from farm.ffmpeg.text import ass_style, escape_text, new_document
from farm.timeline.subtitle_files import read_script
from farm.timeline.subtitles import Cue, find_look

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from farm.timeline.subtitles import Subtitles
    from farm.timeline.title import TextLook

_THOUSANDTHS = Fraction(1000)
_BOLD_FROM = 600
_BOXED = 3


def find_cues(subtitles: Subtitles) -> list[Cue]:
    """Return what is said and when on the timeline, in order."""
    given: Sequence[Cue] = subtitles.cues or ()
    if subtitles.script is not None:
        given = [*_lines(read_script(subtitles.script))]
    moved = [
        each.model_copy(
            update={
                "start": max(each.start + subtitles.offset, Fraction(0)),
                "end": each.end + subtitles.offset,
            }
        )
        for each in given
    ]
    return sorted(
        (each for each in moved if each.end > each.start),
        key=lambda c: (c.start, c.end),
    )


def _lines(document: pysubs2.SSAFile) -> Iterator[Cue]:
    for each in document:
        start, end = Fraction(each.start, 1000), Fraction(each.end, 1000)
        if end > start >= 0 and (text := _plain(each)):
            yield Cue(start=start, end=end, text=text)


def _plain(event: pysubs2.SSAEvent) -> str:
    text = "" if event.is_drawing else event.plaintext.strip()
    return text[:10_000]


def write_sidecar(
    suffix: str, subtitles: Subtitles, cues: Sequence[Cue], *, size: tuple[int, int]
) -> str:
    """Return the text of a file.

    Args:
        suffix: ``.srt``, ``.vtt`` or ``.ass``.
        subtitles: say how cues look; a document of ASS stays as it is in ASS.
        cues: what is said.
        size: width and height of the timeline in pixels.
    """
    if suffix == ".ass":
        if subtitles.script is not None:
            document = read_script(subtitles.script)
            document.shift(ms=round(subtitles.offset * 1000))
            return document.to_string("ass")
        return _write_ass(subtitles, cues, size)
    timed = [
        (_milliseconds(each.start), _milliseconds(each.end), each.text) for each in cues
    ]
    if suffix == ".srt":
        return write_srt(timed, _THOUSANDTHS)
    return _write_vtt(timed)


def _milliseconds(time: Fraction) -> int:
    return round(time * 1000)


def _write_vtt(cues: Sequence[tuple[int, int, str]]) -> str:
    blocks = ["WEBVTT"]
    for start, end, text in cues:
        plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        lines = [line for line in plain.splitlines() if line.strip()]
        blocks.append("\n".join([f"{_vtt(start)} --> {_vtt(end)}", *lines]))
    return "\n\n".join(blocks) + "\n"


def _vtt(milliseconds: int) -> str:
    seconds, thousandths = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}.{thousandths:03}"


def _write_ass(subtitles: Subtitles, cues: Sequence[Cue], size: tuple[int, int]) -> str:
    width, height = size
    document = new_document(width, height)
    names: dict[str, str] = {}
    for cue in cues:
        look = find_look(subtitles.style, subtitles.look, cue.look, lines=height)
        key = look.model_dump_json()
        if key not in names:
            names[key] = "Default" if not names else f"Style{len(names) + 1}"
            document.styles[names[key]] = _style(look, width)
        document.append(
            pysubs2.SSAEvent(
                start=_milliseconds(cue.start),
                end=_milliseconds(cue.end),
                style=names[key],
                text=escape_text(cue.text),
            )
        )
    return document.to_string("ass")


def _style(look: TextLook, width: int) -> pysubs2.SSAStyle:
    """Return the style of a look, as near as styles of ASS come."""
    style = ass_style(look, width)
    style.bold = look.weight >= _BOLD_FROM
    style.primarycolor.a = round(255 * (1 - look.opacity))
    if look.box_color is not None:
        style.borderstyle, style.outline = _BOXED, look.box_padding
        style.outlinecolor = _color(look.box_color, look.box_opacity)
    elif look.shadow_opacity > 0:
        style.shadow = max(abs(look.shadow_x), abs(look.shadow_y))
        style.backcolor = _color(look.shadow_color, look.shadow_opacity)
    return style


def _color(color: str, opacity: float) -> pysubs2.Color:
    red, green, blue = bytes.fromhex(color[1:])
    return pysubs2.Color(red, green, blue, round(255 * (1 - opacity)))
