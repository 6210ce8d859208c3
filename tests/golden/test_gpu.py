"""Commands for a GPU: what stays on it, and where frames come down."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.ffmpeg.encode import build_segment_command
from farm.ffmpeg.gpu import GpuUse
from farm.presets.catalog import find_preset
from farm.timeline.document import load_document
from farm.timeline.place import place
from farm.timeline.slice import slice_picture
from tests.factories import make_media_facts, make_video_facts

if TYPE_CHECKING:
    from collections.abc import Callable

    from farm.ffmpeg.command import Command
    from farm.timeline.media import MediaFacts
    from farm.timeline.slice import PictureSlice

    Compare = Callable[[Command], None]

T4 = GpuUse(
    model="Tesla T4",
    driver="550.54.15",
    encode=True,
    decode=("h264-8", "hevc-10", "hevc-8", "vp9-8"),
)
H100 = GpuUse(
    model="NVIDIA H100 80GB HBM3",
    driver="550.54.15",
    encode=False,
    decode=("av1-8", "h264-8", "hevc-10", "hevc-8"),
)


def facts(path: str, **video: object) -> MediaFacts:
    """Return the facts of a film that says what colours it is in."""
    colors: dict[str, Any] = {"color_space": "bt709", "color_range": "tv"}
    return make_media_facts(path, video=(make_video_facts(**colors | video),))


def compose(*items: dict[str, Any], over: dict[str, Any] | None = None) -> PictureSlice:
    """Return a second of a timeline of 1280x720 over two known films."""
    tracks = [{"kind": "video", "items": list(items)}]
    if over:
        tracks.append({"kind": "video", "items": [over]})
    document = {
        "format": "farm-timeline/1",
        "rate": "25",
        "width": 1280,
        "height": 720,
        "tracks": tracks,
    }
    known = {
        "/a.mp4": facts("/a.mp4", width=1920, height=1080),
        "/phone.mp4": facts(
            "/phone.mp4",
            codec="hevc",
            width=3840,
            height=2160,
            pix_fmt="yuv420p10le",
            bit_depth=10,
        ),
        "/tape.mov": facts(
            "/tape.mov",
            codec="prores",
            width=1920,
            height=1080,
            pix_fmt="yuv422p10le",
            bit_depth=10,
        ),
        "/dv.mp4": facts(
            "/dv.mp4",
            width=720,
            height=576,
            interlaced=True,
            color_space="smpte170m",
        ),
    }
    placed = place(load_document(document, folder=Path("/")), known)
    return slice_picture(placed.composition, 0, 25)


def film(path: str, **fields: object) -> dict[str, Any]:
    return {
        "type": "clip",
        "media": {"type": "file", "path": path},
        "source_range": {"start": 1, "duration": 2},
        **fields,
    }


def build(picture: PictureSlice, preset: str, gpu: GpuUse) -> Command:
    size = (1280, 720)
    return build_segment_command(
        picture, find_preset(preset), size=size, threads=2, gpu=gpu
    )


def test_film_alone_stays_on_the_gpu(compare: Compare) -> None:
    """Decoded, scaled and encoded there; no frame comes down."""
    command = build(compose(film("a.mp4")), "source", T4)
    compare(command)
    assert "hwdownload" not in str(command.arguments)


def test_film_of_ten_bits_stays_on_the_gpu(compare: Compare) -> None:
    """Four times as many pixels are halved once; P010 goes into NVENC."""
    compare(build(compose(film("phone.mp4")), "hevc-1080p", T4))


def test_effect_has_no_form_on_the_gpu(compare: Compare) -> None:
    """Frames come down at the size of the output, and are encoded by NVENC."""
    blurred = film("a.mp4", effects=[{"name": "blur", "parameters": {"sigma": 4}}])
    compare(build(compose(blurred), "source", T4))


def test_title_over_film_on_the_gpu(compare: Compare) -> None:
    """What is composed of several pictures is composed by the CPU."""
    title = {
        "type": "clip",
        "media": {"type": "title", "text": "Morning"},
        "duration": 1,
    }
    compare(build(compose(film("a.mp4"), over=title), "source", T4))


def test_what_nvdec_cannot_is_decoded_by_the_cpu(compare: Compare) -> None:
    compare(build(compose(film("tape.mov")), "hevc-1080p", T4))


def test_interlaced_film_of_other_colors_on_the_gpu(compare: Compare) -> None:
    """Fields are made frames there; the colours are brought to BT.709 here."""
    compare(build(compose(film("dv.mp4")), "source", T4))


def test_gpu_without_an_encoder(compare: Compare) -> None:
    """It decodes and scales; x264 encodes with the preset's own options."""
    compare(build(compose(film("phone.mp4")), "h264-720p", H100))


def test_cropped_film_comes_down_first(compare: Compare) -> None:
    cropped = film("a.mp4", crop={"left": 100, "right": 100})
    compare(build(compose(cropped), "source", T4))
