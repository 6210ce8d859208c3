"""Have a command use less memory: one thread for whatever has several."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from farm.ffmpeg.command import Command

_THREADS = ("-threads", "-filter_threads", "-filter_complex_threads")


def lighten(command: Command) -> Command:
    """Return the command with one thread for each decoder, filter and encoder.

    Each thread of a decoder or encoder holds pictures of its own. Where no number is
    given, FFmpeg takes one a core: it is given here.
    """
    arguments = list(command.arguments)
    for place, (before, _) in enumerate(pairwise(command.arguments)):
        if before in _THREADS:
            arguments[place + 1] = "1"
    lighter: list[str] = []
    start = 0
    for place, word in enumerate(arguments):
        if word == "-i":
            options = arguments[start:place]
            lighter += [
                *options,
                *(() if "-threads" in options else ("-threads", "1")),
                *arguments[place : place + 2],
            ]
            start = place + 2
    return replace(command, arguments=(*lighter, *arguments[start:]))
