"""Make a slice of the picture, and see that it is whole: encoded, or copied."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.errors import OutputWrong
from farm.ffmpeg.copied import NotCopyableError, check_copied
from farm.ffmpeg.crf import with_crf
from farm.ffmpeg.encode import build_segment_command
from farm.ffmpeg.verify import scan_picture
from farm.kinds.fonts import link_fonts
from farm.kinds.fragment import fragment_picture
from farm.kinds.payload import SegmentPayload
from farm.kinds.quality import ENOUGH_VMAF, encode_to_vmaf, scale_of
from farm.kinds.reuse import Made, make_or_reuse
from farm.timeline.clip import TitleMedia

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import JsonValue

    from farm.kinds.context import TaskContext
    from farm.timeline.copy import CopyRange
    from farm.timeline.slice import PictureSlice


def segment(context: TaskContext) -> JsonValue:
    """Take the segment from the cache, or make it."""
    payload = SegmentPayload.model_validate(context.payload)
    result = make_or_reuse(
        context,
        _description(payload) if payload.use_cache else None,
        lambda: _make(context, payload),
        sources=payload.picture.sources(),
        with_fonts=_has_titles(payload.picture),
    )
    if payload.not_copied:
        result["not_copied"] = payload.not_copied
    if payload.place is None:
        return result
    return fragment_picture(context, result, payload, payload.place)


def _description(payload: SegmentPayload) -> dict[str, JsonValue]:
    """Return all that the picture depends on: the payload, but for its sound."""
    plain: dict[str, JsonValue] = payload.model_dump(
        mode="json", exclude={"preset", "use_cache", "not_copied", "place"}
    )
    plain["video"] = payload.preset.video.model_dump(mode="json")
    if payload.vmaf is None:
        return plain
    # the CRF is what is looked for: what the preset says of it does not count
    searched = with_crf(payload.preset, Fraction(0)).video
    return {
        **plain,
        "video": searched.model_dump(mode="json"),
        "scale": str(scale_of(payload)),
        "enough": ENOUGH_VMAF,
    }


def _has_titles(picture: PictureSlice) -> bool:
    return any(
        isinstance(shot.source, TitleMedia)
        for layer in picture.layers
        for shot in layer.shots
    )


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
    if payload.vmaf is not None:
        made, told = encode_to_vmaf(context, payload, target=payload.vmaf)
        return _check(made, payload, told)
    command = build_segment_command(
        payload.picture,
        payload.preset,
        size=payload.size,
        threads=payload.threads,
        set_number=payload.set_number,
    )
    if command.files:
        link_fonts(context.scratch, context.settings)
    return _check(context.run(command), payload, {})


def _check(made: Path, payload: SegmentPayload, told: dict[str, float]) -> Made:
    """Decode a finished segment; return it with its facts and what is told of it."""
    found = scan_picture(made, decode=True)
    wanted = payload.picture.frames
    if found.frames != wanted or (found.width, found.height) != payload.size:
        message = (
            f"the segment has {found.frames} frames of {found.width}x{found.height}, "
            f"should have {wanted} of {payload.size[0]}x{payload.size[1]}"
        )
        raise OutputWrong(message, log=[])
    return Made(path=made, facts={"frames": found.frames, **told})
