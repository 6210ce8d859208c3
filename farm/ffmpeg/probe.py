"""Read the facts of a media file, measured on its packets."""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

import av.error
from av.audio.stream import AudioStream
from av.subtitles.stream import SubtitleStream
from av.video.stream import VideoStream

from farm.ffmpeg.avc import write_config
from farm.ffmpeg.box import Box
from farm.ffmpeg.exit import missing, unreadable
from farm.ffmpeg.facts import (
    build_audio_facts,
    build_cover_facts,
    build_subtitle_facts,
    build_video_facts,
    is_cover,
)
from farm.ffmpeg.gops import find_runs
from farm.ffmpeg.mirror import is_mirrored, top_boxes
from farm.ffmpeg.open import open_media
from farm.ffmpeg.report import build_report
from farm.ffmpeg.scan import StreamScan, scan
from farm.timeline.limits import check_media, check_pixels, check_streams
from farm.timeline.media import GopFacts, MediaFacts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.codec import CodecContext
    from av.container import InputContainer
    from av.video.codeccontext import VideoCodecContext

    from farm.timeline.limits import Limits
    from farm.timeline.media import AudioFacts, VideoFacts
    from farm.timeline.report import MediaReport

STILL_FORMATS = frozenset({"image2", "image2pipe"})
#: Formats that are stills where they hold one picture, by name or by brand.
ONE_PICTURE_FORMATS = frozenset({"gif", "apng", "webp", "jpegxl_anim"})
ONE_PICTURE_BRANDS = frozenset({"avif", "mif1", "heic", "heix"})
#: Formats whose header tells the length; that of others is guessed by the reader.
TELLS_LENGTH = frozenset(
    {"mp4", "matroska", "webm", "avi", "wav", "w64", "flac", "mxf", "flv", "asf", "caf"}
)
#: A file is truncated if more than this is missing, and more than two frames.
MISSING_SECONDS = Fraction(1, 4)
#: Programs that write to a pipe put a large number there.
_LENGTH_NOT_KNOWN = 0x7FFF0000
MICROSECOND = Fraction(1, 1_000_000)
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


@contextmanager
def open_source(
    path: Path, *, box: Box = _BOX
) -> Iterator[tuple[os.stat_result, InputContainer]]:
    """Open a media file, which may lead to no other file and to no address.

    Raises:
        MediaForbidden: when the box does not allow it.
        MediaMissing: when it is not there.
        MediaUnreadable: when it, or what is read of it in the block, is no media.
    """
    status = _check_file(path)
    try:
        with open_media(path, box=box) as container:
            if box.limits is not None:
                _check_limits(path, container, box.limits)
            yield status, container
    except av.error.FFmpegError as error:
        raise unreadable(path, _why_not_opened(path, error)) from error


def _check_limits(path: Path, container: InputContainer, limits: Limits) -> None:
    """Look at what the header says, before anything is decoded."""
    check_streams(str(path), len(container.streams), limits)
    for stream in container.streams.video:
        context: VideoCodecContext | None = stream.codec_context
        if context is not None:  # whatever PyAV's types say
            check_pixels(str(path), context.width, context.height, limits)


def _check_file(path: Path) -> os.stat_result:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise missing(path) from error
    except OSError as error:
        raise unreadable(path, error.strerror or "it cannot be opened") from error
    if stat.S_ISDIR(status.st_mode):
        raise unreadable(path, "it is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise unreadable(path, "it is no regular file")
    if status.st_size == 0:
        raise unreadable(path, "it is empty")
    if not os.access(path, os.R_OK):
        raise unreadable(path, "the farm has no right to read it")
    return status


def _why_not_opened(path: Path, error: av.error.FFmpegError) -> str:
    if isinstance(error, av.error.ArgumentError):  # the format is not on the list
        return "it is a playlist, a script or a format that the farm does not read"
    if not isinstance(error, av.error.InvalidDataError):
        return error.strerror or "it cannot be opened"
    boxes = top_boxes(path)
    if boxes and boxes[0] == b"ftyp" and b"moov" not in boxes:
        return "its index, the moov box, is missing: it was not written to its end"
    return "it is no media file, or damaged at its start"


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
            _is_short_of_bytes(path, status.st_size)
            or _is_truncated(container, scans, longest=_longest(video))
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
        if _is_film_or_sound(found) and found.first is None
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


def _is_short_of_bytes(path: Path, size: int) -> bool:
    """Whether a WAV or AVI file says that it is longer than it is.

    FFmpeg takes the length of sound from the bytes that are there.
    """
    with path.open("rb") as file:
        head = file.read(8)
    promised = int.from_bytes(head[4:], "little")
    return head.startswith(b"RIFF") and size < promised + 8 < _LENGTH_NOT_KNOWN


def _is_truncated(
    container: InputContainer, scans: dict[int, StreamScan], *, longest: Fraction
) -> bool:
    """Whether data is missing that the header promises, at the end of any stream."""
    names = set(container.format.name.split(","))
    if not names & TELLS_LENGTH:
        return False
    allowed = max(MISSING_SECONDS, 2 * longest)
    seen = [found for found in scans.values() if _is_film_or_sound(found)]
    promises = [found.promised for found in seen]
    if None not in promises:
        # the length of the container may be that of a track nobody needs
        return any(
            promise.stop - (found.end or promise.start) > allowed
            for found, promise in zip(seen, promises, strict=True)
            if promise is not None
        )
    if container.duration is None:
        return False
    promised = ((container.start_time or 0) + container.duration) * MICROSECOND
    ends = [found.end for found in scans.values() if found.end is not None]
    return bool(ends) and promised - max(ends) > allowed


def _is_film_or_sound(found: StreamScan) -> bool:
    if isinstance(found.stream, VideoStream):
        return not is_cover(found.stream)
    return isinstance(found.stream, AudioStream)
