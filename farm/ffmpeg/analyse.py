"""Build the command that measures a file: each stream is decoded once for all.

Every filter passes the picture or sound on and notes what it finds: as frame metadata
that is printed to files in the scratch folder, or in a file of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ffmpeg

from farm.ffmpeg.command import Command
from farm.ffmpeg.graph import Stream, compile_graph, open_media, split_stream
from farm.timeline.analysis import OF_SOUND, Measure

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from farm.timeline.analysis import Thresholds
    from farm.timeline.media import AudioFacts, MediaFacts, VideoFacts

LOG = "log.txt"
#: Notes that are printed for each frame that has a key: the file, and the key.
PRINTED: Mapping[str, str] = {
    "change.txt": "lavfi.scd.mafd",
    "score.txt": "lavfi.scd.score",
    "black-start.txt": "lavfi.black_start",
    "black-end.txt": "lavfi.black_end",
    "freeze-start.txt": "lavfi.freezedetect.freeze_start",
    "freeze-end.txt": "lavfi.freezedetect.freeze_end",
    "interlace.txt": "lavfi.idet.multiple.current_frame",
    "repeated.txt": "lavfi.idet.repeated.current_frame",
    "silence-start.txt": "lavfi.silence_start",
    "silence-end.txt": "lavfi.silence_end",
}
CROP, LOUDNESS = "crop.txt", "loudness.txt"
VMAF, SSIM, PSNR = "vmaf.json", "ssim.txt", "psnr.txt"
#: Filters that only an analysis needs; an FFmpeg without them renders as well.
ANALYSIS_FILTERS = frozenset(
    {
        *("ametadata", "blackdetect", "cropdetect", "ebur128", "freezedetect", "idet"),
        *("libvmaf", "metadata", "psnr", "scdet", "select", "silencedetect", "ssim"),
    }
)
_SMALL_WIDTH = 640  # pixels; what changes or stands still is seen in a small picture
_CROP_SECONDS = 0.5  # borders do not change from frame to frame
_LARGE_HEIGHT = 2160  # from here on the model for 4K is the right one
_EIGHT_BITS = 8
_FIRST_IN_TIME = {"shortest": 1, "repeatlast": 0, "ts_sync_mode": "nearest"}
"""Each frame is compared with the one that is nearest in time, while both play."""
_SMALL = frozenset({Measure.SCENES, Measure.MOTION, Measure.BLACK, Measure.FREEZE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The streams that are measured."""

    path: str
    video: VideoFacts | None
    audio: AudioFacts | None
    reference_path: str | None = None
    reference: VideoFacts | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """Return the paths of the files that are read."""
        return tuple(path for path in (self.path, self.reference_path) if path)


def film_of(facts: MediaFacts) -> VideoFacts | None:
    """Return the first film of a file: no cover, no still picture."""
    return next((v for v in facts.video if not (v.is_cover or v.is_image)), None)


def upright_size(video: VideoFacts) -> tuple[int, int]:
    """Return width and height in stored pixels, after rotation."""
    size = (video.width, video.height)
    return (size[1], size[0]) if video.rotation in {90, 270} else size


def vmaf_model(reference: VideoFacts) -> str:
    """Return the model of VMAF that was made for the size of a reference."""
    return vmaf_model_of(*upright_size(reference))


def vmaf_model_of(width: int, height: int) -> str:
    """Return the model of VMAF for a size in pixels."""
    is_large = min(width, height) >= _LARGE_HEIGHT
    return "vmaf_4k_v0.6.1" if is_large else "vmaf_v0.6.1"


def build_analyse_command(
    sources: Sources,
    what: Collection[Measure],
    *,
    thresholds: Thresholds,
    seconds: float,
    threads: int,
) -> Command | None:
    """Return the command; ``None`` where nothing of it needs FFmpeg.

    Args:
        sources: the streams.
        what: to be measured; its streams are there.
        thresholds: from where on something counts.
        seconds: length of the file, for the progress.
        threads: for measuring likeness.
    """
    media = open_media(sources.path, copyts=None, reinit_filter=0)
    pictures = (
        []
        if sources.video is None
        else _pictures(media, sources, set(what), thresholds, threads)
    )
    sound = _sound(media, sources, what, thresholds)
    sounds = [] if sound is None else [ffmpeg.output(sound, "-", format="null")]
    if not pictures and not sounds:
        return None
    arguments, files = compile_graph(*pictures, *sounds)
    return Command(
        arguments=arguments,
        output=LOG,
        files=files,
        sources=sources.paths,
        frames=sources.video.frames if pictures and sources.video else None,
        seconds=None if pictures else seconds,
        log=LOG,
    )


