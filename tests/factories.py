"""Records with defaults; a test states only what matters to it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from farm.timeline.media import AudioFacts, MediaFacts, VideoFacts
from farm.timeline.timeline import FORMAT, Timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

Json: TypeAlias = dict[str, Any]


def make_video_facts(*, seconds: int | Fraction = 10, **facts: object) -> VideoFacts:
    """Return a picture stream: 640x360 at 25 frames a second, from 0."""
    given: Json = {
        "index": 0,
        "codec": "h264",
        "width": 640,
        "height": 360,
        "pix_fmt": "yuv420p",
        "sample_aspect": Fraction(1),
        "rotation": 0,
        "rate": Fraction(25),
        "longest_frame": Fraction(1, 25),
        "frames": int(25 * seconds),
        "start": Fraction(0),
        "end": Fraction(seconds),
        "bit_depth": 8,
        "has_alpha": False,
        "interlaced": False,
    }
    return VideoFacts(**_merge(given, facts))


def make_audio_facts(*, seconds: int | Fraction = 10, **facts: object) -> AudioFacts:
    """Return a stereo stream at 48 kHz, from 0."""
    given: Json = {
        "index": 1,
        "codec": "aac",
        "sample_rate": 48000,
        "channels": 2,
        "layout": "stereo",
        "start": Fraction(0),
        "end": Fraction(seconds),
    }
    return AudioFacts(**_merge(given, facts))


def make_media_facts(
    path: str = "/film.mp4", *, seconds: int | Fraction = 10, **facts: object
) -> MediaFacts:
    """Return a film with picture and sound."""
    given: Json = {
        "path": path,
        "container": "mov,mp4,m4a,3gp,3g2,mj2",
        "size_bytes": 1000,
        "modified_ns": 1,
        "start": Fraction(0),
        "duration": Fraction(seconds),
        "claimed_duration": Fraction(seconds),
        "truncated": False,
        "video": (make_video_facts(seconds=seconds),),
        "audio": (make_audio_facts(seconds=seconds),),
    }
    return MediaFacts(**_merge(given, facts))


def make_still_facts(path: str = "/still.png", **facts: object) -> MediaFacts:
    """Return a picture file."""
    still = make_video_facts(
        seconds=0, codec="png", rate=Fraction(0), is_image=True, frames=1, **facts
    )
    return make_media_facts(
        path, seconds=0, container="png_pipe", video=(still,), audio=()
    )


def make_clip(path: str = "/film.mp4", /, **fields: object) -> Json:
    """Return a clip of a document: two seconds of a film from its start."""
    given: Json = {
        "type": "clip",
        "media": {"type": "file", "path": path},
        "source_range": {"start": 0, "duration": 2},
    }
    return _merge(given, fields)


def make_color(seconds: object = 2, /, **fields: object) -> Json:
    """Return a clip of a plain colour."""
    given: Json = {"type": "clip", "media": {"type": "color"}, "duration": seconds}
    return _merge(given, fields)


def make_gap(seconds: object = 1) -> Json:
    """Return a gap of a document."""
    return {"type": "gap", "duration": seconds}


def make_transition(seconds: object = 1, /, **fields: object) -> Json:
    """Return a dissolve of a document."""
    return _merge({"type": "transition", "duration": seconds}, fields)


def make_track(*items: Json, kind: str = "video", **fields: object) -> Json:
    """Return a track of a document."""
    return {"kind": kind, "items": list(items), **fields}


def make_document(*tracks: Json, **fields: object) -> Json:
    """Return a document at 25 frames a second, of one clip unless tracks are given."""
    return {
        "format": FORMAT,
        "rate": 25,
        "width": 640,
        "height": 360,
        "tracks": list(tracks) or [make_track(make_clip())],
        **fields,
    }


def make_timeline(*tracks: Json, **fields: object) -> Timeline:
    """Return a timeline of tracks as a document holds them."""
    return Timeline.model_validate(make_document(*tracks, **fields))


def _merge(given: Json, fields: Mapping[str, object]) -> Json:
    """Overlay fields; `...` takes one away."""
    merged = {**given, **fields}
    return {key: each for key, each in merged.items() if each is not ...}
