"""Commands that join the sound of files, whatever they are, and encode it once.

FFmpeg opens all files of a command at once: of many, groups are written as float PCM
first, one after the other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import ffmpeg

from farm.ffmpeg.command import Command
from farm.ffmpeg.graph import compile_graph, open_media

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.ffmpeg.graph import Stream
    from farm.presets.preset import AudioEncoding

LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}
_MOST_FILES = 64
_LIST = "parts.ffconcat"


def build_sound_join_commands(
    pieces: Sequence[tuple[str, int]],
    encoding: AudioEncoding,
    *,
    sample_rate: int,
    channels: int,
    seconds: float,
) -> tuple[Command, ...]:
    """Join the sound of files, each with the number of its stream, in order.

    What is missing before a sound or in it is silence. The last command makes the file.
    """
    groups = [
        pieces[at : at + _MOST_FILES] for at in range(0, len(pieces), _MOST_FILES)
    ]
    joined = [_join(group, sample_rate, LAYOUTS[channels]) for group in groups]
    target = f"joined{encoding.piece_suffix}"
    options: dict[str, Any] = {"c:a": encoding.encoder, "ar": sample_rate}
    if encoding.bitrate_kbps:
        options["b:a"] = f"{encoding.bitrate_kbps}k"
    if encoding.piece_suffix == ".wav":
        options["rf64"] = "auto"
    if encoding.encoder == "flac":
        options |= {"sample_fmt": "s32", "bits_per_raw_sample": 24}
    if len(groups) == 1:
        return (_command(joined[0], target, groups[0], seconds, options),)
    names = [f"part-{number:04}.w64" for number in range(len(groups))]
    pcm = {"c:a": "pcm_f32le"}
    makers = [
        _command(stream, name, group, seconds, pcm)
        for stream, name, group in zip(joined, names, groups, strict=True)
    ]
    parts = ffmpeg.input(_LIST, f="concat", safe=0)["0"].filter("asetpts", "N/SR/TB")
    last = _command(parts, target, (), seconds, options)
    lines = ["ffconcat version 1.0", *(f"file '{name}'" for name in names), ""]
    return (*makers, replace(last, files={**last.files, _LIST: "\n".join(lines)}))


def _join(pieces: Sequence[tuple[str, int]], sample_rate: int, layout: str) -> Stream:
    streams = [
        open_media(path)[str(stream)]
        .filter("aresample", sample_rate, **{"async": 1, "first_pts": 0})
        .filter("aformat", sample_fmts="flt", channel_layouts=layout)
        .filter("asetpts", "N/SR/TB")
        for path, stream in pieces
    ]
    if len(streams) == 1:
        return streams[0]
    return ffmpeg.filter(streams, "concat", n=len(streams), v=0, a=1)


def _command(
    stream: Stream,
    name: str,
    pieces: Sequence[tuple[str, int]],
    seconds: float,
    options: dict[str, Any],
) -> Command:
    output = ffmpeg.output(
        stream, name, **options, vn=None, map_metadata=-1, map_chapters=-1
    )
    arguments, files = compile_graph(output)
    return Command(
        arguments=arguments,
        output=name,
        files=files,
        sources=tuple(path for path, _ in pieces),
        seconds=seconds,
    )
