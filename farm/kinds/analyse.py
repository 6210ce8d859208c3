"""Measure a media file."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from farm.ffmpeg import measured, measured_quality, measured_sound
from farm.ffmpeg.analyse import (
    Sources,
    build_analyse_command,
    film_of,
    upright_size,
    vmaf_model,
)
from farm.ffmpeg.box import Box
from farm.ffmpeg.printed import Clock
from farm.ffmpeg.probe import report_media
from farm.kinds.payload import AnalysePayload
from farm.kinds.reuse import Made, make_or_reuse
from farm.timeline.analysis import Analysis, Measure

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext
    from farm.timeline.analysis import Keyframes
    from farm.timeline.media import VideoFacts

_ANALYSIS = TypeAdapter(Analysis)


def analyse(context: TaskContext) -> JsonValue:
    """Measure all that is asked for, and keep what was found as a JSON file."""
    payload = AnalysePayload.model_validate(context.payload)
    sources = _choose_streams(payload)

    def make() -> Made:
        plain = _ANALYSIS.dump_python(_measure(context, payload, sources), mode="json")
        target = context.scratch / "analysis.json"
        text = json.dumps(plain, indent=2, ensure_ascii=False)
        target.write_text(f"{text}\n", encoding="utf-8")
        return Made(path=target, facts={"facts": plain})

    assert isinstance(context.payload, dict)  # noqa: S101  # written by the plan
    description = {
        name: each for name, each in context.payload.items() if name != "threads"
    }
    made = make_or_reuse(context, description, make, sources=sources.paths)
    facts = made["facts"]
    if isinstance(facts, dict):  # it may have been made of another name of the file
        names = {"path": sources.path, "reference": sources.reference_path}
        made["facts"] = {**facts, **names}
    return made


def _choose_streams(payload: AnalysePayload) -> Sources:
    reference = payload.reference
    return Sources(
        path=payload.source.path,
        video=film_of(payload.source),
        audio=next(iter(payload.source.audio), None),
        reference_path=reference.path if reference else None,
        reference=film_of(reference) if reference else None,
    )


def _measure(
    context: TaskContext, payload: AnalysePayload, sources: Sources
) -> Analysis:
    """Run FFmpeg once over the streams that are needed, and read what it noted."""
    command = build_analyse_command(
        sources,
        payload.what,
        thresholds=payload.thresholds,
        seconds=float(payload.source.duration),
        threads=payload.threads,
    )
    if command is not None:
        context.run(command)
    found = Analysis(
        path=payload.source.path,
        reference=payload.reference.path if payload.reference else None,
        duration=payload.source.duration,
        thresholds=payload.thresholds,
    )
    if sources.video is not None:
        found = replace(found, **_pictures(context, payload, sources.video))
        found = replace(found, **_likeness(context.scratch, payload, sources))
    return replace(found, **_sounds(context.scratch, payload, sources))


def _pictures(
    context: TaskContext, payload: AnalysePayload, video: VideoFacts
) -> dict[str, Any]:
    folder, what, limits = context.scratch, set(payload.what), payload.thresholds
    source = payload.source
    clock = Clock(tick=video.tick, start=source.start)
    start, end = video.start - source.start, video.end - source.start
    found: dict[str, Any] = {}
    if Measure.SCENES in what:
        found["scenes"] = measured.read_scenes(
            folder, clock, threshold=limits.scene_score, start=start, end=end
        )
    if Measure.MOTION in what:
        found["motion"] = measured.read_motion(
            folder, clock, threshold=limits.scene_score
        )
    for measure, name, shortest in (
        (Measure.BLACK, "black", limits.black_seconds),
        (Measure.FREEZE, "freeze", limits.freeze_seconds),
    ):
        if measure in what:
            found[name] = measured.read_spans(
                folder, name, clock, end=end, shortest=shortest
            )
    if Measure.INTERLACE in what:
        found["interlace"] = measured.read_interlace(folder, video)
    if Measure.CROP in what:
        width, height = upright_size(video)
        found["crop"] = measured.read_crop(folder, width=width, height=height)
    if Measure.KEYFRAMES in what:
        found["keyframes"] = _keyframes(payload, video, Box.of(context.settings))
    return found


def _keyframes(payload: AnalysePayload, video: VideoFacts, box: Box) -> Keyframes:
    report = report_media(Path(payload.source.path), with_keyframes=True, box=box)
    times = next(each.keyframes for each in report.video if each.index == video.index)
    return measured.build_keyframes(
        [time - payload.source.start for time in times or ()],
        longest=video.key_distance,
    )


def _likeness(
    folder: Path, payload: AnalysePayload, sources: Sources
) -> dict[str, Any]:
    video, reference = sources.video, sources.reference
    if Measure.QUALITY not in payload.what or video is None or reference is None:
        return {}
    return {
        "quality": measured_quality.read_quality(
            folder,
            model=vmaf_model(reference),
            size=upright_size(reference),
            rate=video.rate,
            bits=max(video.bit_depth, reference.bit_depth),
        )
    }


def _sounds(folder: Path, payload: AnalysePayload, sources: Sources) -> dict[str, Any]:
    what, audio, source = set(payload.what), sources.audio, payload.source
    if audio is None:
        return {}
    found: dict[str, Any] = {}
    if Measure.SILENCE in what:
        found["silence"] = measured.read_spans(
            folder,
            "silence",
            Clock(tick=Fraction(1, audio.sample_rate), start=source.start),
            end=audio.end - source.start,
            shortest=payload.thresholds.silence_seconds,
        )
    if Measure.LOUDNESS in what:
        found["loudness"] = measured_sound.read_loudness(folder, stream=audio.index)
    return found
