"""Make several frames: of a timeline at times, or of a film by a strategy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import FFmpegFailed, InvalidOption, OutputWrong
from farm.ffmpeg.box import Box
from farm.ffmpeg.index import read_index
from farm.ffmpeg.scenes import (
    build_scores_command,
    build_some_scores_commands,
    read_scores,
)
from farm.ffmpeg.subtitles import read_cues
from farm.kinds.compose import compose_still
from farm.kinds.pack import pack
from farm.kinds.picture_payload import FramesPayload
from farm.kinds.reuse import make_or_reuse
from farm.kinds.stills import StillMaker, check_still

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from pydantic import JsonValue

    from farm.ffmpeg.index import FrameIndex
    from farm.kinds.context import TaskContext
    from farm.kinds.reuse import Made
    from farm.timeline.composition import FilmSource

#: Frames that are made where no limit was given.
_MOST = 10_000


def frames(context: TaskContext) -> JsonValue:
    """Take the frames from the cache, or make them."""
    payload = FramesPayload.model_validate(context.payload)
    return make_or_reuse(
        context,
        payload.model_dump(mode="json"),
        lambda: _make(context, payload),
        sources=payload.sources(),
        with_fonts=payload.source is None,
    )


def _make(context: TaskContext, payload: FramesPayload) -> Made:
    if payload.source is None:
        files = _compose(context, payload)
    else:
        files = _take(context, payload, payload.source)
    about = context.scratch / "frames.json"
    listed = [{"file": path.name, **facts} for path, facts in files]
    text = json.dumps({"frames": listed}, indent=1)
    about.write_text(f"{text}\n", encoding="utf-8")
    return pack([*files, (about, {"frames": len(files)})], scratch=context.scratch)


def _compose(
    context: TaskContext, payload: FramesPayload
) -> list[tuple[Path, dict[str, JsonValue]]]:
    files = []
    for number, each in enumerate(payload.pictures, start=1):
        name = f"frame-{number:04}{payload.suffix}"
        made = compose_still(
            context,
            each.picture,
            size=payload.size,
            suffix=payload.suffix,
            threads=payload.threads,
            name=name,
        )
        check_still(made, payload.size)
        files.append((made, _facts(each.time, payload)))
    return files


def _take(
    context: TaskContext, payload: FramesPayload, source: FilmSource
) -> list[tuple[Path, dict[str, JsonValue]]]:
    box = Box.of(context.settings)
    index = read_index(Path(source.path), source.video, box=box)
    scores: Mapping[int, float] = {}
    if payload.scores or payload.strategy in {"scenes", "combined"}:
        made = context.run(build_scores_command(source, threads=payload.threads))
        scores = read_scores(made.read_text(encoding="utf-8"), index)
    numbers = _limit(_choose(payload, source, index, scores, box), payload.limit)
    if not scores and payload.strategy != "keyframes":
        scores = _measure(context, payload, source, index, numbers)
    maker = StillMaker(
        context=context,
        source=source,
        index=index,
        size=payload.size,
        suffix=payload.suffix,
        threads=payload.threads,
        loose=False,
    )
    stills = maker.make(numbers)
    if not stills:
        raise OutputWrong(f"no picture of {Path(source.path).name} can be decoded")
    if len(stills) < len(numbers):
        context.warnings.append(
            f"{len(numbers) - len(stills)} frames of {Path(source.path).name} "
            "cannot be decoded and are left out"
        )
    files = []
    for at, number in enumerate(sorted(stills), start=1):
        still = stills[number]
        path = maker.finish(still, f"frame-{at:04}{payload.suffix}")
        facts = _facts(still.time - source.container_start, payload)
        score = scores.get(number)
        facts |= {
            "is_key": still.is_key,
            "scene_score": None if score is None else round(score, 6),
        }
        files.append((path, facts))
    return files


def _measure(
    context: TaskContext,
    payload: FramesPayload,
    source: FilmSource,
    index: FrameIndex,
    numbers: Sequence[int],
) -> dict[int, float]:
    """Return the scores of some frames; of damaged parts there may be none."""
    scores: dict[int, float] = {}
    for command, names in build_some_scores_commands(
        source, index, numbers, threads=payload.threads
    ):
        try:
            context.run(command)
        except FFmpegFailed as error:
            if type(error) is not FFmpegFailed:  # the machine is to blame
                raise
        for path in (context.scratch / name for name in names):
            if path.exists():
                scores |= read_scores(path.read_text(encoding="utf-8"), index)
    return {number: scores[number] for number in numbers if number in scores}


def _choose(
    payload: FramesPayload,
    source: FilmSource,
    index: FrameIndex,
    scores: Mapping[int, float],
    box: Box,
) -> list[int]:
    """Return the frames that the strategy finds, in order."""
    cuts = [n for n in sorted(scores) if n and scores[n] >= payload.threshold]
    match payload.strategy:
        case "interval":
            return _at_interval(payload, index)
        case "scenes":
            return [0, *cuts]  # the first scene begins at the start
        case "keyframes":
            return list(index.keys)
        case "subtitles":
            return _with_subtitles(payload, source, index, box)
        case _:
            wanted = {0, *cuts, *index.keys, *_at_interval(payload, index)}
            return _apart(sorted(wanted), index, payload.every, first={0, *cuts})


def _at_interval(payload: FramesPayload, index: FrameIndex) -> list[int]:
    count = -(-(payload.end - payload.start) // payload.every)
    if count > _MOST:
        message = f"frames so close make {count} of them, more than {_MOST}"
        raise InvalidOption(message)
    found = [
        index.shown_at(payload.start + number * payload.every)
        for number in range(max(1, int(count)))
    ]
    return list(dict.fromkeys(found))


def _apart(
    numbers: Sequence[int], index: FrameIndex, least: Fraction, *, first: set[int]
) -> list[int]:
    """Leave out frames that lie close to another; starts of scenes stay."""
    kept = sorted(first)
    for number in numbers:
        near = (abs(index.time(other) - index.time(number)) for other in kept)
        if number not in first and all(distance >= least for distance in near):
            kept.append(number)
    return sorted(kept)


def _with_subtitles(
    payload: FramesPayload, source: FilmSource, index: FrameIndex, box: Box
) -> list[int]:
    """Return a frame of each subtitle: a while after it appears, before it goes."""
    cues = payload.cues
    if cues is None:
        cues = read_cues(
            Path(source.path),
            start=source.container_start,
            box=box,
        )
    times = [
        start + payload.offset if start + payload.offset < end else (start + end) / 2
        for start, end in cues
    ]
    length = payload.end - source.container_start
    found = [
        index.shown_at(source.container_start + time)
        for time in times
        if 0 <= time < length
    ]
    if not found:
        raise InvalidOption("no subtitle is shown while the film lasts")
    return sorted(dict.fromkeys(found))


def _limit(numbers: Sequence[int], limit: int | None) -> list[int]:
    """Return at most so many, spread evenly."""
    most = limit or _MOST
    if len(numbers) <= most:
        return list(numbers)
    return [numbers[at * len(numbers) // most] for at in range(most)]


def _facts(time: Fraction, payload: FramesPayload) -> dict[str, JsonValue]:
    return {
        "time": round(float(time), 6),
        "width": payload.size[0],
        "height": payload.size[1],
    }
