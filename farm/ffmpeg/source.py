"""Open a source, or say why it cannot be read."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

import av.error

from farm.ffmpeg.box import Box
from farm.ffmpeg.exit import missing, unreadable
from farm.ffmpeg.mirror import top_boxes
from farm.ffmpeg.open import open_media
from farm.timeline.limits import check_pixels, check_streams

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.container import InputContainer
    from av.video.codeccontext import VideoCodecContext

    from farm.timeline.limits import Limits

_BOX = Box()


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
