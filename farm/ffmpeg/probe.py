"""Read the facts of a media file, measured on its packets."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from av.audio.stream import AudioStream
from av.subtitles.stream import SubtitleStream
from av.video.stream import VideoStream

from farm.ffmpeg.avc import write_config
from farm.ffmpeg.box import Box
from farm.ffmpeg.exit import unreadable
from farm.ffmpeg.facts import (
    build_audio_facts,
    build_cover_facts,
    build_subtitle_facts,
    build_video_facts,
    is_cover,
)
from farm.ffmpeg.gops import find_runs
from farm.ffmpeg.mirror import is_mirrored
from farm.ffmpeg.report import build_report
from farm.ffmpeg.scan import StreamScan, scan
from farm.ffmpeg.source import open_source
from farm.ffmpeg.truncated import (
    MICROSECOND,
    is_film_or_sound,
    is_short_of_bytes,
    is_truncated,
)
from farm.timeline.limits import check_media
from farm.timeline.media import GopFacts, MediaFacts

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from pathlib import Path

    from av.codec import CodecContext
    from av.container import InputContainer

    from farm.timeline.media import AudioFacts, VideoFacts
    from farm.timeline.report import MediaReport

STILL_FORMATS = frozenset({"image2", "image2pipe"})
#: Formats that are stills where they hold one picture, by name or by brand.
ONE_PICTURE_FORMATS = frozenset({"gif", "apng", "webp", "jpegxl_anim"})
ONE_PICTURE_BRANDS = frozenset({"avif", "mif1", "heic", "heix"})
#: Where key frames are closer, it costs little to decode from one that is not near.
_FAR_APART = Fraction(3)
_BOX = Box()


def probe_media(path: Path, *, box: Box = _BOX) -> MediaFacts:
    """Return the facts of a file; raise `MediaMissing` or `MediaUnreadable`.

    Reads all packets, decodes one frame of each stream, and reads nothing else: no
    other file, no address.
    """
    with _opened(path, box) as media:
        facts = _facts(media)
    if box.limits is not None:
        check_media(facts, box.limits)
    return facts


def report_media(
    path: Path, *, with_keyframes: bool = False, box: Box = _BOX
) -> MediaReport:
    """Return all that a file tells of itself; read as for `probe_media`, at once."""
    with _opened(path, box) as media:
        return build_report(
            _facts(media), media.container, media.scans, with_keyframes=with_keyframes
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Media:
    """An open file that was read through."""

    path: Path
    status: os.stat_result
    container: InputContainer
    scans: dict[int, StreamScan]


@contextmanager
def _opened(path: Path, box: Box) -> Iterator[_Media]:
    """Open a file and read through it; raise what stands in the way of that."""
    with open_source(path, box=box) as (status, container):
        yield _Media(
            path=path, status=status, container=container, scans=scan(container)
        )


def _facts(media: _Media) -> MediaFacts:
    path, status = media.path, media.status
    container, scans = media.container, media.scans
    video = _video(path, container, scans)
    audio = _audio(path, scans)
    subtitles = tuple(
        build_subtitle_facts(found)
        for found in scans.values()
        if isinstance(found.stream, SubtitleStream) and found.codec
    )
    if not (video or audio or subtitles):
        raise unreadable(path, "there is neither picture nor sound in it")
    timed: list[VideoFacts | AudioFacts] = [v for v in video if not v.is_cover]
    timed += audio
    start = min((stream.start for stream in timed), default=Fraction(0))
    end = max((stream.end for stream in timed), default=start)
    is_still = all(stream.is_image for stream in video) and not audio
    claimed = container.duration
    return MediaFacts(
        path=str(path),
        container=container.format.name,
        size_bytes=status.st_size,
        modified_ns=status.st_mtime_ns,
        start=start,
        duration=end - start,
        claimed_duration=(
            None if claimed is None or is_still else claimed * MICROSECOND
        ),
        truncated=(
            is_short_of_bytes(path, status.st_size)
            or is_truncated(container, scans, longest=_longest(video))
        ),
        video=video,
        audio=audio,
        subtitles=subtitles,
        unreadable=_unreadable(scans),
        key_times=tuple(
            (stream.index, _key_times(scans[stream.index]))
            for stream in video
            if stream.key_distance > _FAR_APART
        ),
        gops=tuple(
            found
            for stream in video
            if (found := _gops(stream, scans[stream.index])) is not None
        ),
        setups=tuple(
            (number, _setup(found))
            for number, found in media.scans.items()
            if found.codec
        ),
    )


def _unreadable(scans: dict[int, StreamScan]) -> tuple[str, ...]:
    """Name the streams of picture or sound that are left out of the facts."""
    return tuple(
        f"{'sound' if isinstance(found.stream, AudioStream) else 'picture'} stream "
        f"{number} ({found.codec or 'unknown codec'}: {found.why_not})"
        for number, found in scans.items()
        if is_film_or_sound(found) and found.first is None
    )


def _gops(video: VideoFacts, found: StreamScan) -> GopFacts | None:
    """Return what can be copied of a stream; ``None``: nothing."""
    if found.config is None or video.variable_rate or not video.rate:
        return None
    runs = find_runs(
        found.times,
        found.starts,
        found.breaks,
        beat=1 / (video.rate * found.tick),
    )
    return GopFacts(
        index=video.index,
        config=write_config(found.config).hex(),
        bytes_per_frame=round(found.size_bytes / found.count, 1),
        runs=runs,
    )


def _setup(found: StreamScan) -> str:
    data = found.stream.codec_context.extradata
    return hashlib.sha256(data or b"").hexdigest()


def _key_times(found: StreamScan) -> tuple[Fraction, ...]:
    return tuple(time * found.tick for time in sorted(found.keys))


def _video(
    path: Path, container: InputContainer, scans: dict[int, StreamScan]
) -> tuple[VideoFacts, ...]:
    mirrored = partial(_is_mirrored, path, container.format.name)
    facts: list[VideoFacts] = []
    for found in scans.values():
        if not isinstance(found.stream, VideoStream):
            continue
        if is_cover(found.stream):
            cover = build_cover_facts(found)
            facts += [cover] if cover else []
        elif found.first is not None:
            still = _is_still(container, found)
            facts.append(build_video_facts(found, is_still=still, is_mirrored=mirrored))
        elif all(stream.is_cover for stream in facts):
            why = f"its picture cannot be decoded: {found.why_not}{_size_hint(found)}"
            raise unreadable(path, why)
    return tuple(facts)


def _size_hint(found: StreamScan) -> str:
    """Return what else may be so where a decoder tells no size: it refuses some."""
    context: CodecContext | None = found.stream.codec_context  # whatever PyAV says
    is_known = context is None or bool(getattr(context, "width", False))
    return "" if is_known else ", or it has more pixels than limit_pixels allows"


def _is_still(container: InputContainer, found: StreamScan) -> bool:
    name = container.format.name
    if name in STILL_FORMATS or name.endswith("_pipe"):
        return True
    brand = container.metadata.get("major_brand")
    return found.count == 1 and (
        name in ONE_PICTURE_FORMATS or brand in ONE_PICTURE_BRANDS
    )


def _is_mirrored(path: Path, container: str, stream: int) -> bool:
    return is_mirrored(path, container=container, stream=stream)


def _audio(path: Path, scans: dict[int, StreamScan]) -> tuple[AudioFacts, ...]:
    found = [s for s in scans.values() if isinstance(s.stream, AudioStream)]
    usable = tuple(build_audio_facts(s) for s in found if s.first is not None)
    if found and len(found) == len(scans) and not usable:
        raise unreadable(path, f"its sound cannot be decoded: {found[0].why_not}")
    return usable


def _longest(video: tuple[VideoFacts, ...]) -> Fraction:
    return max((stream.longest_frame for stream in video), default=Fraction(0))
