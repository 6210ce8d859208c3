"""What is added to each command, and what none may hold."""

from __future__ import annotations

import pytest

from farm.errors import FFmpegFailed
from farm.ffmpeg.command import Command
from farm.ffmpeg.guard import ALLOWED, REFUSED_FILTERS, filter_names, guard


def _command(*arguments: str, **files: str) -> Command:
    return Command(arguments=arguments, output="out", files=files)


def test_every_input_gets_its_lists() -> None:
    given = _command(
        *("-i", "file:/a.mp4", "-f", "concat", "-safe", "0", "-i", "list"),
        *("-f", "lavfi", "-i", "color", "-f", "matroska", "out"),
    )
    lists = ("-protocol_whitelist", "file", "-format_whitelist")
    assert guard(given) == (
        *(*lists, ALLOWED, "-i", "file:/a.mp4"),
        *("-f", "concat", "-safe", "0", *lists, f"concat,{ALLOWED}", "-i", "list"),
        *("-f", "lavfi", *lists, f"lavfi,{ALLOWED}", "-i", "color"),
        *("-f", "matroska", "out"),
    )


def test_lists_of_others_do_not_count() -> None:
    words = ("-protocol_whitelist", "file,http", "-format_whitelist", "hls", "-i", "a")
    guarded = guard(_command(*words))
    assert guarded.count("-protocol_whitelist") == 1
    assert "hls" not in guarded
    assert "file,http" not in guarded
    assert guard(_command(*guarded)) == guarded


@pytest.mark.parametrize(
    ("graph", "names"),
    [
        ("scale=w=1:h=2,format=yuv420p", ["scale", "format"]),
        ("[0:v][1:v]overlay@top=x='a,b;movie=c'[out]", ["overlay"]),
        ("[a] movie = f [b];[b]null", ["movie", "null"]),
        ("drawtext=text=a\\,movie\\=b,mov\\ie=c", ["drawtext", "movie"]),
        ("mo'vi'e=c", ["movie"]),
        ("split[a][b];[a]null[c]", ["split", "null"]),
        ("", []),
    ],
)
def test_names_of_filters_are_found(graph: str, names: list[str]) -> None:
    assert list(filter_names(graph)) == names


@pytest.mark.parametrize("name", sorted(REFUSED_FILTERS))
@pytest.mark.parametrize(
    "command",
    [
        ("-filter_complex", "[0:v]null,NAME=/etc/passwd[a]"),
        ("-vf", "NAME"),
        ("-filter:v:0", "null, NAME=a"),
        ("-f", "lavfi", "-i", "NAME=/etc/passwd"),
        ("-/filter_complex", "graph"),
    ],
)
def test_a_filter_that_opens_files_is_refused(
    command: tuple[str, ...], name: str
) -> None:
    words = [word.replace("NAME", name) for word in command]
    with pytest.raises(FFmpegFailed, match=f"no filter {name}:"):
        guard(_command(*words, graph=f"null,{name}=a"))
