"""Join pieces by stream copy, and add the sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.ffmpeg.command import Command
from farm.ffmpeg.light import input_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from farm.presets.preset import Preset

_LIST = "pieces.ffconcat"
#: Encoder of subtitles by the suffix of the file.
SUBTITLE_CODECS = {
    ".mp4": "mov_text",
    ".m4v": "mov_text",
    ".mov": "mov_text",
    ".mkv": "srt",
    ".webm": "webvtt",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SubtitleStream:
    """Subtitles that players switch on and off."""

    language: str
    """By ISO 639-2/T."""
    name: str
    cues: tuple[tuple[int, int, str], ...]
    """First frame, the frame after the last, and text."""


_LONGEST_LINE = 4000
"""Bytes."""


def write_srt(cues: Sequence[tuple[int, int, str]], rate: Fraction) -> str:
    """Return cues as SubRip, each text without empty lines, which would end it."""
    blocks = []
    for number, (start, end, text) in enumerate(cues, start=1):
        lines = [
            part
            for line in text.splitlines() if line.strip()
            for part in _short_parts(line)
        ]  # fmt: skip
        times = f"{_srt_time(start / rate)} --> {_srt_time(end / rate)}"
        blocks.append("\n".join([str(number), times, *lines]))
    return "\n\n".join(blocks) + "\n"


def _short_parts(line: str) -> Iterator[str]:
    """Yield a line in parts that FFmpeg reads whole: it cuts at 4,096 bytes."""
    part, size = "", 0
    for letter in line:
        more = len(letter.encode())
        if size + more > _LONGEST_LINE:
            yield part
            part, size = "", 0
        part, size = part + letter, size + more
    yield part


def _srt_time(time: Fraction) -> str:
    seconds, thousandths = divmod(round(time * 1000), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02},{thousandths:03}"


_CLOCKED = {".mp4", ".mov"}


def build_join_command(
    pieces: Sequence[tuple[str, int]],
    *,
    sound: str | None,
    rate: Fraction,
    preset: Preset,
    suffix: str,
    subtitles: Sequence[SubtitleStream] = (),
) -> Command:
    """Join pieces, each with its number of frames, into one file.

    Pieces and sound are named as they lie in the scratch folder: the list of pieces
    has a line for each, which could hold no path with a line break.
    """
    name = f"output{suffix}"
    is_joined = len(pieces) == 1
    told = input_words(preset.video.light)
    inputs = (
        [*told, "-i", f"file:{pieces[0][0]}"]
        if is_joined
        else [*told, "-f", "concat", "-safe", "0", "-i", _LIST]
    )
    maps = ["-map", "0:v:0"]
    if sound is not None:
        inputs += ["-i", f"file:{sound}"]
        maps += ["-map", "1:a:0"]
    files = {} if is_joined else {_LIST: _list(pieces, rate)}
    spoken: list[str] = []
    for number, each in enumerate(subtitles):
        name_of_text = f"subtitles-{number}.srt"
        files[name_of_text] = write_srt(each.cues, rate)
        inputs += ["-f", "srt", "-i", name_of_text]
        maps += ["-map", f"{1 + (sound is not None) + number}:s:0"]
        spoken += [f"-metadata:s:s:{number}", f"language={each.language}"]
        if each.name:
            spoken += [f"-metadata:s:s:{number}", f"title={each.name}"]
    if subtitles:
        spoken += ["-c:s", SUBTITLE_CODECS[suffix]]
    options = ["-c", "copy", *spoken, "-map_metadata", "-1", "-map_chapters", "-1"]
    options += ["-color_range:v", "tv"]  # pieces in MOV cannot say it
    if suffix in _CLOCKED:
        options += [
            "-video_track_timescale",
            str(rate.numerator),
            "-movflags",
            "+faststart",
        ]
    if preset.video.options.get("tag") and suffix in _CLOCKED:
        options += ["-tag:v", preset.video.options["tag"]]
    for key, value in preset.container_options.items():
        options += [f"-{key}", value]
    return Command(
        arguments=(*inputs, *maps, *options, name),
        output=name,
        files=files,
        frames=sum(frames for _, frames in pieces),
    )


def _list(pieces: Sequence[tuple[str, int]], rate: Fraction) -> str:
    """Return the list for FFmpeg's concat demuxer, which counts in microseconds.

    Starts are rounded, not lengths: errors of thousands of pieces would add up.
    """
    lines, frames, start = ["ffconcat version 1.0"], 0, 0
    for name, length in pieces:
        frames += length
        end = round(frames / rate * 1_000_000)
        lines += [f"file {name}", f"duration {end - start}us"]
        start = end
    return "\n".join(lines) + "\n"
