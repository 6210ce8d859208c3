"""What an FFmpeg has built in, and what encodes on hardware, by trying."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from farm.ffmpeg.capabilities import find_gpus
from farm.ffmpeg.discover import (
    Filter,
    discover,
    parse_coders,
    parse_filters,
    parse_formats,
    parse_pixel_formats,
    way_of,
)
from farm.ffmpeg.hardware import Device, explain, find_devices, prove_hardware
from farm.ffmpeg.run import read_output
from tests.integration.ffmpeg.processes import children_now, write_program

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("option", "head", "attribute"),
    [
        ("-encoders", " ------", "encoders"),
        ("-decoders", " ------", "decoders"),
        ("-formats", " ---", "formats"),
        ("-filters", "  ------", "filters"),
        ("-pix_fmts", "-----", "pixel_formats"),
        ("-hwaccels", "Hardware", "hardware_methods"),
    ],
)
def test_no_line_is_lost(ffmpeg: Path, option: str, head: str, attribute: str) -> None:
    lines = read_output(ffmpeg, [option]).rstrip().splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith(head))
    listed = [line for line in lines[at + 1 :] if line.strip()]
    assert len(getattr(discover(ffmpeg), attribute)) == len(listed) > 3


def test_encoders_and_decoders(ffmpeg: Path) -> None:
    has = discover(ffmpeg)
    encoders = {each.name: each for each in has.encoders}
    x264, nvenc = encoders["libx264"], encoders["h264_nvenc"]
    assert (x264.codec, x264.kind, x264.way) == ("h264", "video", None)
    assert (nvenc.codec, nvenc.way) == ("h264", "nvenc")
    assert encoders["aac"].kind == "audio"
    assert encoders["srt"].kind == "subtitle"
    assert encoders["libopus"].codec == "opus"
    decoders = {each.name: each for each in has.decoders}
    assert decoders["h264_cuvid"].way == "cuvid"
    assert decoders["h264"].way is None
    assert "cuda" in has.hardware_methods


def test_formats_filters_and_pixel_formats(ffmpeg: Path) -> None:
    has = discover(ffmpeg)
    read = {name for each in has.formats if each.can_read for name in each.names}
    written = {name for each in has.formats if each.can_write for name in each.names}
    assert {"mov", "mp4", "webm", "matroska", "lavfi"} <= read
    assert {"mov", "mp4", "webm", "matroska", "null"} <= written
    assert "null" not in read
    devices = {name for each in has.formats if each.is_device for name in each.names}
    assert "lavfi" in devices
    assert "mp4" not in devices
    assert all(each.what for each in has.formats if "matroska" in each.names)
    filters = {each.name: each for each in has.filters}
    assert (filters["overlay"].inputs, filters["overlay"].outputs) == ("VV", "V")
    assert (filters["color"].inputs, filters["anullsink"].outputs) == ("", "")
    pixels = {each.name: each for each in has.pixel_formats}
    assert pixels["yuv420p10le"].bit_depths == (10, 10, 10)
    assert pixels["cuda"].is_hardware
    assert pixels["pal8"].has_palette


def test_lists_of_an_older_ffmpeg() -> None:
    """FFmpeg 5.1 has no letter for devices, and a third one for filters."""
    formats = parse_formats(
        "File formats:\n D. = Demuxing supported\n .E = Muxing supported\n --\n"
        " D  3dostr          3DO STR\n  E 3g2             3GP2\n"
        " DE matroska,webm   Matroska / WebM\n"
    )
    assert [(each.names, each.can_read, each.can_write) for each in formats] == [
        (("3dostr",), True, False),
        (("3g2",), False, True),
        (("matroska", "webm"), True, True),
    ]
    assert parse_filters(
        "Filters:\n  T.. = Timeline support\n  | = Source or sink filter\n"
        " TSC overlay           VV->V      Overlay a video.\n"
    ) == (Filter(name="overlay", inputs="VV", outputs="V", what="Overlay a video."),)
    (pixels,) = parse_pixel_formats(
        "Pixel formats:\nFLAGS NAME NB_COMPONENTS BITS_PER_PIXEL\n-----\n"
        "IO... yuv420p                3             12\n"
    )
    assert (pixels.bits_per_pixel, pixels.bit_depths) == (12, ())
    (coder,) = parse_coders(
        "Encoders:\n V..... = Video\n ------\n V..X.. prores_x   New (codec prores)\n"
    )
    assert (coder.codec, coder.what, coder.is_experimental) == ("prores", "New", True)


def test_every_hardware_encoder_is_tried_and_leaves_nothing(ffmpeg: Path) -> None:
    listed = {each.name for each in discover(ffmpeg).encoders if each.way}
    proofs = prove_hardware(ffmpeg)
    assert {proof.encoder for proof in proofs} == listed
    assert len(listed) > 20
    for proof in proofs:
        assert proof.works != bool(proof.why_not)
        assert "\n" not in proof.why_not
        assert "exit code" not in proof.why_not
    assert not children_now()


@pytest.mark.skipif(bool(find_devices() or find_gpus()), reason="there is hardware")
@pytest.mark.parametrize(
    ("encoder", "reason"),
    [
        ("h264_nvenc", "there is no GPU of NVIDIA; there is no NVIDIA driver"),
        ("hevc_vaapi", "there is no render node"),
        ("av1_qsv", "there is no Intel GPU"),
        ("h264_amf", "there is no AMD driver"),
        ("h264_v4l2m2m", "there is no video device"),
    ],
)
def test_a_machine_without_hardware_says_so(
    ffmpeg: Path, encoder: str, reason: str
) -> None:
    (proof,) = prove_hardware(ffmpeg, only={encoder})
    assert not proof.works
    assert reason in proof.why_not


def _pretend(path: Path, real: Path, body: str) -> Path:
    """Write an FFmpeg whose encoder h264_nvenc is what a body of a script says."""
    return write_program(
        path,
        f"""case "$*" in
          *"-c:v h264_nvenc "*) {body} ;;
          *) exec {real} "$@" ;;
        esac""",
    )


DEVICES = tuple(
    Device(way="nvenc", name=str(number), what=f"GPU {number}: Test")
    for number in range(2)
)


def test_each_device_is_proved_by_itself(ffmpeg: Path, tmp_path: Path) -> None:
    """One GPU encodes, the other cannot."""
    works = f'{ffmpeg} $(echo "$*" | sed "s/-gpu 0 -c:v h264_nvenc/-c:v libx264/")'
    fails = "echo '[h264_nvenc @ 0x1] [error] No capable devices found' >&2; exit 1"
    body = f'case "$*" in *"-gpu 0 "*) {works} ;; *) {fails} ;; esac'
    program = _pretend(tmp_path / "ffmpeg", ffmpeg, body)
    first, second = prove_hardware(program, devices=DEVICES, only={"h264_nvenc"})
    assert (first.works, first.device, first.why_not) == (True, "GPU 0: Test", "")
    assert (second.works, second.device) == (False, "GPU 1: Test")
    assert second.why_not == "this GPU has no encoder for it"


def test_what_comes_out_is_looked_at(ffmpeg: Path, tmp_path: Path) -> None:
    """An encoder that ends well and drops frames does not work."""
    drop = (
        f'{ffmpeg} $(echo "$*" | sed "s/-gpu . -c:v h264_nvenc/-frames:v 3 -c:v ffv1/")'
    )
    program = _pretend(tmp_path / "ffmpeg", ffmpeg, drop)
    proof, _ = prove_hardware(program, devices=DEVICES, only={"h264_nvenc"})
    assert not proof.works
    assert proof.why_not == "3 frames of 320x240 came out, not 5 of 320x240"


def test_reasons_are_sentences() -> None:
    assert explain("[AMF @ 0x1] [error] DLL libamfrt64.so.1 failed to open") == (
        "there is no AMD driver with AMF: libamfrt64.so.1 cannot be loaded"
    )
    said = "failed to load library 'libva-drm.so.2' via dlopen"
    assert explain(said) == "VA-API is not installed: libva-drm.so.2 cannot be loaded"
    assert explain("something else") is None


def test_ways_are_told_by_names() -> None:
    names = ("hevc_vaapi", "libx265", "ffv1_vulkan", "h264_v4l2m2m", "mpeg4")
    assert [way_of(name) for name in names] == [
        *("vaapi", None, "vulkan", "v4l2m2m", None)
    ]


def test_it_is_plain_data(ffmpeg: Path) -> None:
    plain = json.loads(json.dumps(discover(ffmpeg).to_json()))
    assert re.match(r"n?\d", plain["version"])
    assert plain["filters"][0].keys() == {"name", "inputs", "outputs", "what"}
