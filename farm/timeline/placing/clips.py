"""Place the clips of a track on frames, and check them against their media."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from farm.timeline.cell import place_cell
from farm.timeline.check import lay_out, written_duration
from farm.timeline.clip import Clip, Crop, FileMedia, Transform
from farm.timeline.placing.source import check_crop, check_range, choose_streams

if TYPE_CHECKING:
    from farm.timeline.cell import PlacedCell
    from farm.timeline.media import AudioFacts, MediaFacts, VideoFacts
    from farm.timeline.placing.stage import Stage
    from farm.timeline.timeline import Track


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedClip:
    """A clip with its frames, before transitions are laid over the cuts."""

    clip: Clip
    path: str
    start: int
    end: int
    cell: PlacedCell | None = None
    facts: MediaFacts | None = None
    """``None``: of a colour or a title."""
    video: VideoFacts | None = None
    audio: AudioFacts | None = None
    source_start: Fraction = Fraction(0)
    """Time on the file's own clock that is seen at `start`."""

    @property
    def is_seen(self) -> bool:
        """Whether it has a picture on this track."""
        return self.facts is None or self.video is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedItems:
    """Clips and gaps of a track with their frames."""

    clips: tuple[PlacedClip, ...]
    """What can be seen or heard, in order."""
    numbers: dict[int, int]
    """Number of an item in the track → its number in `clips`."""
    edges: dict[int, tuple[int, int]]
    """Number of a clip or gap → the frames it covers."""

    @property
    def end(self) -> int:
        """Frame at which the last item ends."""
        return max((end for _, end in self.edges.values()), default=0)


def place_items(stage: Stage, track: Track, path: str) -> PlacedItems:
    """Give every clip and gap of a track its frames."""
    clips: list[PlacedClip] = []
    numbers: dict[int, int] = {}
    edges: dict[int, tuple[int, int]] = {}
    laid_items = lay_out(
        track, path, stage.timeline.rate, lambda clip: _duration(stage, clip)
    )
    for laid in laid_items:
        if laid.problem:
            stage.problems.append(laid.problem)
        item, number = track.items[laid.number], laid.number
        place = f"{path}.items[{number}]"
        if laid.start is None:
            continue
        if laid.end is None:
            assert isinstance(item, Clip)  # noqa: S101  # a gap has a length
            stage.refuse_clip(place, item, "is a still and needs a duration")
            continue
        edges[number] = stage.frames(laid.start), stage.frames(laid.end)
        if isinstance(item, Clip) and item.enabled:
            placed = _place_clip(stage, item, track, place, edges[number])
            if placed:
                numbers[number] = len(clips)
                clips.append(placed)
    return PlacedItems(clips=tuple(clips), numbers=numbers, edges=edges)


def _duration(stage: Stage, clip: Clip) -> Fraction | None:
    """Return the length of a clip on the timeline; `None` for a still without one."""
    written = written_duration(clip)
    if written is not None or not isinstance(clip.media, FileMedia):
        return written
    facts = stage.facts[clip.media.path]
    films = [video for video in facts.video if not video.is_cover]
    if facts.duration <= 0 or (films and films[0].is_image):
        return None
    return facts.duration / clip.speed


def _place_clip(
    stage: Stage, clip: Clip, track: Track, path: str, edges: tuple[int, int]
) -> PlacedClip | None:
    start, end = edges
    if end <= start:
        stage.refuse_clip(path, clip, "is shorter than one frame")
        return None
    cell = _place_cell(stage, clip, path)
    if not isinstance(clip.media, FileMedia):
        return PlacedClip(clip=clip, path=path, start=start, end=end, cell=cell)
    video, audio = choose_streams(stage, clip, track, path)
    if video is None and audio is None:
        return None
    facts = stage.facts[clip.media.path]
    skipped = clip.source_range.start if clip.source_range else Fraction(0)
    placed = PlacedClip(
        clip=clip, path=path, start=start, end=end, cell=cell, facts=facts,
        video=video, audio=audio, source_start=facts.start + skipped,
    )  # fmt: skip
    if video is not None:
        check_crop(stage, clip, video, path)
    if video is None or not video.is_image:
        check_range(stage, clip, path, facts=facts, video=video, audio=audio)
    if track.kind == "audio":
        _warn_of_unseen(stage, placed)
    return placed


def _place_cell(stage: Stage, clip: Clip, path: str) -> PlacedCell | None:
    if clip.cell is None:
        return None
    try:
        return place_cell(clip.cell, stage.timeline.width, stage.timeline.height)
    except ValueError as error:
        stage.refuse_clip(f"{path}.cell", clip, f"cannot be shown: {error}")
        return None


def _warn_of_unseen(stage: Stage, placed: PlacedClip) -> None:
    """Say what of a clip on an audio track asks for a picture."""
    clip = placed.clip
    asked = {
        "effects": clip.effects != (),
        "transform": clip.transform != Transform(),
        "cell": clip.cell is not None,
        "crop": clip.crop != Crop(),
        "opacity": clip.opacity != 1,
        "video_fade_in": clip.video_fade_in > 0,
        "video_fade_out": clip.video_fade_out > 0,
    }
    unseen = [name for name, is_asked in asked.items() if is_asked]
    if unseen:
        stage.warn(
            placed.path,
            f"{clip.label} lies on an audio track, where its {', '.join(unseen)} "
            "cannot be seen",
        )
