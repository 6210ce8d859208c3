"""Open files with PyAV: the only place that does, so that none leads anywhere else.

A source comes from others. It may use the protocol ``file`` alone and formats of one
file, and it is opened by a thread that can open that file and no other (Landlock), so
that neither a format nor a link that is turned at the last moment leads out of it.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

import av
import av.audio.codeccontext  # PyAV loads these when it opens, where it may not
import av.subtitles.codeccontext
import av.video.codeccontext

from farm.ffmpeg.start import in_box

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer

    from farm.ffmpeg.box import Box

PROTOCOLS = "file"
#: Formats of one file each. Missing on purpose: what names other files or addresses
#: (hls, dash, concat, imf, sdp, rtsp, svg), what runs programs (lavfi, avisynth,
#: vapoursynth) and what cannot be told from noise (raw sound and pictures).
FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,m4v,flv,asf,"
    "ogg,mxf,gxf,nut,dv,ivf,h264,hevc,vvc,av1,obu,mjpeg,yuv4mpegpipe,rm,"
    "wav,w64,aiff,caf,au,mp3,aac,ac3,eac3,dts,dtshd,truehd,mlp,flac,amr,amrnb,amrwb,"
    "ape,wv,tta,tak,voc,"
    "image2,jpeg_pipe,png_pipe,webp_pipe,webp,apng,gif,gif_pipe,bmp_pipe,tiff_pipe,"
    "jpegxl_pipe,jpegxl_anim,j2k_pipe,jpegls_pipe,exr_pipe,dpx_pipe,hdr_pipe,"
    "qoi_pipe,psd_pipe,sgi_pipe,sunrast_pipe,pam_pipe,pbm_pipe,pgm_pipe,ppm_pipe,"
    "pcx_pipe,image2pipe,"
    "srt,ass,webvtt,sup"
)
#: Seconds that opening a file, or reading on in it, may wait for the disk.
_PATIENCE = 120.0
_OPTIONS = {
    "format_whitelist": FORMATS,
    "protocol_whitelist": PROTOCOLS,
    "pattern_type": "none",  # image2 would take %d for a series of files
}


def open_media(
    path: str | os.PathLike[str],
    *,
    box: Box | None = None,
) -> InputContainer:
    """Open a file to read it.

    Args:
        path: of a file of the farm, or of a source that was checked before.
        box: rules for a source, which is checked once more as it is opened.

    Raises:
        MediaForbidden: when the box does not allow it.
        av.error.FFmpegError: when it cannot be opened.
    """
    name = f"file:{os.path.abspath(path)}"  # noqa: PTH100  # not to follow links

    def opened() -> InputContainer:
        return av.open(
            name,
            mode="r",
            metadata_errors="replace",
            options=_OPTIONS if box is None else {**_OPTIONS, **box.options},
            timeout=_PATIENCE,
        )

    if box is None:
        return opened()
    with box.confine_reader(Path(path)) as confinement:
        return in_box(opened, confinement) if confinement.binds else opened()


def open_output(
    made: Path | io.BytesIO, *, options: dict[str, str], form: str | None = None
) -> OutputContainer:
    """Open a file of the farm, or bytes in memory, to write media there."""
    name = made if isinstance(made, io.BytesIO) else f"file:{made.absolute()}"
    return av.open(name, "w", format=form, options=options)
