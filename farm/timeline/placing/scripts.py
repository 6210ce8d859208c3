"""Documents of ASS that are burnt in as they are: a shot for lines at the same time."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.errors import InvalidOption
from farm.timeline.clip import Crop, Transform
from farm.timeline.composition import Layer, Look, Script, Shot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pysubs2

    from farm.timeline.placing.stage import Stage

_LINE = tuple[int, int, "pysubs2.SSAEvent"]
#: Lines with a place of their own do not make room for each other.
_PLACED = re.compile(r"\\(?:pos|move)\s*\(")
SLACK_MS = 1
"""How much too early a line may appear: times of frames are rounded."""


def script_layers(stage: Stage, frames: int) -> Iterator[Layer]:
    """Yield a layer for each document of ASS that is burnt in.

    Args:
        stage: with the timeline.
        frames: of all tracks: what is said later is not seen. 0: no others.
    """
    for number, subtitles in enumerate(stage.timeline.subtitles):
        if not subtitles.enabled or subtitles.script is None:
            continue
        from farm.timeline.subtitle_files import read_script  # heavy

        path = f"subtitles[{number}]"
        try:
            document = read_script(subtitles.script)
        except InvalidOption as error:
            stage.refuse(f"{path}.script", str(error))
            continue
        shots = [*_shots(stage, document, subtitles.offset, frames, path)]
        if shots:
            yield Layer(shots=tuple(shots), changes=())


def _shots(
    stage: Stage,
    document: pysubs2.SSAFile,
    offset: Fraction,
    frames: int,
    path: str,
) -> Iterator[Shot]:
    rate = stage.timeline.rate
    lines = []
    for event in document.events:
        start, end = (_frame(ms, offset, rate) for ms in (event.start, event.end))
        if start < end:
            lines.append((start, end, event))
    lines.sort(key=lambda line: line[:2])
    seen = 0
    for group in _groups(lines):
        first = group[0][0]
        start, end = max(0, first), max(line[1] for line in group)
        end = min(end, frames) if frames else end
        if end <= start:
            continue
        seen += len(group)
        yield Shot(
            label=f"{path} of {len(group)} lines",
            source=Script(
                text=_write(document, [event for _, _, event in group]),
                start=first / rate - offset,
                history=_history(group),
            ),
            start=start, end=end, shown_start=start, shown_end=end,
            source_start=start / rate - offset,
            speed=Fraction(1),
            look=Look(fit="fit", transform=Transform(), crop=Crop(), opacity=1),
        )  # fmt: skip
    if seen < len(document.events):
        lost = len(document.events) - seen
        stage.warn(
            path,
            f"{lost} of {len(document.events)} lines lie outside the timeline or are "
            "shorter than a frame, and are not shown",
        )


def _frame(milliseconds: int, offset: Fraction, rate: Fraction) -> int:
    """Return the first frame that is not before a time of the document."""
    exact = (milliseconds - SLACK_MS) * rate / 1000 + offset * rate
    return math.ceil(exact)


def _groups(lines: Sequence[_LINE]) -> Iterator[list[_LINE]]:
    """Yield lines that are seen together, or share such."""
    group: list[_LINE] = []
    end = 0
    for line in lines:
        if group and line[0] >= end:
            yield group
            group = []
        group.append(line)
        end = max(end, line[1]) if len(group) > 1 else line[1]
    if group:
        yield group


def _history(group: Sequence[_LINE]) -> tuple[int, ...]:
    """Return the frames of a group at which lines come or go that make room.

    Where such a line stands depends on those that were there when it came: these frames
    are drawn before any later one.
    """
    first = group[0][0]
    moving = [line for line in group if not _PLACED.search(line[2].text)]
    if len(moving) <= 1:
        return ()
    edges = {edge - first for start, end, _ in moving for edge in (start, end)}
    return tuple(sorted(edges))


def _write(document: pysubs2.SSAFile, events: Sequence[pysubs2.SSAEvent]) -> str:
    """Return the document of some lines, with the styles that they use."""
    made = type(document)()
    made.info.update(document.info)
    made.info["YCbCr Matrix"] = "None"  # colours are drawn as RGB
    named = " ".join(event.text for event in events)
    used = {event.style.lstrip("*") for event in events}
    made.styles = {
        name: style
        for name, style in document.styles.items()
        if name in used or name == "Default" or f"\\r{name}" in named
    }
    made.events = list(events)
    return made.to_string("ass")
