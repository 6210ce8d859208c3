"""Make a slice of the picture, and see that it is whole: encoded, or copied."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from farm.errors import OutputWrong
from farm.ffmpeg.box import Box
from farm.ffmpeg.copied import NotCopyableError, check_copied
from farm.ffmpeg.encode import build_segment_command
from farm.ffmpeg.runs import PictureWatch
from farm.ffmpeg.verify import read_header, scan_picture
from farm.kinds.fonts import link_fonts
from farm.kinds.fragment import fragment_picture
from farm.kinds.payload import SegmentPayload
from farm.kinds.quality import (
    ENOUGH_VMAF,
    describe_searched,
    encode_to_size,
    encode_to_vmaf,
)
from farm.kinds.reuse import Made, make_or_reuse
from farm.kinds.runs import check_picture_runs
from farm.kinds.stabilise import steady

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import JsonValue

    from farm.kinds.context import TaskContext
    from farm.timeline.copy import CopyRange


def segment(context: TaskContext) -> JsonValue:
    """Take the segment from the cache, or make it."""
    payload = SegmentPayload.model_validate(context.payload)
    result = make_or_reuse(
        context,
        _description(context, payload) if payload.use_cache else None,
        lambda: _make(context, payload),
        sources=payload.picture.sources(),
        with_fonts=payload.has_titles,
    )
    if payload.not_copied:
        result["not_copied"] = payload.not_copied
    if payload.not_gpu:
        result["not_gpu"] = payload.not_gpu
    if payload.place is None:
        return result
    return fragment_picture(context, result, payload, payload.place)


def _description(context: TaskContext, payload: SegmentPayload) -> dict[str, JsonValue]:
    """Return all that the picture depends on: the payload, but for its sound."""
    if payload.vmaf is not None:
        return {**describe_searched(payload), "enough": ENOUGH_VMAF}
    if payload.share is not None:
        share, start = _share(context, payload)
        return {**describe_searched(payload), "bytes": share, "start": start}
    plain: dict[str, JsonValue] = payload.model_dump(
        mode="json", exclude={"preset", "use_cache", "not_copied", "not_gpu", "place"}
    )
    return {**plain, "video": payload.preset.video.model_dump(mode="json")}


def _share(context: TaskContext, payload: SegmentPayload) -> tuple[int, int]:
    """Return the bytes that it may have, and the number of the CRF to begin with."""
    found: Any = context.needs[str(payload.share)]
    return int(found["shares"][payload.weight]), int(found["number"])


def _make(context: TaskContext, payload: SegmentPayload) -> Made:
    if payload.copied is None:
        return _encode(context, payload)
    try:
        return _copy(context, payload.copied)
    except NotCopyableError as error:
        made = _encode(context, payload)
        why = f"{payload.copied.source.path.rpartition('/')[2]}: {error}"
        return Made(path=made.path, facts={**made.facts, "not_copied": why})


def _copy(context: TaskContext, copy: CopyRange) -> Made:
    """See that what will be copied is whole; keep that it is, not a copy of it."""
    found = check_copied(copy)
    facts: dict[str, JsonValue] = {
        "frames": copy.frames,
        "copy_delay": found.delay,
        "copy_digest": found.digest,
    }
    note = context.scratch / "copied.json"
    note.write_text(json.dumps(facts))
    return Made(path=note, facts=facts)


def _encode(context: TaskContext, payload: SegmentPayload) -> Made:
    """Run FFmpeg, and decode what it made."""
    picture = steady(context, payload.picture, threads=payload.threads)
    payload = payload.model_copy(update={"picture": picture})
    if payload.vmaf is not None:
        made, told = encode_to_vmaf(context, payload, target=payload.vmaf)
        return _check(context, made, payload, told)
    if payload.share is not None:
        share, start = _share(context, payload)
        made, told = encode_to_size(context, payload, share=share, start=start)
        return _check(context, made, payload, told)
    command = build_segment_command(
        payload.picture,
        payload.preset,
        size=payload.size,
        threads=payload.threads,
        set_number=payload.set_number,
        gpu=payload.gpu,
    )
    if command.files:
        link_fonts(context.scratch, context.settings, command.files.values())
    return _check(context, context.run(command), payload, {})


def _told_of_gpu(made: Path, payload: SegmentPayload) -> dict[str, JsonValue]:
    """Return which GPU made it, and what its encoder wrote into the header."""
    if payload.gpu is None:
        return {}
    told: dict[str, JsonValue] = {"gpu": payload.gpu.model}
    return {**told, "header": read_header(made)} if payload.gpu.encode else told


def _check(
    context: TaskContext,
    made: Path,
    payload: SegmentPayload,
    told: dict[str, JsonValue],
) -> Made:
    """Decode a finished segment; return it with its facts and what is told of it."""
    seen = PictureWatch()
    found = scan_picture(made, decode=True, see=seen.see)
    wanted = payload.picture.frames
    if found.frames != wanted or (found.width, found.height) != payload.size:
        message = (
            f"the segment has {found.frames} frames of {found.width}x{found.height}, "
            f"should have {wanted} of {payload.size[0]}x{payload.size[1]}"
        )
        raise OutputWrong(message, log=[])
    check_picture_runs(made, seen, payload.picture, box=Box.of(context.settings))
    told |= _told_of_gpu(made, payload)
    return Made(path=made, facts={"frames": found.frames, **told})
