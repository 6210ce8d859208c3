"""What no FFmpeg of the farm may do by its words, whoever wrote the command.

Every input gets the list of protocols and of formats that it may use. A filter that
reads files or addresses of its own, or loads programs, is refused.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from farm.errors import FFmpegFailed
from farm.ffmpeg.open import FORMATS, PROTOCOLS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from farm.ffmpeg.command import Command

#: Formats of sources, and what the farm makes and decodes again to check it.
ALLOWED = f"{FORMATS},webp_anim"
_LISTS = ("-protocol_whitelist", "-format_whitelist")
_GRAPHS = ("-filter_complex", "-lavfi", "-vf", "-af", "-filter", "-filter_script")
#: Filters that open what they name, talk to others, or load programs.
REFUSED_FILTERS = frozenset(
    {
        *("movie", "amovie", "zmq", "azmq", "ladspa", "lv2", "frei0r", "frei0r_src"),
        *("program_opencl", "openclsrc", "coreimage", "coreimagesrc", "avsynctest"),
        *("dnn_classify", "dnn_detect", "dnn_processing", "sr", "derain", "asr"),
        *("whisper", "subtitles", "libplacebo", "signature"),
    }
)


def guard(command: Command) -> tuple[str, ...]:
    """Return the arguments with what each input may use.

    Raises:
        FFmpegFailed: when a filter or an output is none that the farm writes.
    """
    for graph in find_graphs(command):
        for name in filter_names(graph):
            if name in REFUSED_FILTERS:
                raise FFmpegFailed(f"the farm uses no filter {name}: it opens files")
    arguments: list[str] = []
    form: str | None = None
    words = iter(command.arguments)
    for word in words:
        if word in _LISTS:
            next(words, None)  # there is but one list, and it is written here
            continue
        if word == "-i":
            formats = ALLOWED if form is None else f"{form},{ALLOWED}"
            arguments += [_LISTS[0], PROTOCOLS, _LISTS[1], formats]
            form = None
        arguments.append(word)
        if word in {"-i", "-f"}:
            value = next(words, "")
            form = value if word == "-f" else form
            arguments.append(value)
    return tuple(arguments)


def filter_names(graph: str) -> Iterator[str]:
    """Yield the names of the filters in a graph, as FFmpeg reads it.

    ```
    [0:v] scale@big = w=1 : h='a,b' , format=yuv420p ; [1:v] …
          └name┘                      └name─┘
    ```
    """
    for part in _parts(graph):
        rest = part.strip()
        while rest.startswith("["):
            rest = rest.partition("]")[2].strip()
        name = rest.partition("=")[0].partition("[")[0].partition("@")[0]
        if name := name.replace("\\", "").replace("'", "").strip():
            yield name.lower()


def find_graphs(command: Command) -> Iterator[str]:
    """Yield all filter graphs of a command."""
    arguments = command.arguments
    is_lavfi = False
    for word, after in pairwise(arguments):
        if word == "-f":
            is_lavfi = after == "lavfi"
        elif word == "-i":
            if is_lavfi:
                yield after
            is_lavfi = False
        elif word.startswith("-/"):
            yield command.files.get(after, "")
        elif word.partition(":")[0] in _GRAPHS:
            yield after


def _parts(graph: str) -> Iterator[str]:
    """Split a graph at the commas and semicolons that are not quoted or escaped."""
    part: list[str] = []
    is_quoted = is_escaped = False
    for sign in graph:
        if is_escaped:
            is_escaped = False
        elif sign == "\\" and not is_quoted:
            is_escaped = True
        elif sign == "'":
            is_quoted = not is_quoted
        elif sign in ",;" and not is_quoted:
            yield "".join(part)
            part.clear()
            continue
        part.append(sign)
    yield "".join(part)
