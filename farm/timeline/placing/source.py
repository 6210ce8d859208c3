"""What a clip takes of its file: streams and range, checked against the facts."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from farm.timeline.clip import FileMedia
from farm.timeline.ramp import passed_time
from farm.timeline.time import show_time

if TYPE_CHECKING:
    from farm.timeline.clip import Clip
    from farm.timeline.media import AudioFacts, MediaFacts, VideoFacts
    from farm.timeline.placing.stage import Stage
    from farm.timeline.timeline import Track

#: A source range may reach this far past the last frame, which is then held:
#: editors round to their own frames.
OVERRUN_SECONDS = Fraction(1, 10)
_LEAST_PIXELS = 2


def choose_streams(
    stage: Stage, clip: Clip, track: Track, path: str
) -> tuple[VideoFacts | None, AudioFacts | None]:
    """Return the picture and the sound that a clip plays on its track."""
    assert isinstance(clip.media, FileMedia)  # noqa: S101  # the caller looked
    facts = stage.facts[clip.media.path]
    films = [video for video in facts.video if not video.is_cover]
    wants_video = track.kind == "video"
    video = audio = None
    chosen = clip.media.video_stream or 0
    if wants_video and chosen < len(films):
        video = films[chosen]
    elif wants_video and (films or clip.media.video_stream is not None):
        stage.refuse_clip(path, clip, f"has no picture stream {chosen}")
    chosen = clip.media.audio_stream or 0
    if chosen < len(facts.audio):
        audio = facts.audio[chosen]
    elif clip.media.audio_stream is not None:
        stage.refuse_clip(path, clip, f"has no sound stream {chosen}")
    for lost in facts.unreadable:
        stage.warn(path, f"{clip.label}: its {lost} cannot be decoded")
    if not wants_video and audio is None:
        stage.refuse_clip(path, clip, "has no sound for an audio track")
    elif wants_video and not films and audio is not None:
        stage.warn(path, f"{clip.label} has sound only")
    elif wants_video and not films and not facts.audio:
        stage.refuse_clip(path, clip, "has neither picture nor sound")
    return video, audio


def check_crop(stage: Stage, clip: Clip, video: VideoFacts, path: str) -> None:
    """Refuse to crop away the whole picture."""
    width, height = video.width, video.height
    if video.rotation % 180:
        width, height = height, width
    crop = clip.crop
    left_over = width - crop.left - crop.right, height - crop.top - crop.bottom
    if min(left_over) < min(_LEAST_PIXELS, width, height):
        stage.refuse_clip(
            f"{path}.crop",
            clip,
            f"has {width}x{height} pixels, of which its crop leaves nothing",
        )


def check_range(
    stage: Stage,
    clip: Clip,
    path: str,
    *,
    facts: MediaFacts,
    video: VideoFacts | None,
    audio: AudioFacts | None,
) -> None:
    """Refuse what the file of a film or a sound does not have."""
    wanted = clip.source_range
    start = wanted.start if wanted else Fraction(0)
    if clip.freeze is not None:
        _check_end(stage, clip, path, clip.freeze, clip.freeze, facts, video, audio)
        return
    if clip.ramp is not None and clip.duration is not None:
        end = start + passed_time(clip.ramp, clip.duration)
        _check_end(stage, clip, path, start, end, facts, video, audio)
        return
    if clip.duration is not None:
        length, field = clip.duration * clip.speed, "duration"
        if wanted and _differs(stage, clip.duration, wanted.duration / clip.speed):
            stage.refuse_clip(
                f"{path}.duration",
                clip,
                f"lasts {show_time(clip.duration)} by its duration, but "
                f"{show_time(wanted.duration / clip.speed)} by its source_range and "
                "speed: give one of them",
            )
            return
    elif wanted:
        length, field = wanted.duration, "source_range"
    else:
        _check_whole(stage, clip, path, facts)
        return
    _check_end(stage, clip, path, start, start + length, facts, video, audio, field)


def _check_end(  # noqa: PLR0913, PLR0917  # all that it depends on
    stage: Stage,
    clip: Clip,
    path: str,
    start: Fraction,
    end: Fraction,
    facts: MediaFacts,
    video: VideoFacts | None,
    audio: AudioFacts | None,
    field: str = "duration",
) -> None:
    """Refuse times that lie after the end of a file."""
    slack = max(OVERRUN_SECONDS, 2 * video.longest_frame if video else Fraction(0))
    ends = [stream.end for stream in (video, audio) if stream is not None]
    media_end = ends[0] if facts.truncated else max(ends)
    if facts.start + end <= media_end + slack:
        return
    why = " (the file is truncated: its header promises more)" * facts.truncated
    stage.refuse_clip(
        path,
        clip,
        f"wants {show_time(start)} to {show_time(end)} of its source, which "
        f"has only {show_time(media_end - facts.start)}{why}; shorten the {field}",
    )


def _differs(stage: Stage, one: Fraction, other: Fraction) -> bool:
    """Whether two lengths differ by half a frame of the timeline or more."""
    return abs(one - other) * 2 * stage.timeline.rate >= 1


def _check_whole(stage: Stage, clip: Clip, path: str, facts: MediaFacts) -> None:
    """Refuse to take a truncated file for a whole one."""
    if not facts.truncated:
        return
    there = show_time(facts.duration)
    promised = (
        f" of {show_time(facts.claimed_duration)}" if facts.claimed_duration else ""
    )
    stage.refuse_clip(
        path,
        clip,
        f"is all of a truncated file, of which {there}{promised} are there: replace "
        "the file by a whole one, or say which part to use with a source_range",
    )
