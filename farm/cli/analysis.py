"""What an analysis found, as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from farm.cli.output import say, say_json, show_number, show_time
from farm.timeline.analysis import Analysis

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pydantic import JsonValue

    from farm.timeline.analysis import (
        Crop,
        Interlace,
        Keyframes,
        Loudness,
        Motion,
        Quality,
        Scene,
        Score,
        Span,
    )

_SHOWN = 50
"""Parts that are printed of each kind; all of them are in the JSON."""


def say_analysis(
    plain: dict[str, JsonValue], *, as_json: bool, output: Path | None
) -> None:
    """Print what was found; of a file that was written, its path alone."""
    if as_json:
        say_json(plain)
    elif output is not None:
        say(str(output))
    else:
        for line in _lines(TypeAdapter(Analysis).validate_python(plain)):
            say(line)


def _lines(found: Analysis) -> Iterator[str]:
    yield f"{found.path}, {show_time(found.duration)}"
    if found.scenes is not None:
        yield from _scenes(found.scenes)
    for name, spans in (
        ("silence", found.silence),
        ("black", found.black),
        ("still", found.freeze),
    ):
        if spans is not None:
            yield from _spans(name, spans)
    if found.loudness is not None:
        yield f"loudness   {', '.join(_loudness(found.loudness))}"
    if found.keyframes is not None:
        yield f"key frames {', '.join(_keyframes(found.keyframes))}"
    if found.motion is not None:
        yield f"motion     {_motion(found.motion)}"
    if found.interlace is not None:
        yield f"interlace  {_interlace(found.interlace)}"
    if found.crop is not None:
        yield f"crop       {_crop(found.crop)}"
    if found.quality is not None:
        yield from _quality(found.quality)


def _scenes(scenes: Sequence[Scene]) -> Iterator[str]:
    yield f"scenes     {len(scenes)}"
    for number, scene in enumerate(scenes[:_SHOWN], start=1):
        change = "" if scene.score is None else f", change {scene.score:.1f}"
        times = f"{show_time(scene.start)} to {show_time(scene.end)}"
        yield f"  {number:>3}  {times}{change}"
    yield from _more(scenes)


def _spans(name: str, spans: Sequence[Span]) -> Iterator[str]:
    yield f"{name:<10} {len(spans) or 'none'}"
    for span in spans[:_SHOWN]:
        length = show_time(span.end - span.start)
        yield f"       {show_time(span.start)} to {show_time(span.end)} ({length})"
    yield from _more(spans)


def _more(parts: Sequence[object]) -> Iterator[str]:
    if len(parts) > _SHOWN:
        yield f"       and {len(parts) - _SHOWN} more; see --json"


def _loudness(sound: Loudness) -> Iterator[str]:
    if sound.integrated is None:
        yield "silent, or too short to be measured"
    else:
        yield f"{sound.integrated:.1f} LUFS"
        yield f"range {sound.range:.1f} LU"
    if sound.true_peak is not None:
        yield f"true peak {sound.true_peak:.1f} dBTP"
    if sound.max_momentary is not None:
        yield f"loudest moment {sound.max_momentary:.1f} LUFS"


def _keyframes(keys: Keyframes) -> Iterator[str]:
    yield str(len(keys.times))
    if keys.mean_seconds is not None:
        yield f"{show_number(keys.mean_seconds)} s apart"
    yield f"at most {show_time(keys.longest)}"


def _motion(motion: Motion) -> str:
    return f"mean {motion.mean:.2f} %, busiest second {motion.highest:.2f} %"


def _interlace(found: Interlace) -> str:
    return (
        f"{found.verdict} (says of itself: {found.declared}; frames: "
        f"{found.progressive} progressive, {found.top_first} tff, "
        f"{found.bottom_first} bff, {found.undetermined} undetermined, "
        f"{found.repeated_fields} with a repeated field)"
    )


def _crop(crop: Crop) -> str:
    borders = "" if crop.has_borders else ", no borders"
    return f"{crop.width}x{crop.height} at {crop.x},{crop.y}{borders}"


def _quality(found: Quality) -> Iterator[str]:
    size = f"{found.width}x{found.height}"
    yield f"quality    {found.frames} frames compared at {size} ({found.model})"
    for name, score in (
        ("VMAF", found.vmaf),
        ("SSIM", found.ssim),
        ("PSNR", found.psnr),
    ):
        yield f"       {name} {_score(score)}"


def _score(score: Score) -> str:
    if score.mean is None:
        return "infinite: no pixel differs"
    low = "infinite" if score.lowest is None else f"{score.lowest:.4g}"
    return f"{score.mean:.4g}, worst {low} at {show_time(score.worst)}"
