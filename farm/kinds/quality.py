"""Encode a segment as small as a quality allows: its CRF is found by trials."""

from __future__ import annotations

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
from farm.kinds.fonts import link_fonts

if TYPE_CHECKING:
    from pathlib import Path

    from farm.kinds.context import TaskContext
    from farm.kinds.payload import SegmentPayload

#: So far above the target a quality is near enough.
ENOUGH_VMAF = 0.5


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
            link_fonts(context.scratch, context.settings)
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


def encode_to_vmaf(
    context: TaskContext, payload: SegmentPayload, *, target: float
) -> tuple[Path, dict[str, float]]:
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
