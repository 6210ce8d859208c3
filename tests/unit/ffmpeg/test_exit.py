"""Endings of FFmpeg, by logs that 5.1 and 9.0 left."""

from __future__ import annotations

import pytest

from farm.errors import (
    DiskFull,
    EncoderMissing,
    FarmError,
    FFmpegFailed,
    FFmpegKilled,
    GpuFailed,
    GpuFull,
    MediaMissing,
    MediaUnreadable,
    OutOfMemory,
    Unsupported,
)
from farm.ffmpeg.exit import Ended, error_of

ARGV = ("/bin/ffmpeg", "-i", "/a.mp4", "-ss", "1", "-i", "file:/b c.mp4", "out.mkv")
SOURCES = ("/a.mp4", "/b c.mp4")


def ended(
    log: str,
    *,
    exit_code: int = 1,
    argv: tuple[str, ...] = ARGV,
    sources: tuple[str, ...] = SOURCES,
) -> FarmError:
    lines = log.strip().splitlines()
    return error_of(
        Ended(
            argv=argv,
            sources=sources,
            exit_code=exit_code,
            errors=tuple(
                line for line in lines if "[error]" in line or "[fatal]" in line
            ),
            log=log,
        )
    )


NOT_OPENED = """
[in#1 @ 0x55fd] [error] moov atom not found
[in#1 @ 0x55fd] [error] Error opening input: Invalid data found when processing input
[error] Error opening input file file:/b c.mp4.
[fatal] Error opening input files: Invalid data found when processing input
"""
NOT_OPENED_5_1 = """
[mov,mp4,m4a,3gp,3g2,mj2 @ 0x55] [error] moov atom not found
[error] /a.mp4: Invalid data found when processing input
"""
NOT_THERE = """
[in#0 @ 0x55a6] [error] Error opening input: No such file or directory
[error] Error opening input file /a.mp4.
"""
NOT_ALLOWED = """
[in#0 @ 0x55a6] [error] Error opening input: Permission denied
[error] Error opening input file /a.mp4.
"""
NOT_DECODED = """
[vp9 @ 0x55] [error] Invalid frame marker
[vist#1:0/vp9 @ 0x55] [dec:vp9 @ 0x56] [error] Decode error rate 1 exceeds maximum 0.66
[vf#0:0 @ 0x55] [error] Task finished with error code: -1094995529 (Invalid data)
[out#0/null @ 0x55] [error] Nothing was written into output file
"""
NO_CODEC = """
[aist#0:1/none @ 0x5] [error] Decoding requested, but no decoder found for: none
"""
NO_DECODER = """
[vist#0:0/vvc @ 0x5] [error] Decoding requested, but no decoder found for: vvc
"""
DISK = """
[vost#0:0/ffv1 @ 0x5] [error] Error submitting a packet to the muxer: No space left on device
[out#0/matroska @ 0x5] [error] Error writing trailer: No space left on device
"""  # noqa: E501  # lines of a log
NVENC = """
[h264_nvenc @ 0x5] [error] Cannot load libcuda.so.1
[vost#0:0/h264_nvenc @ 0x5] [enc:h264_nvenc @ 0x5] [error] Error while opening encoder - maybe
[out#0/mp4 @ 0x5] [error] Nothing was written into output file
"""  # noqa: E501  # lines of a log
CUDA = """
[CUDA @ 0x55] [error] Cannot load libcuda.so.1
[CUDA @ 0x55] [error] Could not dynamically load CUDA
[error] Device creation failed: -1.
[error] Failed to set value 'cuda=gpu:0' for option 'init_hw_device': \
Operation not permitted
[fatal] Error parsing global options: Operation not permitted
"""
CUDA_MEMORY = """
[h264 @ 0x55] [error] decoder->cvdl->cuvidCreateDecoder(&decoder->decoder, params) \
failed -> CUDA_ERROR_OUT_OF_MEMORY: out of memory
"""
NVDEC = """
[h264 @ 0x55] [error] Failed setup for format cuda: \
hwaccel initialisation returned error.
"""
NVENC_MEMORY = """
[h264_nvenc @ 0x5] [error] OpenEncodeSessionEx failed: out of memory (10): (no details)
[vost#0:0/h264_nvenc @ 0x5] [enc:h264_nvenc @ 0x5] [error] Error while opening encoder - maybe
"""  # noqa: E501  # lines of a log
NO_THREADS = """
[vost#0:0/ffv1 @ 0x5] [enc:ffv1 @ 0x5] [error] Error while opening encoder - maybe
[vf#0:0 @ 0x5] [error] Error sending frames to consumers: Resource temporarily unavailable
"""  # noqa: E501  # lines of a log


