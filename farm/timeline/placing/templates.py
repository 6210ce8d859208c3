"""Style templates on clips: a scene of what is drawn, and layers of what is filmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.timeline.clip import Animation, Clip, Crop, FileMedia, SourceRange, Transform
from farm.timeline.composition import Scene
from farm.timeline.element_motion import find_state
from farm.timeline.keyframe import Keyframe
from farm.timeline.template import TemplateMedia
from farm.timeline.timeline import Track
from farm.timeline.whole import shown_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from farm.timeline.element import Element, ElementAnimation
    from farm.timeline.placing.clips import PlacedClip
    from farm.timeline.placing.stage import Stage

_MOST_KEYS = 10_000
_FIELDS = ("transform", "cell", "opacity", "effects", "animation")
_FADES = ("video_fade_in", "video_fade_out")


def scene_of(media: TemplateMedia, frames: int, rate: Fraction) -> Scene:
    """Return what is drawn of a template, up to its first image or film.

    Args:
        media: the template.
        frames: that it is shown.
        rate: frames a second.
    """
    groups = [*_groups(media, frames / rate)]
    drawn = groups[0] if groups and not groups[0][0].is_picture else []
    return Scene(elements=tuple(drawn), background=media.ground, frames=frames)


def layers_above(
    stage: Stage, clips: Sequence[PlacedClip]
) -> Iterator[tuple[str, Track]]:
    """Yield tracks for the images and films of templates, and for what is above."""
    rate = stage.timeline.rate
    for placed in clips:
        media = placed.clip.media
        if not isinstance(media, TemplateMedia) or not media.paths():
            continue
        _warn(stage, placed)
        length = (placed.end - placed.start) / rate
        groups = [*_groups(media, length)]
        for group in groups if groups[0][0].is_picture else groups[1:]:
            if group[0].is_picture:
                clip = _picture(stage, placed, group[0])
            else:
                own = TemplateMedia(elements=tuple(group), length=length)
                clip = Clip(media=own, start=placed.start / rate, duration=length)
            yield placed.path, Track(kind="video", items=(clip,))


def _groups(media: TemplateMedia, length: Fraction) -> Iterator[list[Element]]:
    """Yield elements that are drawn together, and each image or film by itself."""
    group: list[Element] = []
    for element in media.shown_elements():
        timed = _timed(element, media.seconds_in(length), length)
        if timed.is_picture:
            if group:
                yield group
            yield [timed]
            group = []
        else:
            group.append(timed)
    if group:
        yield group


def _timed(element: Element, seconds: Fraction, length: Fraction) -> Element:
    """Return an element with the times of a clip of a length.

    What happens in the second half keeps its distance to the end, so that a longer clip
    holds the middle; in a shorter one all is faster.
    """
    end = seconds if element.end is None else min(element.end, seconds)
    if length >= seconds:
        half, more = seconds / 2, length - seconds
        start = element.start + (more if element.start > half else 0)
        return element.model_copy(
            update={"start": start, "end": end + (more if end > half else 0)}
        )
    part = length / seconds
    animations = tuple(_faster(each, part) for each in element.animations)
    return element.model_copy(
        update={
            "start": element.start * part,
            "end": end * part,
            "animations": animations,
        }
    )


def _faster(animation: ElementAnimation, part: Fraction) -> ElementAnimation:
    times = {"duration": animation.duration * part, "delay": animation.delay * part}
    return animation.model_copy(update=times)


def _warn(stage: Stage, placed: PlacedClip) -> None:
    clip = placed.clip
    usual = {name: Clip.model_fields[name].get_default() for name in _FIELDS}
    asked = [name for name in _FIELDS if getattr(clip, name) != usual[name]]
    asked += [name for name in _FADES if getattr(clip, name) > 0]
    if asked:
        stage.warn(
            placed.path,
            f"the images and films of {clip.label}, and what lies above them, do not "
            f"follow its {', '.join(asked)}",
        )


def _picture(stage: Stage, placed: PlacedClip, element: Element) -> Clip:
    """Return a clip of an image or a film in its box."""
    rate = stage.timeline.rate
    assert element.path is not None  # noqa: S101  # a picture has one
    assert element.end is not None  # noqa: S101  # it was timed
    first = placed.start + round(element.start * rate)
    end = min(placed.start + round(element.end * rate), placed.end)
    frames = max(1, end - first)
    length = frames / rate
    scale, crop = _fitted(stage, element)
    facts = stage.facts[element.path]
    films = [video for video in facts.video if not video.is_cover]
    is_film = bool(films) and not films[0].is_image
    center = element.x + element.width / 2, element.y + element.height / 2
    return Clip(
        name=element.name or element.path,
        media=FileMedia(path=element.path),
        start=first / rate,
        duration=None if is_film else length,
        source_range=SourceRange(duration=length) if is_film else None,
        fit="none",
        crop=crop,
        transform=Transform(
            x=center[0], y=center[1], scale=scale * element.scale,
            rotation=element.rotation,
        ),
        opacity=element.opacity,
        animation=_moved(element, frames, rate, scale, center),
    )  # fmt: skip


def _fitted(stage: Stage, element: Element) -> tuple[float, Crop]:
    """Return how many times as large a picture is shown, and what is cut off it."""
    assert element.path is not None  # noqa: S101  # a picture has one
    films = [v for v in stage.facts[element.path].video if not v.is_cover]
    if not films or element.fit == "none":
        return 1.0, Crop()
    width, height = shown_size(films[0])
    wide = element.width * stage.timeline.width
    high = element.height * stage.timeline.height
    across, along = wide / width, high / height
    if element.fit != "fill":
        return _within(min(across, along)), Crop()
    scale = _within(max(across, along))
    cut = (
        max(0, round((width - wide / scale) / 2)),
        max(0, round((height - high / scale) / 2)),
    )
    return scale, Crop(left=cut[0], right=cut[0], top=cut[1], bottom=cut[1])


def _within(scale: float) -> float:
    return min(max(scale, 0.001), 50.0)


def _moved(
    element: Element,
    frames: int,
    rate: Fraction,
    scale: float,
    center: tuple[float, float],
) -> Animation:
    """Return the motion of a picture, frame by frame."""
    if not element.animations:
        return Animation()
    values: dict[str, list[tuple[Fraction, float]]] = {}
    for at in range(frames):
        state = find_state(element, float(at / rate), float((frames - at) / rate))
        found = {
            "x": center[0] + state.dx,
            "y": center[1] + state.dy,
            "scale": max(0.001, scale * state.scale),
            "rotation": state.angle,
            "opacity": state.alpha * state.left * state.written,
        }
        for name, value in found.items():
            keys = values.setdefault(name, [])
            if not keys or keys[-1][1] != value:
                keys.append((at / rate, round(value, 5)))
    return Animation(
        **{
            name: tuple(
                Keyframe(time=time, value=value, easing="hold")
                for time, value in keys[:_MOST_KEYS]
            )
            for name, keys in values.items()
            if len(keys) > 1
        }
    )
