"""Make a storyboard: pictures on sheets, and which time each stands for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction  # noqa: TC003  # a field of a record
from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import OutputWrong
from farm.ffmpeg.box import Box
from farm.ffmpeg.choose import Slot
from farm.ffmpeg.index import read_index
from farm.ffmpeg.sheet import Tile, build_sheet_command, rows_of_sheet, write_vtt
from farm.ffmpeg.verify import scan_picture
from farm.kinds.compose import compose_still
from farm.kinds.pack import pack
from farm.kinds.picture_payload import StoryboardPayload
from farm.kinds.reuse import make_or_reuse
from farm.kinds.stills import StillMaker, check_still
from farm.kinds.thumbnails import Finder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import JsonValue

    from farm.kinds.context import TaskContext
    from farm.kinds.reuse import Made
    from farm.timeline.composition import FilmSource

_TILE = ".png"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What a picture of the storyboard shows."""

    time: Fraction
    is_key: bool | None
    """``None`` for one of a timeline."""


def storyboard(context: TaskContext) -> JsonValue:
    """Take the storyboard from the cache, or make it."""
    payload = StoryboardPayload.model_validate(context.payload)
    return make_or_reuse(
        context,
        payload.model_dump(mode="json"),
        lambda: _make(context, payload),
        sources=payload.sources(),
        with_fonts=payload.source is None,
    )


def _make(context: TaskContext, payload: StoryboardPayload) -> Made:
    if payload.source is None:
        shown = _compose(context, payload)
    else:
        shown = _take(context, payload, payload.source)
    tiles, files = _lay_sheets(context, payload)
    if payload.strip:
        files.append(_lay(context, payload, "strip", 0, payload.count, payload.count))
    if payload.stills:
        files += _stills(context, payload)
    vtt = context.scratch / "storyboard.vtt"
    vtt.write_text(write_vtt(tiles, size=payload.size), encoding="utf-8")
    about = context.scratch / "frames.json"
    text = json.dumps(_describe(payload, shown, tiles), indent=1)
    about.write_text(f"{text}\n", encoding="utf-8")
    return pack(
        [*files, (vtt, {"cues": len(tiles)}), (about, {"frames": len(shown)})],
        scratch=context.scratch,
    )


def _take(
    context: TaskContext, payload: StoryboardPayload, source: FilmSource
) -> list[_Shown]:
    """Make the tiles of a film."""
    maker = StillMaker(
        context=context,
        source=source,
        index=read_index(Path(source.path), source.video, box=Box.of(context.settings)),
        size=payload.size,
        suffix=_TILE,
        threads=payload.threads,
        loose=not payload.exact,
    )
    slots = [
        Slot(
            start=payload.start + number * payload.step,
            end=min(payload.end, payload.start + (number + 1) * payload.step),
        )
        for number in range(payload.count)
    ]
    stills = Finder(maker=maker, exact=payload.exact).find(slots, representative=False)
    for number, still in enumerate(stills):
        if still.path is None:
            raise OutputWrong(f"picture {number} of the storyboard was not made")
        (context.scratch / _tile_name(number)).hardlink_to(still.path)
    return [
        _Shown(time=still.time - source.container_start, is_key=still.is_key)
        for still in stills
    ]


def _compose(context: TaskContext, payload: StoryboardPayload) -> list[_Shown]:
    """Make the tiles of a timeline, as a render would show it."""
    shown = []
    for number, each in enumerate(payload.pictures):
        compose_still(
            context,
            each.picture,
            size=payload.size,
            suffix=_TILE,
            threads=payload.threads,
            name=_tile_name(number),
        )
        shown.append(_Shown(time=each.time, is_key=None))
    return shown


def _lay_sheets(
    context: TaskContext, payload: StoryboardPayload
) -> tuple[list[Tile], list[tuple[Path, dict[str, JsonValue]]]]:
    """Lay the tiles into sheets, row by row."""
    width, height = payload.size
    rows = rows_of_sheet(height, rows=-(-payload.count // payload.columns))
    on_sheet = rows * payload.columns
    firsts = range(0, payload.count, on_sheet)
    tiles, files = [], []
    for sheet, first in enumerate(firsts, start=1):
        name = "storyboard" if len(firsts) == 1 else f"storyboard-{sheet:03}"
        count = min(on_sheet, payload.count - first)
        made = _lay(context, payload, name, first, count, payload.columns)
        files.append(made)
        for at in range(count):
            row, column = divmod(at, payload.columns)
            start = (first + at) * payload.step
            tiles.append(
                Tile(
                    sheet=made[0].name,
                    x=column * width,
                    y=row * height,
                    start=start,
                    end=min(start + payload.step, payload.end - payload.start),
                )
            )
    return tiles, files


def _lay(
    context: TaskContext,
    payload: StoryboardPayload,
    name: str,
    first: int,
    count: int,
    columns: int,
) -> tuple[Path, dict[str, JsonValue]]:
    """Lay some tiles into one picture; return it with its facts."""
    rows = -(-count // columns)
    command = build_sheet_command(
        f"tile-%05d{_TILE}",
        first=first,
        count=count,
        columns=columns,
        rows=rows,
        name=f"{name}{payload.suffix}",
    )
    made = context.run(command)
    size = columns * payload.size[0], rows * payload.size[1]
    check_still(made, size)
    found = scan_picture(made, decode=False)
    return made, {"width": found.width, "height": found.height, "pictures": count}


def _stills(
    context: TaskContext, payload: StoryboardPayload
) -> list[tuple[Path, dict[str, JsonValue]]]:
    """Return each tile as a picture of its own."""
    return [
        _lay(context, payload, f"still-{number + 1:04}", number, 1, 1)
        for number in range(payload.count)
    ]


def _tile_name(number: int) -> str:
    return f"tile-{number:05}{_TILE}"


def _describe(
    payload: StoryboardPayload, shown: Sequence[_Shown], tiles: Sequence[Tile]
) -> Mapping[str, JsonValue]:
    """Return what ``frames.json`` says; times in seconds from the film's start."""
    frames: list[JsonValue] = [
        {
            "time": round(float(one.time), 6),
            "is_key": one.is_key,
            "start": round(float(tile.start), 6),
            "end": round(float(tile.end), 6),
            "file": tile.sheet,
            "x": tile.x,
            "y": tile.y,
        }
        for one, tile in zip(shown, tiles, strict=True)
    ]
    return {
        "width": payload.size[0],
        "height": payload.size[1],
        "columns": payload.columns,
        "frames": frames,
    }
