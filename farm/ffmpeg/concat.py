"""Join pieces by stream copy, and add the sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.ffmpeg.command import Command

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from farm.presets.preset import Preset

_LIST = "pieces.ffconcat"
_CLOCKED = {".mp4", ".mov"}


def build_join_command(
    pieces: Sequence[tuple[str, int]],
    *,
    sound: str | None,
    rate: Fraction,
    preset: Preset,
    suffix: str,
) -> Command:
    """Join pieces, each with its number of frames, into one file.

    Pieces and sound are named as they lie in the scratch folder: the list of pieces
    has a line for each, which could hold no path with a line break.
    """
    name = f"output{suffix}"
    is_joined = len(pieces) == 1
    inputs = (
        ["-i", f"file:{pieces[0][0]}"]
        if is_joined
        else ["-f", "concat", "-safe", "0", "-i", _LIST]
    )
    maps = ["-map", "0:v:0"]
    if sound is not None:
        inputs += ["-i", f"file:{sound}"]
        maps += ["-map", "1:a:0"]
    options = ["-c", "copy", "-map_metadata", "-1", "-map_chapters", "-1"]
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
        files={} if is_joined else {_LIST: _list(pieces, rate)},
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
