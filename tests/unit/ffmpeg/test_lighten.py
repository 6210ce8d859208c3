"""A command that shall use less memory."""

from __future__ import annotations

from farm.ffmpeg.command import Command
from farm.ffmpeg.lighten import lighten


def test_everything_gets_one_thread() -> None:
    command = Command(
        arguments=(
            *("-filter_threads", "8", "-filter_complex_threads", "8"),
            *("-threads", "4", "-ss", "1", "-i", "a.mp4", "-i", "b.mp4"),
            *("-filter_complex", "[0:v][1:v]overlay[v]", "-map", "[v]"),
            *("-c:v", "libx264", "-threads", "6", "made.mp4"),
        ),
        output="made.mp4",
        frames=7,
    )

    light = lighten(command)

    assert light.arguments == (
        *("-filter_threads", "1", "-filter_complex_threads", "1"),
        *("-threads", "1", "-ss", "1", "-i", "a.mp4", "-threads", "1", "-i", "b.mp4"),
        *("-filter_complex", "[0:v][1:v]overlay[v]", "-map", "[v]"),
        *("-c:v", "libx264", "-threads", "1", "made.mp4"),
    )
    assert (light.output, light.frames) == ("made.mp4", 7)


def test_a_light_command_stays_as_it_is() -> None:
    light = lighten(Command(arguments=("-i", "a", "out"), output="out"))

    assert lighten(light) == light
