"""Small pieces of filter graphs, built with ffmpeg-python."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, TypeAlias

import ffmpeg

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

#: A stream of ffmpeg-python, which has no types.
Stream: TypeAlias = Any

#: Linux takes no argument longer than 128 KiB; a shorter one is easier to read in logs.
_LONGEST_GRAPH = 32_000
_GRAPH_FILE = "graph.txt"

#: Nodes of ffmpeg-python are values: two equal inputs would be one. This option tells
#: them apart; it is taken out before FFmpeg sees it.
_IDENTITY = "farm_input"
_identities = count()


def open_input(path: str, **options: object) -> Stream:
    """Open a file or a lavfi source, apart from all others that are open."""
    return ffmpeg.input(path, **{_IDENTITY: next(_identities)}, **options)


def open_media(path: str, **options: object) -> Stream:
    """Open a media file, which may lead to no network and no other protocol."""
    return open_input(f"file:{path}", protocol_whitelist="file", **options)


def seek_options(seconds: Fraction) -> dict[str, str | None]:
    """Return options that keep a source's own times and start decoding near a time.

    Args:
        seconds: from the start of the container; where not positive, from its start.
    """
    if seconds <= 0:
        return {"copyts": None}
    return {"copyts": None, "noaccurate_seek": None, "ss": f"{float(seconds):.6f}"}


def number_frames(stream: Stream, rate: Fraction, *, first: int = 0) -> Stream:
    """Give every frame its number as time stamp, in a clock of whole frames."""
    offset = f"+{first}" if first else ""
    return stream.filter("settb", expr=f"{rate.denominator}/{rate.numerator}").filter(
        "setpts", f"N{offset}"
    )


def take_frames(stream: Stream, start: int, end: int, rate: Fraction) -> Stream:
    """Cut frames `start` to `end` (half-open) and number them from 0."""
    cut = stream.filter("trim", start_frame=start, end_frame=end)
    return number_frames(cut, rate)


def split_stream(stream: Stream, count: int) -> list[Stream]:
    """Return as many copies of a stream as are needed."""
    if count == 1:
        return [stream]
    copies = stream.filter_multi_output("split", count)
    return [copies[number] for number in range(count)]


def join_pictures(streams: Sequence[Stream], rate: Fraction) -> Stream:
    """Play streams of one size and format one after the other."""
    if len(streams) == 1:
        return streams[0]
    joined = ffmpeg.filter(list(streams), "concat", n=len(streams), v=1, a=0)
    return number_frames(joined, rate)


def compile_graph(*outputs: Stream) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the argument list of a graph, without the program, and its text files.

    A long graph is read from a file: the system bounds the length of an argument.
    """
    arguments = list(compile_arguments(*outputs))
    option = "-filter_complex"
    at = arguments.index(option) if option in arguments else 0
    if len(arguments[at + 1]) <= _LONGEST_GRAPH:
        return tuple(arguments), {}
    graph = arguments[at + 1]
    arguments[at : at + 2] = ["-/filter_complex", _GRAPH_FILE]
    return tuple(arguments), {_GRAPH_FILE: graph}


def compile_apart(outputs: Sequence[Stream]) -> tuple[str, ...]:
    """Return the argument list of several outputs of one input each.

    Each gets a graph of its own: in a common one, an output that has all it wants
    waits for the others, and they for it.
    """
    inputs: list[str] = []
    rest: list[str] = []
    for number, output in enumerate(outputs):
        arguments = compile_arguments(output)
        at = arguments.index("-filter_complex")
        graph, _, label, *options = arguments[at + 1 :]
        inputs += arguments[:at]
        graph = graph.replace("[0:", f"[{number}:", 1)
        graph = f"{graph.removesuffix(label)}[out{number}]"
        rest += ["-filter_complex", graph, "-map", f"[out{number}]", *options]
    return (*inputs, *rest)


def compile_arguments(*outputs: Stream) -> tuple[str, ...]:
    """Return the argument list of a graph, without the program."""
    merged = ffmpeg.merge_outputs(*outputs) if len(outputs) > 1 else outputs[0]
    arguments = [str(argument) for argument in ffmpeg.get_args(merged)]
    while f"-{_IDENTITY}" in arguments:
        at = arguments.index(f"-{_IDENTITY}")
        del arguments[at : at + 2]
    return tuple(arguments)
