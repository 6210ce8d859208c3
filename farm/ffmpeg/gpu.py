"""What a GPU of NVIDIA does of a segment, and how FFmpeg is told: pure.

```
NVDEC ─ clock ─ scale_cuda ───────────────────────── NVENC     one film alone
NVDEC ─ clock ─ scale_cuda ─ hwdownload ┬ the rest ─ NVENC     all else
decoded by the CPU ─ clock ─ scale ─────┘
```
No effect, overlay or transition of the farm has a form on the GPU that shows the same,
so that frames come down before these; NVENC takes what was composed from memory.
See docs/decisions/0021-gpus.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from farm.ffmpeg.canvas import Canvas
    from farm.ffmpeg.frame_box import Box
    from farm.ffmpeg.graph import Stream
    from farm.presets.preset import VideoEncoding
    from farm.timeline.media import VideoFacts

#: Name of the device within a command; it is the only one that a worker sees.
DEVICE = "gpu"
#: What opens it, once for all decoders of a command.
DEVICE_OPTIONS = ("-init_hw_device", f"cuda={DEVICE}:0")
#: Pictures that filters may hold while a decoder goes on: its pool has a fixed size.
_EXTRA_FRAMES = 8
#: Formats of sources that NVDEC gives as NV12 or P010.
_DECODED = frozenset({"yuv420p", "yuvj420p", "nv12", "yuv420p10le", "p010le"})
#: Largest and smallest side of a picture that NVDEC decodes and NVENC encodes, from
#: NVIDIA's support matrix; H.264 has a smaller largest one.
_LARGEST, _LARGEST_H264, _SMALLEST = 8192, 4096, 160
#: Options of an encoder on the CPU that one on a GPU takes as they are.
_SAME_OPTIONS = frozenset({"maxrate", "bufsize", "profile", "tag", "bf"})
_SPEEDS = {
    "ultrafast": "p1",
    "superfast": "p1",
    "veryfast": "p2",
    "faster": "p3",
    "fast": "p4",
    "medium": "p5",
    "slow": "p6",
    "slower": "p7",
    "veryslow": "p7",
}
#: Presets of SVT-AV1 from this number on are faster than the usual ones.
_SVT_FAST = 10
_ENCODERS = {"libx264": "h264", "libx265": "hevc", "libsvtav1": "av1"}
#: Pieces are joined by stream copy: closed groups, cut where the plan says, each
#: picture shown in the order in which it is stored.
_JOINABLE = {
    "forced-idr": "1",
    "strict_gop": "1",
    "no-scenecut": "1",
    "rc-lookahead": "0",
    "bf": "0",
    "gpu": "0",
}
_MIB = 1024**2
#: Estimates of what a command takes of a GPU's memory, on the high side: the context
#: of CUDA, and surfaces of a decoder and of the encoder.
_CONTEXT_BYTES = 320 * _MIB
_DECODER_SURFACES, _ENCODER_SURFACES = 20 + _EXTRA_FRAMES, 24


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class GpuUse:
    """What a GPU does of a segment; part of the key of what is made."""

    model: str
    """Of the GPU: another one may decode to the same, but does not encode alike."""
    driver: str
    encode: bool
    """Whether it encodes; else it decodes and scales, and the CPU encodes."""
    decode: tuple[str, ...] = ()
    """What it decodes, such as ``h264-8`` (codec and bits a sample), in order."""


def coding_of(codec: str, bits: int) -> str:
    """Return how a codec with a depth is called, such as ``hevc-10``."""
    return f"{codec}-{bits}"


def decodes(use: GpuUse | None, video: VideoFacts) -> bool:
    """Tell whether the GPU decodes a film."""
    if use is None or coding_of(video.codec, video.bit_depth) not in use.decode:
        return False
    largest = _LARGEST_H264 if video.codec == "h264" else _LARGEST
    return (
        video.pix_fmt in _DECODED
        and not (video.is_image or video.has_alpha or video.flipped)
        and video.rotation == 0  # FFmpeg would turn it upright on the CPU
        and min(video.width, video.height) >= _SMALLEST
        and max(video.width, video.height) <= largest
    )


def input_options() -> dict[str, object]:
    """Return options of an input that the GPU decodes, and keeps."""
    return {
        "hwaccel": "cuda",
        "hwaccel_device": DEVICE,
        "hwaccel_output_format": "cuda",
        "extra_hw_frames": _EXTRA_FRAMES,
    }


def scale(stream: Stream, video: VideoFacts, box: Box) -> Stream:
    """Scale on the GPU, by no more than half at a time: it looks at 16 pixels each."""
    pix_fmt = surface_format(video.bit_depth)
    size = video.width, video.height
    target = box.scaled_width, box.scaled_height
    while size != target:
        size = _step(size[0], target[0]), _step(size[1], target[1])
        stream = stream.filter(
            "scale_cuda", *size, interp_algo="bicubic", format=pix_fmt
        )
    return stream


def download(stream: Stream, video: VideoFacts) -> Stream:
    """Bring frames down to where the CPU goes on with them."""
    return stream.filter("hwdownload").filter("format", surface_format(video.bit_depth))


def convert(stream: Stream, canvas: Canvas) -> Stream:
    """Bring frames that stay on the GPU to the depth of the output."""
    bits = 10 if canvas.pix_fmt.endswith("10le") else 8
    return stream.filter("scale_cuda", format=surface_format(bits))


def surface_format(bits: int) -> str:
    """Return the pixel format of the GPU's frames."""
    return "p010le" if bits > 8 else "nv12"  # noqa: PLR2004  # bits of a sample


