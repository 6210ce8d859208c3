"""Titles as ASS documents, for FFmpeg's filter ``ass`` (libass)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pysubs2

from farm.ffmpeg.text_motion import Motion, find_motion, runs, split_letters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from farm.timeline.title import TextLook, TitleMedia

#: Where a text stands → the key of a number pad, as ASS counts.
_ALIGNMENTS = {
    "bottom-left": 1, "bottom": 2, "bottom-right": 3,
    "left": 4, "center": 5, "right": 6,
    "top-left": 7, "top": 8, "top-right": 9,
}  # fmt: skip
_WORD_JOINER = "\u2060"
_LONG_MS = 9 * 3600 * 1000
#: Milliseconds of a frame on the clock of titles that move: ASS counts in hundredths
#: of a second, in which few rates have whole frames.
FRAME_MS = 40
_NORMAL_WEIGHT = 400
_BOX, _SHADOW, _LETTERS = range(3)


def build_title(
    title: TitleMedia,
    *,
    width: int,
    height: int,
    shown: Sequence[int] = (),
    frames: int = 1,
    rate: Fraction | None = None,
) -> str:
    """Return the ASS document of a title in a frame of the timeline's size.

    Args:
        title: what is shown.
        width: of the timeline in pixels; likewise `height`.
        height: see `width`.
        shown: of a title that moves, its frames in their order, from 0; each is
            `FRAME_MS` long.
        frames: how many it has in all.
        rate: frames of the timeline a second.
    """
    document = new_document(width, height)
    document.styles["Default"] = ass_style(title, width)
    if title.box_color is not None:
        box = ass_style(title, width)
        box.borderstyle, box.outline = 4, 0
        box.backcolor = _color(title.box_color)
        document.styles["Box"] = box
    letters = split_letters(title.text)
    if not title.animations:
        motions = [Motion()]
    else:
        assert rate is not None  # noqa: S101  # what moves is shown at a rate
        size, count = (width, height), len(letters)
        motions = [
            find_motion(
                title, frame=at, frames=frames, rate=rate, size=size, letters=count
            )
            for at in shown
        ]
    for start, end, motion in runs(motions):
        for layer, style, text in _layers(title, letters, motion, (width, height)):
            document.append(
                pysubs2.SSAEvent(
                    start=start * FRAME_MS,
                    end=end * FRAME_MS if title.animations else _LONG_MS,
                    layer=layer,
                    style=style,
                    text=text,
                )
            )
    return document.to_string("ass")


def new_document(width: int, height: int) -> pysubs2.SSAFile:
    """Return a document whose lengths are pixels of the timeline."""
    document = pysubs2.SSAFile()
    document.info.update(
        {
            "PlayResX": str(width),
            "PlayResY": str(height),
            "WrapStyle": "0",
            "ScaledBorderAndShadow": "yes",
            "YCbCr Matrix": "None",
        }
    )
    return document


def escape_text(text: str) -> str:
    r"""Write text so that libass shows it as it is: no ``{tags}``, no ``\n``."""
    text = text.replace("\\", "\\" + _WORD_JOINER).replace("{", "\\{")
    return re.sub(r"\r\n?|\n", r"\\N", text)


def ass_style(title: TextLook, width: int) -> pysubs2.SSAStyle:
    """Return the style of letters and outline, with their place by margins."""
    margin = round(title.margin)
    inset = max(0.0, width - 2 * title.margin) * (1 - title.max_width)
    left, right = {
        "left": (0.0, inset),
        "right": (inset, 0.0),
    }.get(title.align.rpartition("-")[2], (inset / 2, inset / 2))
    return pysubs2.SSAStyle(
        fontname=font_name(title.font),
        fontsize=title.size,
        primarycolor=_color(title.color),
        outlinecolor=_color(title.outline_color),
        italic=title.italic,
        spacing=title.spacing,
        outline=title.outline,
        shadow=0,
        alignment=pysubs2.Alignment(_ALIGNMENTS[title.align]),
        marginl=round(title.margin + left),
        marginr=round(title.margin + right),
        marginv=margin,
    )


def _layers(
    title: TitleMedia,
    letters: Sequence[str],
    motion: Motion,
    size: tuple[int, int],
) -> Iterator[tuple[int, str, str]]:
    """Yield layer, style and text of what is drawn, from below."""
    is_seen = motion.alpha > 0 and motion.scale > 0
    has_box = title.box_color is not None and title.box_opacity > 0
    has_shadow = title.shadow_opacity > 0
    is_placed = bool(title.animations) or has_box or has_shadow
    if not is_seen:
        return
    if has_box:
        pad = round(title.box_padding * motion.scale, 3)
        tags = (
            f"\\xshad{pad:g}\\yshad{pad:g}\\1a&HFF&\\3a&HFF&"
            f"\\4a{_alpha(title.box_opacity * motion.alpha)}"
        )
        yield _BOX, "Box", _text(title, letters, replace_shown(motion), tags, size)
    if has_shadow:
        color = ass_color(title.shadow_color)
        tags = f"\\1c{color}\\3c{color}\\blur{title.shadow_blur * motion.scale:g}"
        yield _SHADOW, "Default", _text(
            title, letters, motion, tags, size,
            opacity=title.shadow_opacity,
            offset=(title.shadow_x * motion.scale, title.shadow_y * motion.scale),
        )  # fmt: skip
    yield (
        _LETTERS,
        "Default",
        _text(
            title,
            letters,
            motion,
            "",
            size if is_placed else None,
            opacity=title.opacity,
        ),
    )


def replace_shown(motion: Motion) -> Motion:
    """Return a motion with all letters: a box is as large as they are."""
    return Motion(alpha=motion.alpha, dx=motion.dx, dy=motion.dy, scale=motion.scale)


def _text(
    title: TitleMedia,
    letters: Sequence[str],
    motion: Motion,
    tags: str,
    size: tuple[int, int] | None,
    *,
    opacity: float | None = None,
    offset: tuple[float, float] = (0, 0),
) -> str:
    """Return the letters with what ASS must know of them."""
    if title.weight != _NORMAL_WEIGHT:
        tags += f"\\b{title.weight}"
    if size is not None:
        x, y = _anchor(title, size)
        tags += f"\\pos({x + motion.dx + offset[0]:g},{y + motion.dy + offset[1]:g})"
    tags += _scaled(title, motion.scale)
    seen = motion.alpha * (1 if opacity is None else opacity)
    if opacity is not None and seen < 1:
        tags += f"\\1a{_alpha(seen)}\\3a{_alpha(seen)}"
    head = f"{{{tags}}}" if tags else ""
    runs_over = title.color_end is not None and opacity == title.opacity
    if motion.shown is None and motion.stretched is None and not runs_over:
        return head + escape_text("".join(letters))
    parts, last = [head], ""
    for at, letter in enumerate(letters):
        own = ""
        if runs_over and title.color_end is not None:
            part = at / max(1, len(letters) - 1)
            own += f"\\1c{ass_color(_mixed(title.color, title.color_end, part))}"
        if motion.stretched is not None:
            own += f"\\fscy{100 * motion.scale * motion.stretched[at]:.2f}"
        if motion.shown is not None:
            alpha = _alpha(seen * motion.shown[at])
            own += f"\\1a{alpha}\\3a{alpha}"
        tag = f"{{{own}}}"
        parts.append(tag if tag != last else "")
        parts.append(escape_text(letter))
        last = tag
    return "".join(parts)


def _scaled(title: TextLook, scale: float) -> str:
    """Return the tags of letters of another size; an outline goes with them."""
    if scale == 1:
        return ""
    tags = f"\\fscx{100 * scale:.2f}\\fscy{100 * scale:.2f}"
    return f"{tags}\\bord{title.outline * scale:.3f}" if title.outline else tags


def _anchor(title: TextLook, size: tuple[int, int]) -> tuple[float, float]:
    """Return the point that the text stands at, as ASS places it by its margins."""
    width, height = size
    x, y = width / 2, height / 2
    style = ass_style(title, width)
    if "left" in title.align:
        x = style.marginl
    elif "right" in title.align:
        x = width - style.marginr
    if "top" in title.align:
        y = style.marginv
    elif "bottom" in title.align:
        y = height - style.marginv
    return x, y


def font_name(name: str) -> str:
    """Write the name of a font so that it stays one field of one line."""
    return " ".join(re.sub(r"[,\x00-\x1f]", " ", name).split()) or "Noto Sans"


def _color(color: str) -> pysubs2.Color:
    return pysubs2.Color(*(int(color[at : at + 2], 16) for at in (1, 3, 5)))


def _mixed(first: str, last: str, part: float) -> str:
    pairs = ((int(c[at : at + 2], 16) for c in (first, last)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def ass_color(color: str) -> str:
    """Write a colour as tags of ASS have it."""
    return f"&H{color[5:7]}{color[3:5]}{color[1:3]}&"


def _alpha(opacity: float) -> str:
    """Write an opacity as ASS has it."""
    return f"&H{round(255 * (1 - min(1.0, max(0.0, opacity)))):02X}&"
