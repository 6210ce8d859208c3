"""Decode streams to their ends, and note the times of what comes out."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from farm.ffmpeg.command import Command
from farm.timeline.report import Decoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from farm.timeline.media import AudioFacts, MediaFacts, VideoFacts

_NOTES = "decoded.txt"


def decodable(facts: MediaFacts) -> tuple[VideoFacts | AudioFacts, ...]:
    """Return the streams of a file that are played: no covers, no subtitles."""
    return (*(each for each in facts.video if not each.is_cover), *facts.audio)


def build_decode_command(
    path: str, streams: Sequence[VideoFacts | AudioFacts], *, seconds: float
) -> Command:
    """Return the command that decodes streams, with a line of notes for each frame.

    The notes are in the format of FFmpeg's ``framecrc`` muxer.
    """
    maps = [word for each in streams for word in ("-map", f"0:{each.index}")]
    return Command(
        arguments=(
            *("-copyts", "-noautorotate", "-protocol_whitelist", "file"),
            *("-i", f"file:{path}", *maps),
            *("-fps_mode", "passthrough", "-enc_time_base:v", "demux"),
            *("-f", "framecrc", _NOTES),
        ),
        output=_NOTES,
        sources=(path,),
        seconds=seconds,
    )


def read_decoded(notes: Path) -> dict[int, Decoded]:
    """Return what came out of each stream, by its place among those decoded."""
    ticks: dict[int, Fraction] = {}
    kinds: dict[int, str] = {}
    found: dict[int, list[int]] = {}  # frames, ticks, start and end
    with notes.open(encoding="ascii") as lines:
        for line in lines:
            if line.startswith("#"):
                _read_head(line, ticks, kinds)
                continue
            number, _, time, length, *_ = (int(part) for part in _numbers(line))
            seen = found.setdefault(number, [0, 0, time, time])
            seen[0] += 1
            seen[1] += length
            seen[2] = min(seen[2], time)
            seen[3] = max(seen[3], time + length)
    return {
        number: Decoded(
            count=frames if kinds.get(number) == "video" else length,
            start=start * ticks[number],
            end=end * ticks[number],
        )
        for number, (frames, length, start, end) in found.items()
    }


def _numbers(line: str) -> Iterable[str]:
    return (part.strip() for part in line.split(",")[:4])


def _read_head(line: str, ticks: dict[int, Fraction], kinds: dict[int, str]) -> None:
    """Take a line such as ``#tb 0: 1/25`` or ``#media_type 0: video``."""
    name, _, value = line[1:].partition(":")
    word, _, number = name.partition(" ")
    if word == "tb":
        ticks[int(number)] = Fraction(value.strip())
    elif word == "media_type":
        kinds[int(number)] = value.strip()
