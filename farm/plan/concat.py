"""Plan a join of whole files: by stream copy where they fit, else by a render."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from farm.errors import InvalidJob, InvalidOption
from farm.jobs.records import INSTEAD, OUTPUT_TASK, NewTask
from farm.jobs.status import Queue, TaskKind
from farm.plan.concat_sound import (
    check_sounds,
    copy_sound_task,
    is_sound,
    plan_sound_join,
    why_no_sound_copied,
)
from farm.plan.job import Identity, JobPlan, Planned, Spec
from farm.plan.render import RENDER, plan_render
from farm.plan.render_spec import RenderSpec
from farm.presets.sound import SOUNDS
from farm.timeline.timeline import Timeline
from farm.timeline.whole import say_truncated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import JsonValue

    from farm.settings import Settings
    from farm.timeline.media import AudioFacts, MediaFacts, VideoFacts

#: Codecs that players expect in a container.
_CODECS = {
    ".mp4": {"h264", "hevc", "av1", "mpeg4", "aac", "mp3", "ac3", "eac3", "alac"},
    ".mov": {"h264", "hevc", "prores", "mjpeg", "aac", "alac", "pcm_s16le"},
    ".webm": {"vp8", "vp9", "av1", "vorbis", "opus"},
}
_ANY_CODEC = ".mkv"
#: Containers of which each packet has times that can be kept.
_TIMED_CONTAINERS = {"mp4", "matroska"}
_SAME_PICTURE = {
    "codec": "codec", "profile": "profile", "width": "width", "height": "height",
    "pix_fmt": "pixel format", "sample_aspect": "pixel shape", "rotation": "rotation",
    "flipped": "mirroring", "rate": "frame rate", "interlaced": "scanning",
    "color_range": "colour range", "color_space": "colours",
    "color_primaries": "colours", "color_transfer": "colours",
    "light": "light",
}  # fmt: skip
_SAME_SOUND = {
    "codec": "sound codec", "sample_rate": "sample rate", "channels": "channels",
    "layout": "channels",
}  # fmt: skip
#: Streams that begin or end further apart would drift, or leave a hole.
_TOGETHER_SECONDS = Fraction(1, 10)
_STILL_SECONDS = 5
#: Of the names of tasks that render what was copied in vain.
_PREFIX = "rendered-"
_INSTEAD = f"{_PREFIX}{OUTPUT_TASK}"


class ConcatSpec(Spec):
    """Files, one after the other."""

    media: tuple[str, ...] = Field(min_length=1, max_length=10_000)
    output: str
    copied: Literal["auto", "off"] = "auto"
    preset: str | None = None


def _render_spec(spec: ConcatSpec, timeline: Timeline) -> RenderSpec:
    return RenderSpec(timeline=timeline, output=spec.output, preset=spec.preset)


def _check(spec: ConcatSpec, settings: Settings) -> None:
    """Refuse what can be seen to be wrong before the media are read."""
    if not is_sound(spec.output):
        RENDER.check(_render_spec(spec, Timeline()), settings)
    elif spec.preset is not None:
        message = f"presets are of films; a {Path(spec.output).suffix} file has none"
        raise InvalidOption(message)


def _plan(
    spec: ConcatSpec, facts: Mapping[str, MediaFacts], settings: Settings
) -> Planned:
    """Return the task that copies, or those of a render, and why."""
    files = [facts[path] for path in spec.media]
    for each in files:
        if each.truncated:
            raise InvalidJob(f"{say_truncated(each)}: replace it by a whole file")
    suffix = Path(spec.output).suffix.lower()
    if is_sound(spec.output):
        check_sounds(files, suffix)
    why = (
        "a preset was asked for"
        if spec.preset
        else "that was asked for"
        if spec.copied == "off"
        else why_no_sound_copied(files, suffix)
        if is_sound(spec.output)
        else why_not_copied(files, suffix)
    )
    if why is not None:
        return _render(spec, files, settings, why=why)
    task = copy_sound_task if is_sound(spec.output) else _copy_task
    return Planned(tasks=(task(files, suffix, instead=_INSTEAD),), is_all=False)


def _plan_again(
    spec: ConcatSpec,
    facts: Mapping[str, MediaFacts],
    result: JsonValue,
    settings: Settings,
) -> Planned:
    """Return nothing where the copy is right, else the tasks of a render."""
    if not (isinstance(result, dict) and INSTEAD in result):
        return Planned(tasks=())
    files = [facts[path] for path in spec.media]
    why = f"a copy was tried, and {result['why']}"
    return _render(spec, files, settings, why=why, prefix=_PREFIX)


def _render(
    spec: ConcatSpec,
    files: Sequence[MediaFacts],
    settings: Settings,
    *,
    why: str,
    prefix: str = "",
) -> Planned:
    said = f"the files were rendered, not copied: {why}"
    if is_sound(spec.output):
        planned = plan_sound_join(files, spec.output, prefix=prefix)
    else:
        facts = {each.path: each for each in files}
        render = _render_spec(spec, _timeline(files))
        planned = plan_render(render, facts, settings, prefix=prefix)
    return Planned(tasks=planned.tasks, warnings=(said, *planned.warnings))


def why_not_copied(files: Sequence[MediaFacts], suffix: str) -> str | None:
    """Return why the streams of files cannot be joined as they are; else ``None``."""
    first = files[0]
    for each in files:
        if why := _alone(each, suffix) or _differs(first, each):
            return why
    return None


def _alone(each: MediaFacts, suffix: str) -> str | None:
    """Return what of one file keeps it from being copied."""
    name, film = Path(each.path).name, _film(each)
    if film is None or film.is_image or not film.frames:
        return f"{name} is no film"
    if not _TIMED_CONTAINERS & {*each.container.split(",")}:
        return f"the container of {name} keeps no exact times"
    if each.truncated or each.unreadable or film.variable_rate:
        how = "has a variable frame rate" if film.variable_rate else "is not whole"
        return f"{name} {how}"
    if sum(not v.is_cover for v in each.video) > 1 or len(each.audio) > 1:
        return f"{name} has several streams of a kind"
    if each.subtitles:
        return f"{name} has subtitles"
    return _does_not_belong([film, *each.audio], suffix, name=name)


def _does_not_belong(
    streams: Sequence[VideoFacts | AudioFacts], suffix: str, *, name: str
) -> str | None:
    """Return which stream players would not take from the output, or not in step."""
    film = streams[0]
    for stream in streams:
        if suffix != _ANY_CODEC and stream.codec not in _CODECS.get(suffix, ()):
            return f"{stream.codec} of {name} does not belong into {suffix}"
        if (
            abs(stream.start - film.start) > _TOGETHER_SECONDS
            or abs(stream.end - film.end) > _TOGETHER_SECONDS
        ):
            return f"picture and sound of {name} do not begin and end together"
    return None


def _differs(first: MediaFacts, other: MediaFacts) -> str | None:
    """Return what of a file is not as it is of the first; both are films."""
    names = f"{Path(other.path).name} and {Path(first.path).name}"
    pairs: list[tuple[Any, Any, dict[str, str]]] = [
        (_film(first), _film(other), _SAME_PICTURE)
    ]
    if len(first.audio) != len(other.audio):
        return f"of {names} only one has sound"
    pairs += [
        (one, two, _SAME_SOUND)
        for one, two in zip(first.audio, other.audio, strict=True)
    ]
    for one, two, fields in pairs:
        for field, what in fields.items():
            mine, theirs = getattr(two, field), getattr(one, field)
            if field == "light" and mine != theirs:
                return f"{names} differ in what they tell of their {what}"
            if mine != theirs:
                return f"{names} differ in their {what} ({mine}, {theirs})"
        if dict(first.setups).get(one.index) != dict(other.setups).get(two.index):
            return f"{names} were encoded with other settings"
    return None


def _film(facts: MediaFacts) -> VideoFacts | None:
    return next((each for each in facts.video if not each.is_cover), None)


def _copy_task(files: Sequence[MediaFacts], suffix: str, *, instead: str) -> NewTask:
    films = [film for each in files if (film := _film(each)) is not None]
    frames = sum(film.frames or 0 for film in films)
    return NewTask(
        name=OUTPUT_TASK,
        kind=TaskKind.COPY,
        queue=Queue.CPU_BATCH,
        payload={
            "pieces": [
                {"path": each.path, "seconds": str(film.frames / film.rate)}
                for each, film in zip(files, films, strict=True)
                if film.frames
            ],
            "suffix": suffix,
            "rate": str(films[0].rate),
            "frames": frames,
            "samples": sum(_samples(sound) for each in files for sound in each.audio),
            "instead": instead,
        },
        frames=max(1, frames // 50),
    )


def _samples(sound: AudioFacts) -> int:
    return round((sound.end - sound.start) * sound.sample_rate)


def _timeline(files: Sequence[MediaFacts]) -> Timeline:
    """Return a timeline of the files, in the size and rate of the first film."""
    films = [film for each in files if (film := _film(each)) is not None]
    if not films:
        raise InvalidJob(
            "none of the files holds a picture; of sound alone, name the output "
            f"*{', *'.join(SOUNDS)}"
        )
    film = next((each for each in films if not each.is_image), films[0])
    sounds = [sound for each in files for sound in each.audio]
    width, height = round(film.width * film.sample_aspect), film.height
    if film.rotation in {90, 270}:
        width, height = height, width
    sizes = {"width": max(2, width // 2 * 2), "height": max(2, height // 2 * 2)}
    rates = {"sample_rate": sounds[0].sample_rate} if sounds else {}
    return Timeline.model_validate(
        {
            "rate": film.rate or 25,
            **sizes,
            **rates,
            "tracks": [{"kind": "video", "items": [_clip(each) for each in files]}],
        }
    )


def _clip(facts: MediaFacts) -> dict[str, Any]:
    film = _film(facts)
    clip = {"type": "clip", "media": {"type": "file", "path": facts.path}}
    is_still = film is not None and film.is_image and not facts.audio
    return {**clip, "duration": _STILL_SECONDS} if is_still else clip


CONCAT = JobPlan(
    spec=ConcatSpec,
    sources=lambda spec: spec.media,
    check=_check,
    plan=_plan,
    again=_plan_again,
    identity=lambda _spec: Identity.STAMP,
)
