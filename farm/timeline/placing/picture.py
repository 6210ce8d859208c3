"""The picture of a video track: shots, and the changes between them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.timeline.clip import Animation, FileMedia
from farm.timeline.composition import Change, FilmSource, Layer, Look, MovingTitle, Shot
from farm.timeline.placing.source import OVERRUN_SECONDS
from farm.timeline.placing.templates import scene_of
from farm.timeline.template import TemplateMedia
from farm.timeline.time import show_time
from farm.timeline.title import TitleMedia

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.timeline.clip import Clip
    from farm.timeline.composition import Source
    from farm.timeline.placing.clips import PlacedClip
    from farm.timeline.placing.cuts import Cut
    from farm.timeline.placing.stage import Stage


def build_layer(
    stage: Stage, clips: Sequence[PlacedClip], cuts: Sequence[Cut]
) -> Layer:
    """Turn the clips of a track that have a picture into shots."""
    seen = [number for number, placed in enumerate(clips) if placed.is_seen]
    number_of = {number: at for at, number in enumerate(seen)}
    shots = [_build_shot(stage, clips[number]) for number in seen]
    changes = _lay_changes(stage, shots, cuts, number_of)
    changes += _lay_fades(stage, shots, [clips[number] for number in seen])
    for shot, number in zip(shots, seen, strict=True):
        _warn_of_handles(stage, shot, clips[number].path)
    changes.sort(key=lambda change: change.start)
    return Layer(shots=tuple(shots), changes=tuple(changes))


def _build_shot(stage: Stage, placed: PlacedClip) -> Shot:
    clip, start, speed = placed.clip, placed.source_start, placed.clip.speed
    if clip.freeze is not None and placed.facts is not None:
        start, speed = placed.facts.start + clip.freeze, Fraction(0)
    elif clip.reverse:
        last = (placed.end - placed.start - 1) / stage.timeline.rate * clip.speed
        start, speed = start + last, -clip.speed
    return Shot(
        label=clip.label,
        source=_source(placed, stage.timeline.rate),
        start=placed.start,
        end=placed.end,
        shown_start=placed.start,
        shown_end=placed.end,
        source_start=start,
        speed=speed,
        ramp=clip.ramp or (),
        look=Look(
            fit=clip.fit,
            transform=clip.transform,
            crop=clip.crop,
            opacity=clip.opacity,
            effects=clip.effects,
            cell=placed.cell,
            animation=_seen_motion(clip),
        ),
        edge=placed.start,
    )


def _seen_motion(clip: Clip) -> Animation | None:
    """Return what of a clip's motion can be seen."""
    motion = clip.animation.model_copy(update={"volume": None})
    return None if motion == Animation() else motion


def _source(placed: PlacedClip, rate: Fraction) -> Source:
    media = placed.clip.media
    if isinstance(media, TitleMedia) and media.animations:
        return MovingTitle(title=media, frames=placed.end - placed.start)
    if isinstance(media, TemplateMedia):
        return scene_of(media, placed.end - placed.start, rate)
    if not isinstance(media, FileMedia):
        return media
    assert placed.facts is not None  # noqa: S101  # a file has facts
    assert placed.video is not None  # noqa: S101  # only what is seen becomes a shot
    return FilmSource(
        path=media.path,
        container=placed.facts.container,
        container_start=placed.facts.start,
        video=placed.video,
        content=placed.facts.content,
    )


def _lay_changes(
    stage: Stage, shots: list[Shot], cuts: Sequence[Cut], number_of: dict[int, int]
) -> list[Change]:
    """Turn transitions into changes, during which the shots are not shown alone."""
    changes = []
    for cut in cuts:
        before = None if cut.before is None else number_of.get(cut.before)
        after = None if cut.after is None else number_of.get(cut.after)
        if before is None and after is None:
            continue
        changes.append(
            Change(
                kind=cut.kind, start=cut.start, end=cut.end, before=before, after=after
            )
        )
        if before is not None:
            shots[before] = replace(shots[before], end=cut.start, shown_end=cut.end)
        if after is not None:
            moved = _start_at(stage, shots[after], cut.end)
            shots[after] = replace(moved, shown_start=cut.start)
    return changes


def _lay_fades(
    stage: Stage, shots: list[Shot], clips: Sequence[PlacedClip]
) -> list[Change]:
    """Turn fades of the picture into changes from and to nothing."""
    changes = []
    for at, placed in enumerate(clips):
        shot, clip = shots[at], placed.clip
        fade_in, fade_out = clip.video_fade_in, clip.video_fade_out
        if fade_in and shot.shown_start < shot.start:
            _warn_of_unused(stage, placed, "video_fade_in", "into")
            fade_in = Fraction(0)
        if fade_out and shot.shown_end > shot.end:
            _warn_of_unused(stage, placed, "video_fade_out", "out of")
            fade_out = Fraction(0)
        inward, outward = stage.frames(fade_in), stage.frames(fade_out)
        if inward + outward > max(0, shot.end - shot.start):
            _refuse_fades(stage, placed, shot, fade_in + fade_out)
            continue
        start, end = shot.start + inward, shot.end - outward
        if inward:
            changes.append(_fade(shot.start, start, before=None, after=at))
        if outward:
            changes.append(_fade(end, shot.end, before=at, after=None))
        shots[at] = replace(_start_at(stage, shot, start), end=end)
    return changes


def _fade(start: int, end: int, *, before: int | None, after: int | None) -> Change:
    return Change(kind="dissolve", start=start, end=end, before=before, after=after)


def _warn_of_unused(stage: Stage, placed: PlacedClip, field: str, way: str) -> None:
    message = (
        f"{placed.clip.label} does not use its {field}: a transition leads {way} it"
    )
    stage.warn(placed.path, message)


def _refuse_fades(
    stage: Stage, placed: PlacedClip, shot: Shot, seconds: Fraction
) -> None:
    alone = show_time(max(0, shot.end - shot.start) / stage.timeline.rate)
    message = (
        f"fades its picture for {show_time(seconds)}, but is shown by itself for "
        f"{alone} only; shorten video_fade_in and video_fade_out"
    )
    stage.refuse_clip(placed.path, placed.clip, message)


def _start_at(stage: Stage, shot: Shot, frame: int) -> Shot:
    """Return a shot that is shown alone from another frame on."""
    time = shot.time_at(frame, stage.timeline.rate)
    return replace(shot, start=frame, source_start=time)


def _warn_of_handles(stage: Stage, shot: Shot, path: str) -> None:
    """Say where a clip is shown at times for which its source has no frames."""
    source = shot.source
    if not isinstance(source, FilmSource) or source.video.is_image:
        return
    rate, video = stage.timeline.rate, source.video
    first, last = sorted(
        shot.time_at(frame, rate) for frame in (shot.shown_start, shot.shown_end)
    )
    slack = 2 * video.longest_frame + OVERRUN_SECONDS
    if first < video.start - slack:
        lacking = show_time((video.start - first) / (abs(shot.speed) or 1))
        stage.warn(
            path,
            f"{shot.label} has no picture for the first {lacking} that it is shown: "
            "its first frame is held",
        )
    if last > video.end + slack:
        there = show_time(video.end - source.container_start)
        stage.warn(
            path,
            f"{shot.label} has no picture after {there} of its source: its last frame "
            "is held",
        )