def _pictures(
    media: Stream,
    sources: Sources,
    what: set[Measure],
    thresholds: Thresholds,
    threads: int,
) -> list[Stream]:
    """Return an output for each branch; the first one passes every frame."""
    video = sources.video
    assert video is not None  # noqa: S101  # the caller looks
    wanted = [
        bool(what & _SMALL),
        Measure.INTERLACE in what,
        Measure.CROP in what,
        Measure.QUALITY in what,
    ]
    if not any(wanted):
        return []
    width, height = upright_size(video)
    # the size of a film may change on its way: filters behind this do not see it
    whole = (
        media[str(video.index)]
        .filter("settb", expr=str(video.tick))
        .filter("scale", w=width, h=height)
    )
    branches = split_stream(whole, sum(wanted))
    ends: list[Stream] = []
    if what & _SMALL:
        ends.append(_small(branches.pop(), video, what, thresholds))
    if Measure.INTERLACE in what:
        ends.append(_interlace(branches.pop()))
    if Measure.QUALITY in what:
        ends += _quality(branches.pop(), sources, threads)
    if Measure.CROP in what:
        ends.append(_crop(branches.pop()))
    return [
        ffmpeg.output(end, "-", format="null", fps_mode="passthrough") for end in ends
    ]


def _small(
    stream: Stream, video: VideoFacts, what: set[Measure], thresholds: Thresholds
) -> Stream:
    """Note cuts, motion, black and still parts, on a small picture."""
    width, height = upright_size(video)
    if width > _SMALL_WIDTH:
        height = max(2, round(height * _SMALL_WIDTH / width))
        stream = stream.filter("scale", w=_SMALL_WIDTH, h=height, flags="bilinear")
    stream = stream.filter("format", pix_fmts="yuv420p")
    if what & {Measure.SCENES, Measure.MOTION}:
        stream = stream.filter("scdet", threshold=thresholds.scene_score)
        stream = _print(stream, "change.txt", "score.txt")
    if Measure.BLACK in what:
        stream = stream.filter("blackdetect", black_min_duration=0)
        stream = _print(stream, "black-start.txt", "black-end.txt")
    if Measure.FREEZE in what:
        stream = stream.filter("freezedetect", duration=thresholds.freeze_seconds)
        stream = _print(stream, "freeze-start.txt", "freeze-end.txt")
    return stream


def _interlace(stream: Stream) -> Stream:
    return _print(stream.filter("idet"), "interlace.txt", "repeated.txt")


def _crop(stream: Stream) -> Stream:
    """Note the borders of a frame twice a second; what is noted only ever grows."""
    seldom = f"isnan(prev_selected_t)+gte(t-prev_selected_t,{_CROP_SECONDS})"
    stream = stream.filter("select", seldom)
    stream = stream.filter("cropdetect", round=2, skip=0, reset=0)
    return stream.filter("metadata", mode="print", file=CROP)


def _quality(stream: Stream, sources: Sources, threads: int) -> list[Stream]:
    """Compare with the reference, at its size, from the first frame of both on."""
    video, reference = sources.video, sources.reference
    assert video is not None  # noqa: S101  # the plan looks
    assert reference is not None  # noqa: S101
    assert sources.reference_path is not None  # noqa: S101
    other = open_media(sources.reference_path, copyts=None, reinit_filter=0)
    other = other[str(reference.index)].filter("settb", expr=str(reference.tick))
    depth = max(video.bit_depth, reference.bit_depth)
    pix_fmt = "yuv420p" if depth <= _EIGHT_BITS else "yuv420p10le"
    mine, theirs = (
        split_stream(_level(each, reference, pix_fmt), 3) for each in (stream, other)
    )
    vmaf = ffmpeg.filter(
        [mine[0], theirs[0]],
        "libvmaf",
        model=f"version={vmaf_model(reference)}",
        log_path=VMAF,
        log_fmt="json",
        n_threads=threads,
        **_FIRST_IN_TIME,
    )
    ssim = ffmpeg.filter(
        [mine[1], theirs[1]], "ssim", stats_file=SSIM, **_FIRST_IN_TIME
    )
    psnr = ffmpeg.filter(
        [mine[2], theirs[2]], "psnr", stats_file=PSNR, **_FIRST_IN_TIME
    )
    return [vmaf, ssim, psnr]


def _level(stream: Stream, reference: VideoFacts, pix_fmt: str) -> Stream:
    """Give a picture the size, range and depth that both are compared at."""
    width, height = upright_size(reference)
    return (
        stream.filter("scale", w=width, h=height, flags="bicubic", out_range="tv")
        .filter("format", pix_fmts=pix_fmt)
        .filter("setpts", "PTS-STARTPTS")
    )


def _sound(
    media: Stream,
    sources: Sources,
    what: Collection[Measure],
    thresholds: Thresholds,
) -> Stream | None:
    audio = sources.audio
    if audio is None or not OF_SOUND & set(what):
        return None
    stream = media[str(audio.index)]
    if Measure.SILENCE in what:
        stream = stream.filter(
            "silencedetect",
            noise=f"{thresholds.silence_db:g}dB",
            duration=f"{thresholds.silence_seconds:g}",
        )
        for file in ("silence-start.txt", "silence-end.txt"):
            stream = stream.filter(
                "ametadata", mode="print", key=PRINTED[file], file=file
            )
    if Measure.LOUDNESS in what:
        stream = stream.filter("ebur128", peak="true+sample", metadata=1)
        stream = stream.filter("ametadata", mode="print", file=LOUDNESS)
    return stream


def _print(stream: Stream, *files: str) -> Stream:
    """Write a line for each frame that has the key of a file."""
    for file in files:
        stream = stream.filter("metadata", mode="print", key=PRINTED[file], file=file)
    return stream