def gpu_encoding(encoding: VideoEncoding) -> VideoEncoding:
    """Return the encoding that NVENC does in its place; it is read back as the same.

    `find_encoding_problem` tells whether there is one.
    """
    given = encoding.options
    options = {
        "preset": _speed(given.get("preset", "")),
        "tune": "hq",
        "rc": "vbr",
        **({"cq": given["crf"], "b:v": "0"} if "crf" in given else {}),
        **_JOINABLE,
        **{name: value for name, value in given.items() if name in _SAME_OPTIONS},
    }
    encoder = f"{_ENCODERS[encoding.encoder]}_nvenc"
    return encoding.model_copy(update={"encoder": encoder, "options": options})


def encoding_name(encoding: VideoEncoding) -> str:
    """Return what must be encoded, such as ``h264-8``."""
    return coding_of(encoding.codec, 10 if encoding.pix_fmt.endswith("10le") else 8)


def find_encoding_problem(encoding: VideoEncoding, size: tuple[int, int]) -> str | None:
    """Say why no GPU does an encoding; ``None``: one may."""
    if encoding.encoder not in _ENCODERS:
        return f"no GPU encodes what {encoding.encoder} does"
    if encoding.pix_fmt not in {"yuv420p", "yuv420p10le"} or (
        encoding.codec == "h264" and encoding.pix_fmt != "yuv420p"
    ):
        return f"no GPU encodes {encoding.codec} in {encoding.pix_fmt}"
    if encoding.range != "sdr":
        return "what HDR tells of its light is written by encoders on the CPU alone"
    odd = sorted(encoding.options.keys() - _SAME_OPTIONS - {"crf", "preset"})
    if odd:
        return f"no GPU has the option {odd[0]} of the preset"
    largest = _LARGEST_H264 if encoding.codec == "h264" else _LARGEST
    if min(size) < _SMALLEST or max(size) > largest:
        return (
            f"GPUs encode {encoding.codec} from {_SMALLEST} to {largest} pixels a "
            f"side, not {size[0]}x{size[1]}"
        )
    return None


def estimate_bytes(
    films: Iterable[VideoFacts], *, size: tuple[int, int], encode: bool
) -> int:
    """Return about how much of a GPU's memory a command takes, on the high side.

    Args:
        films: those that the GPU decodes, each as often as it is opened.
        size: of the output in pixels.
        encode: whether the GPU encodes.
    """
    frame = _frame_bytes(*size, bits=10)
    decoders = sum(
        _DECODER_SURFACES * _frame_bytes(f.width, f.height, bits=f.bit_depth)
        + 4 * frame
        for f in films
    )
    return _CONTEXT_BYTES + decoders + (_ENCODER_SURFACES * frame if encode else 0)


def _frame_bytes(width: int, height: int, *, bits: int) -> int:
    """Return the bytes of a frame in 4:2:0."""
    return width * height * 3 // 2 * (2 if bits > 8 else 1)  # noqa: PLR2004  # bits


def _step(now: int, target: int) -> int:
    return max(target, 2 * -(-now // 4)) if target < now else target


def _speed(preset: str) -> str:
    if preset.isdecimal():  # of SVT-AV1: 0 slow to 13 fast
        return "p2" if int(preset) >= _SVT_FAST else "p5"
    return _SPEEDS.get(preset, "p5")
