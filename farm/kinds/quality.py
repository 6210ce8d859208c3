"""Encode a segment as small as a quality allows, or as good as a size allows.

Its CRF is found by trials.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.errors import InvalidOption
from farm.ffmpeg.crf import CrfScale, find_crf_scale, with_crf
from farm.ffmpeg.search import find_last_good
from farm.ffmpeg.trial import (
    build_compose_command,
    build_trial_command,
    build_vmaf_command,
    read_vmaf,
)
from farm.ffmpeg.verify import count_bytes
from farm.kinds.fonts import link_fonts

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import JsonValue

    from farm.kinds.context import TaskContext
    from farm.kinds.payload import SegmentPayload

#: So far above the target a quality is near enough.
ENOUGH_VMAF = 0.5
#: A size that is smaller than allowed by this part is near enough.
_ENOUGH_SIZE = 0.03


class Trials:
    """Encodes of one segment with different CRFs, the best of which is kept."""

    def __init__(self, context: TaskContext, payload: SegmentPayload) -> None:
        """Compose the frames once."""
        self.context = context
        self.payload = payload
        self.scale = scale_of(payload)
        command = build_compose_command(
            payload.picture,
            payload.preset,
            size=payload.size,
            threads=payload.threads,
        )
        if command.files:
            link_fonts(context.scratch, context.settings, command.files.values())
        context.run(command)

    def encode(self, number: int) -> Path:
        """Encode with the CRF of this number."""
        payload = self.payload
        return self.context.run(
            build_trial_command(
                payload.picture,
                with_crf(payload.preset, self.scale.value(number)),
                threads=payload.threads,
                set_number=payload.set_number,
            )
        )

    def measure(self, encoded: Path) -> float:
        """Return the mean VMAF of an encode, 0 to 100."""
        picture = self.payload.picture
        command = build_vmaf_command(
            encoded.name, picture, size=self.payload.size, threads=self.payload.threads
        )
        return read_vmaf(self.context.run(command), frames=picture.frames)


def scale_of(payload: SegmentPayload) -> CrfScale:
    """Return the scale of the CRF of a payload's preset; the plan saw that it has one.

    Raises:
        InvalidOption: when it has none.
    """
    scale = find_crf_scale(payload.preset.video)
    if scale is None:
        raise InvalidOption(f"the preset {payload.preset.name} has no constant quality")
    return scale


def describe_searched(payload: SegmentPayload) -> dict[str, JsonValue]:
    """Return all that a search depends on but for its target.

    What the preset says of the CRF does not count.
    """
    plain: dict[str, JsonValue] = payload.model_dump(
        mode="json",
        exclude={"preset", "use_cache", "not_copied", "not_gpu", "share", "weight"},
    )
    video = with_crf(payload.preset, Fraction(0)).video.model_dump(mode="json")
    return {**plain, "video": video, "scale": str(scale_of(payload))}


def encode_to_size(
    context: TaskContext, payload: SegmentPayload, *, share: int, start: int
) -> tuple[Path, dict[str, JsonValue]]:
    """Return the best encode found that has no more bytes than its share.

    The search begins with the CRF of a number. The second value tells its `crf`, its
    `bytes`, the `share`, and how many `trials` it took.

    Raises:
        InvalidOption: when it does not fit with the lowest quality.
    """
    trials = Trials(context, payload)
    scale, kept = trials.scale, context.scratch / f"kept{_suffix(payload)}"
    sizes: dict[int, int] = {}

    def margin(place: int) -> float:
        made = trials.encode(scale.last - place)
        sizes[place] = count_bytes(made, "video").size
        if sizes[place] <= share:
            made.replace(kept)
        return math.log(max(1, share) / sizes[place])

    found = find_last_good(  # the highest CRF comes first
        margin,
        last=scale.last,
        start=scale.last - start,
        per_step=math.log(2) / scale.half_size * float(scale.step),
        enough=_ENOUGH_SIZE,
    )
    if not found.is_good:
        raise InvalidOption(f"a segment cannot be kept within {share} bytes")
    return kept, {
        "crf": float(scale.value(scale.last - found.number)),
        "bytes": sizes[found.number],
        "share": share,
        "trials": len(sizes),
    }


def encode_to_vmaf(
    context: TaskContext, payload: SegmentPayload, *, target: float
) -> tuple[Path, dict[str, JsonValue]]:
    """Return the smallest encode found whose VMAF is the target or a little above.

    Where even the best quality is below the target, that one is returned; the second
    value tells its `crf`, its `vmaf`, and how many `trials` it took.
    """
    trials = Trials(context, payload)
    scale, kept = trials.scale, context.scratch / f"kept{_suffix(payload)}"
    scores: dict[int, float] = {}

    def margin(number: int) -> float:
        made = trials.encode(number)
        scores[number] = trials.measure(made)
        if scores[number] >= target or number == 0:
            made.replace(kept)
        return scores[number] - target

    found = find_last_good(
        margin,
        last=scale.last,
        start=scale.number(scale.start),
        per_step=scale.vmaf_per_crf * float(scale.step),
        enough=ENOUGH_VMAF,
    )
    return kept, {
        "crf": float(scale.value(found.number)),
        "vmaf": round(scores[found.number], 3),
        "trials": len(scores),
    }


def _suffix(payload: SegmentPayload) -> str:
    return payload.preset.video.piece_suffix
