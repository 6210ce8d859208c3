"""Media made by FFmpeg's own sources, each once a test session.

Films carry their number in every frame: sixteen blocks at the top, white for 1, the
lowest bit at the left. Eleven bits count frames, five tell films apart.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

WIDTH, HEIGHT = 160, 96
#: Height of the blocks that carry the number.
BAND = 32
_EXACT = "accurate_rnd+full_chroma_int"
_BT709 = f"scale=out_color_matrix=bt709:out_range=tv:flags={_EXACT}"
_TAGS = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"

X264 = ("-c:v", "libx264", "-preset", "veryfast", "-qp", "12", "-threads", "1")
#: Ways to store a numbered film: suffix and options.
CODECS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "h264": (".mp4", (*X264, "-bf", "2", "-g", "12")),
    "h264-long-gop": (".mp4", (*X264, "-bf", "3", "-g", "250")),
    "h264-open-gop": (
        ".mp4",
        (
            *X264,
            "-x264-params",
            "open-gop=1:bframes=3:b-pyramid=2:keyint=10:scenecut=0",
        ),
    ),
    "h264-open-gop-ts": (
        ".ts",
        (*X264, "-x264-params", "open-gop=1:bframes=3:keyint=10:scenecut=0"),
    ),
    "h264-long-gop-ts": (".ts", (*X264, "-bf", "2", "-g", "250")),
    "h264-stream": (".h264", (*X264, "-bf", "2", "-g", "25")),
    "mpeg2-long-gop-ps": (
        ".mpg",
        ("-c:v", "mpeg2video", "-q:v", "2", "-bf", "2", "-g", "300"),
    ),
    "h264-refresh": (".mkv", (*X264, "-x264-params", "intra-refresh=1:keyint=15")),
    "h264-fragmented": (
        ".mp4",
        (*X264, "-g", "12", "-movflags", "frag_keyframe+empty_moov+default_base_moof"),
    ),
    "h264-flv": (".flv", (*X264, "-bf", "2", "-g", "30")),
    "h264-mkv": (".mkv", (*X264, "-bf", "2", "-g", "24")),
    "hevc-open-gop": (
        ".mp4",
        (
            *("-c:v", "libx265", "-preset", "fast", "-tag:v", "hvc1", "-x265-params"),
            "open-gop=1:bframes=4:keyint=12:min-keyint=12:pools=none:log-level=error",
        ),
    ),
    "hevc-open-gop-ts": (
        ".ts",
        (
            *("-c:v", "libx265", "-preset", "fast", "-x265-params"),
            "open-gop=1:bframes=4:keyint=12:min-keyint=12:pools=none:log-level=error",
        ),
    ),
    "mpeg2-ts": (".ts", ("-c:v", "mpeg2video", "-q:v", "2", "-bf", "2", "-g", "12")),
    "mpeg2-ps": (".mpg", ("-c:v", "mpeg2video", "-q:v", "2", "-bf", "2", "-g", "15")),
    "mpeg2-mxf": (".mxf", ("-c:v", "mpeg2video", "-q:v", "2", "-bf", "2", "-g", "12")),
    "mpeg4-avi": (".avi", ("-c:v", "mpeg4", "-q:v", "2", "-bf", "2", "-g", "40")),
    "mjpeg-avi": (".avi", ("-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", "yuvj420p")),
    "vp8-webm": (
        ".webm",
        ("-c:v", "libvpx", "-b:v", "1M", "-crf", "8", "-g", "48", "-auto-alt-ref", "1"),
    ),
    "vp9-webm": (
        ".webm",
        (
            *("-c:v", "libvpx-vp9", "-b:v", "0", "-crf", "18", "-g", "48"),
            *("-deadline", "realtime", "-cpu-used", "8", "-auto-alt-ref", "1"),
        ),
    ),
    "av1-mp4": (
        ".mp4",
        ("-c:v", "libsvtav1", "-preset", "12", "-crf", "4", "-g", "48"),
    ),
    "vvc-mp4": (
        ".mp4",
        (
            *("-c:v", "libvvenc", "-preset", "faster", "-threads", "1"),
            *("-period", "1", "-qpa", "0", "-qp", "22"),
        ),
    ),
    "prores-mov": (".mov", ("-c:v", "prores_ks", "-profile:v", "2")),
    "ffv1-mkv": (".mkv", ("-c:v", "ffv1", "-g", "1")),
    "gif": (".gif", ()),
    "mpeg2-interlaced-ts": (
        ".ts",
        (
            *("-vf", "tinterlace=interleave_top,fieldorder=tff"),
            *("-c:v", "mpeg2video", "-q:v", "2", "-bf", "2", "-g", "12"),
            *("-flags", "+ilme+ildct"),
        ),
    ),
    "h264-interlaced": (
        ".mp4",
        (
            *("-vf", "tinterlace=interleave_bottom,fieldorder=bff"),
            *(*X264, "-g", "25", "-flags", "+ilme+ildct"),
        ),
    ),
}
#: Frames at uneven distances, of each second of a film of 60 frames a second.
VARIABLE = "not(mod(n,7))+not(mod(n,11))+not(mod(n,5))"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFolder:
    """Makes media when they are first asked for."""

    folder: Path
    ffmpeg: Path

    def make(self, name: str, *arguments: str, loglevel: str = "error") -> Path:
        """Run FFmpeg once for a name; the file appears whole."""
        # tests may give one name to different media
        said = "\0".join(arguments).encode("utf-8", "surrogateescape")
        folder = self.folder / hashlib.sha256(said).hexdigest()[:12]
        folder.mkdir(exist_ok=True)
        target = folder / name
        if target.exists():
            return target
        aside = folder / f".{os.getpid()}-{name}"
        subprocess.run(
            [
                *(str(self.ffmpeg), "-hide_banner", "-nostdin", "-y"),
                *("-loglevel", loglevel, *arguments, str(aside)),
            ],
            check=True,
            stdin=subprocess.DEVNULL,
        )
        # one that another process has just made stays: its readers hold that file
        with suppress(FileExistsError):
            target.hardlink_to(aside)
        aside.unlink()
        return target

    def numbered(
        self,
        rate: str = "25",
        seconds: float = 4,
        *,
        film: int = 0,
        codec: str = "h264",
        tone: int | None = None,
        size: tuple[int, int] = (WIDTH, HEIGHT),
        extra: Sequence[str] = (),
        picks: str = "",
        tag: str = "",
    ) -> Path:
        """Return a film whose every frame carries its number.

        Args:
            rate: frames a second.
            seconds: length.
            film: a number from 0 to 31 that tells films apart.
            codec: a key of `CODECS`.
            tone: frequency of its sound in Hz; silent film without.
            size: width (a multiple of 16) and height.
            extra: options after those of the codec.
            picks: an expression of the filter select: frames that are stored.
            tag: what makes the name differ, where `extra` or `picks` are given.
        """
        suffix, options = CODECS[codec]
        name = f"{codec}-{rate}-{seconds}-{film}-{tone}-{size[0]}x{size[1]}{tag}"
        return self.make(
            f"{name.replace('/', '_')}{suffix}",
            *_numbered_graph(rate, seconds, film=film, size=size, picks=picks),
            *(_tone_input(tone, seconds) if tone else ()),
            *("-map", "0:v"),
            *(("-map", "1:a") if tone else ()),
            *(("-fps_mode", "passthrough") if picks else ()),
            *options,
            *extra,
        )

    def copied(self, source: Path, name: str, *options: str) -> Path:
        """Return a film with other options of the container; nothing is encoded."""
        before = [o for o in options if o.startswith("<")]
        after = [o for o in options if not o.startswith("<")]
        return self.make(
            name,
            *(option[1:] for option in before),
            *("-i", str(source), "-c", "copy", *after),
        )

    def colors(
        self,
        parts: Sequence[tuple[str, int]],
        *,
        rate: str = "25",
        size: tuple[int, int] = (WIDTH, HEIGHT),
        pix_fmt: str = "yuv420p",
        matrix: str = "bt709",
        limits: str = "tv",
        is_tagged: bool = True,
    ) -> Path:
        """Return a lossless film that is one colour after the other, by frames."""
        said = (matrix, limits) if is_tagged else ("unknown", "unknown")
        graph = ";".join(
            f"color=c={color}:s={size[0]}x{size[1]}:r={rate},format=rgb24,"
            f"trim=end_frame={frames}[p{at}]"
            for at, (color, frames) in enumerate(parts)
        )
        joined = "".join(f"[p{at}]" for at in range(len(parts)))
        name = "-".join(f"{color.strip('#')}{frames}" for color, frames in parts)
        name += f"-{rate.replace('/', '_')}-{size[0]}x{size[1]}-{pix_fmt}"
        return self.make(
            f"colors-{name}-{matrix}-{limits}-{is_tagged}.mkv",
            "-filter_complex",
            f"{graph};{joined}concat=n={len(parts)},setpts=N/({rate})/TB,"
            f"scale=out_color_matrix={matrix}:out_range={limits}:flags={_EXACT},"
            f"format={pix_fmt},setparams=colorspace={said[0]}:range={said[1]}[v]",
            *("-map", "[v]", "-c:v", "ffv1", "-r", rate),
        )

    def quadrants(self, *, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Path:
        """Return a film: red, green over blue, white, from the upper left."""
        width, height = size[0] // 2, size[1] // 2
        parts = [
            f"color=c=#{color}:s={width}x{height}:r=25:d=2,format=rgb24[q{at}]"
            for at, color in enumerate(("ff0000", "00ff00", "0000ff", "ffffff"))
        ]
        stack = "[q0][q1][q2][q3]xstack=inputs=4:grid=2x2"
        return self.make(
            f"quadrants-{size[0]}x{size[1]}.mp4",
            "-filter_complex",
            f"{';'.join(parts)};{stack},{_BT709},format=yuv420p,{_TAGS}[v]",
            *("-map", "[v]", "-c:v", "libx264", "-qp", "0", "-preset", "veryfast"),
        )

    def tone(
        self,
        frequency: int,
        *,
        seconds: float = 4,
        sample_rate: int = 48000,
        layout: str = "stereo",
        level: float = 0.25,
        suffix: str = ".wav",
        options: Sequence[str] = (),
    ) -> Path:
        """Return a sine of a peak level; surround channels are a semitone apart."""
        count = {"mono": 1, "stereo": 2, "5.1": 6}[layout]
        waves = "|".join(
            f"{level}*sin(2*PI*t*{frequency * step:.4f})"
            for step in (1 if count < 3 else 2 ** (at / 12) for at in range(count))
        )
        return self.make(
            f"tone-{frequency}-{seconds}-{sample_rate}-{layout}-{level}{suffix}",
            *("-f", "lavfi", "-i"),
            f"aevalsrc='{waves}':c={layout}:s={sample_rate}:d={seconds}",
            *options,
        )

    def still(self, name: str, graph: str) -> Path:
        """Return a picture of a lavfi graph, in the format of the name."""
        options = ["-frames:v", "1", "-update", "1"]
        if name.endswith(".webp"):
            options += ["-c:v", "libwebp", "-lossless", "1"]
        return self.make(name, "-f", "lavfi", "-i", graph, *options)


def _numbered_graph(
    rate: str, seconds: float, *, film: int, size: tuple[int, int], picks: str
) -> tuple[str, ...]:
    width, height = size
    block = width // 16
    bit = f"floor((N+{2048 * film})/pow(2\\,floor(X/{block})))"
    graph = (
        f"testsrc2=s={width}x{height}:r={rate}:d={seconds},format=yuv420p[back];"
        f"color=s={width}x{BAND}:r={rate}:d={seconds},format=gray,"
        f"geq=lum='16+219*mod({bit}\\,2)'[band];"
        "[back][band]overlay=format=yuv420"
    )
    if picks:
        graph += f",select='{picks}'"
    return ("-f", "lavfi", "-i", f"{graph},{_TAGS}[out0]")


def _tone_input(frequency: int, seconds: float) -> tuple[str, ...]:
    wave = f"0.25*sin(2*PI*t*{frequency})"
    source = f"aevalsrc='{wave}|{wave}':s=48000:d={seconds}"
    return ("-f", "lavfi", "-i", source)