@pytest.mark.parametrize(
    ("log", "error", "words"),
    [
        (NOT_OPENED, MediaUnreadable, "/b c.mp4 cannot be read as media (moov atom"),
        (NOT_OPENED_5_1, MediaUnreadable, "/a.mp4 cannot be read as media"),
        (NOT_THERE, MediaMissing, "/a.mp4 is not there"),
        (NOT_ALLOWED, MediaUnreadable, "/a.mp4 cannot be read as media (the farm has"),
        (NOT_DECODED, MediaUnreadable, "/b c.mp4 cannot be read as media (nothing in"),
        (NO_CODEC, MediaUnreadable, "/a.mp4 cannot be read as media"),
        (NO_DECODER, Unsupported, "cannot decode /a.mp4 (Decoding requested, but no"),
        (DISK, DiskFull, "the disk is full"),
        (NVENC, EncoderMissing, "h264_nvenc does not work here"),
        (NVENC_MEMORY, GpuFull, "no room for it (OpenEncodeSessionEx failed"),
        (CUDA, EncoderMissing, "GPU cannot be used here (Cannot load libcuda.so.1)"),
        (CUDA_MEMORY, GpuFull, "no room for it"),
        (NVDEC, GpuFailed, "the GPU failed (Failed setup for format cuda"),
        (NO_THREADS, OutOfMemory, "no more memory"),
        ("[fatal] Unknown encoder 'x9'", EncoderMissing, "no encoder x9"),
        ("[x @ 0x5] [error] No such filter: 'zap'", Unsupported, "no filter zap"),
        ("[error] Conversion failed!", FFmpegFailed, "exit code 1"),
        ("", FFmpegFailed, "it left no word why"),
    ],
)
def test_the_log_says_why(log: str, error: type[FarmError], words: str) -> None:
    found = ended(log)
    assert type(found) is error
    assert words in found.message
    assert "\n" not in found.message
    assert found.facts["log"] == log
    assert found.facts["argv"] == list(ARGV)


@pytest.mark.parametrize("exit_code", [1, 69, 183, 234, 255])
def test_numbers_of_exit_codes_mean_nothing(exit_code: int) -> None:
    found = ended(NOT_THERE, exit_code=exit_code)
    assert isinstance(found, MediaMissing)
    assert found.facts["exit_code"] == exit_code


@pytest.mark.parametrize(
    ("exit_code", "log", "error", "words"),
    [
        (-9, "", FFmpegKilled, "SIGKILL; the machine may be out of memory"),
        (-11, "", FFmpegKilled, "SIGSEGV; it crashed"),
        (-25, "", DiskFull, "limit"),
        (-6, "[error] std::bad_alloc", OutOfMemory, "memory"),
        (255, "Exiting normally, received signal 15.", FFmpegKilled, "SIGTERM"),
        (-40, "", FFmpegKilled, "signal 40"),
    ],
)
def test_a_signal_is_no_matter_of_the_job(
    exit_code: int, log: str, error: type[FarmError], words: str
) -> None:
    found = ended(log, exit_code=exit_code)
    assert type(found) is error
    assert words in found.message
    assert found.retry


def test_a_file_of_the_farm_is_no_source() -> None:
    argv = ("/bin/ffmpeg", "-i", "segment-1.mkv", "out.mkv")
    log = NOT_OPENED.replace("file:/b c.mp4", "segment-1.mkv")
    found = ended(log, argv=argv, sources=("/a.mp4",))
    assert type(found) is FFmpegFailed
    assert found.retry


def test_damage_in_a_source_does_not_hide_the_cause() -> None:
    found = ended("[h264 @ 0x5] [error] Reference 14 >= 8\n" * 3 + DISK)
    assert type(found) is DiskFull
