"""What is asked of a render, and what is refused of it before the media are read."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import Field

from farm.errors import InvalidOption
from farm.plan.job import Spec
from farm.plan.quality import check_crf, check_vmaf
from farm.plan.subtitles import check_subtitles
from farm.plan.timeline import check_effects
from farm.presets.catalog import find_preset
from farm.timeline.loudness import LoudnessTarget  # noqa: TC001  # pydantic reads it
from farm.timeline.time import (  # pydantic reads the annotations
    Seconds,
    show_time,
    to_frames,
)
from farm.timeline.timeline import Timeline  # noqa: TC001  # pydantic reads it

if TYPE_CHECKING:
    from farm.presets.preset import Preset
    from farm.settings import Settings
    from farm.timeline.composition import Composition

#: Mean VMAF of each segment.
Vmaf: TypeAlias = Annotated[float, Field(ge=1, le=100, allow_inf_nan=False)]
#: What is taken where no preset is named, by the suffix of the output.
_USUAL_PRESETS = {".webm": "vp9-1080p"}
_USUAL_PRESET = "source"


class RenderSpec(Spec):
    """A whole timeline, or a range of it, as one file."""

    timeline: Timeline
    output: str
    preset: str | None = None
    range: tuple[Seconds, Seconds] | None = None
    device: Literal["auto", "cpu", "gpu"] = "auto"
    segments: Literal["auto", "off"] | Seconds = "auto"
    smart: Literal["auto", "off"] = "auto"
    vmaf: Vmaf | None = None
    loudness: LoudnessTarget | None = None
    max_bytes: int | None = Field(default=None, ge=1)
    use_cache: bool = True


def check_render(spec: RenderSpec, settings: Settings) -> None:
    """Refuse what can be seen to be wrong before the media are read."""
    preset = choose_preset(spec, settings)
    if spec.vmaf is not None:
        check_vmaf(preset, settings)
    if spec.max_bytes is not None:
        check_crf(preset, "--max-bytes")
    if spec.max_bytes is not None and spec.vmaf is not None:
        message = "--vmaf and --max-bytes each say how good it is; give one of them"
        raise InvalidOption(message)
    if spec.device == "gpu" and (spec.vmaf is not None or spec.max_bytes is not None):
        option = "--max-bytes" if spec.vmaf is None else "--vmaf"
        message = (
            f"{option} cannot be used with --device gpu: the CPU searches for quality "
            "and size; give one of them up"
        )
        raise InvalidOption(message)
    check_subtitles(spec.timeline, spec.output)
    if spec.range is not None and spec.range[0] >= spec.range[1]:
        start, end = (show_time(time) for time in spec.range)
        message = f"the range {start} to {end} is empty"
        raise InvalidOption(message)
    if spec.range is not None and spec.range[0] < 0:
        message = f"the range starts before the timeline, at {show_time(spec.range[0])}"
        raise InvalidOption(message)
    if isinstance(spec.segments, Fraction) and spec.segments <= 0:
        message = f"segments cannot be {show_time(spec.segments)} long"
        raise InvalidOption(message)
    check_effects(spec.timeline, settings.media_roots)


def choose_preset(spec: RenderSpec, settings: Settings) -> Preset:
    """Return the preset that was asked for, or the usual one of the output's suffix."""
    suffix = Path(spec.output).suffix.lower()
    name = spec.preset or _USUAL_PRESETS.get(suffix, _USUAL_PRESET)
    preset = find_preset(name, settings.preset_folders)
    if suffix not in preset.containers:
        message = (
            f"the preset {name} cannot be written to "
            f"{f'a {suffix} file' if suffix else 'a file without a suffix'}; "
            f"name the output *{' or *'.join(preset.containers)}"
        )
        raise InvalidOption(message, preset=name)
    return preset


def range_frames(spec: RenderSpec, composition: Composition) -> tuple[int, int]:
    """Return the first frame that is rendered, and the one after the last."""
    if spec.range is None:
        return 0, composition.frames
    start = to_frames(spec.range[0], composition.rate)
    end = min(to_frames(spec.range[1], composition.rate), composition.frames)
    if start < end:
        return start, end
    length = show_time(composition.frames / composition.rate)
    message = (
        f"the range {show_time(spec.range[0])} to {show_time(spec.range[1])} holds no "
        f"frame of the timeline, which is {length} long"
    )
    raise InvalidOption(message)
