"""From a timeline and the facts of its media to a composition, in whole frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.errors import InvalidTimeline
from farm.timeline.composition import Composition
from farm.timeline.placing.clips import place_items
from farm.timeline.placing.cuts import place_cuts
from farm.timeline.placing.picture import build_layer
from farm.timeline.placing.scripts import script_layers
from farm.timeline.placing.sound import build_strip
from farm.timeline.placing.stage import Stage
from farm.timeline.placing.subtitles import burnt_tracks
from farm.timeline.placing.templates import layers_above
from farm.timeline.timecode import count_from_start

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from farm.timeline.composition import Layer, Strip
    from farm.timeline.media import MediaFacts
    from farm.timeline.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A composition, and what the user should know of it."""

    composition: Composition
    warnings: tuple[str, ...]


def place(timeline: Timeline, facts: Mapping[str, MediaFacts]) -> Placed:
    """Place every clip on the frames of the timeline.

    Args:
        timeline: with absolute media paths.
        facts: of every file that the timeline names, by path.

    Raises:
        InvalidTimeline: with all problems that the media show.
    """
    timeline = count_from_start(timeline, facts)
    stage = Stage(timeline=timeline, facts=facts)
    layers, strips, frames = [], [], 0
    for number, track in enumerate(timeline.tracks):
        if not track.enabled:
            continue
        path = f"tracks[{number}]"
        items = place_items(stage, track, path)
        cuts = place_cuts(stage, track, path, items)
        frames = max(frames, items.end)
        if track.kind == "video":
            layers.append(build_layer(stage, items.clips, cuts))
            for place, above in layers_above(stage, items.clips):
                laid = place_items(stage, above, place)
                layers.append(build_layer(stage, laid.clips, ()))
        if not track.muted:
            strips.append(build_strip(stage, track, items.clips, cuts))
    for path, track in burnt_tracks(stage, frames):
        items = place_items(stage, track, path)
        frames = max(frames, items.end)
        layers.append(build_layer(stage, items.clips, ()))
    for layer in script_layers(stage, frames):
        frames = max(frames, layer.shots[-1].end)
        layers.append(layer)
    if not stage.problems and frames == 0:
        stage.refuse("tracks", "every track is empty or switched off")
    if stage.problems:
        raise InvalidTimeline.of(stage.problems)
    return Placed(
        composition=_compose(timeline, layers, strips, frames),
        warnings=tuple(dict.fromkeys(stage.warnings)),
    )


def _compose(
    timeline: Timeline, layers: Sequence[Layer], strips: Sequence[Strip], frames: int
) -> Composition:
    sounding = tuple(strip for strip in strips if strip.sounds)
    has_sound_track = any(
        track.kind == "audio" and track.enabled for track in timeline.tracks
    )
    return Composition(
        rate=timeline.rate,
        width=timeline.width,
        height=timeline.height,
        sample_rate=timeline.sample_rate,
        channels=timeline.channels,
        background=timeline.background,
        frames=frames,
        layers=tuple(layer for layer in layers if layer.shots),
        strips=sounding,
        has_sound=bool(sounding) or has_sound_track,
        audio_effects=timeline.audio_effects,
    )
