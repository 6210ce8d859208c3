"""Packages as a player finds them, read without trust in what wrote them."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av

from farm.ffmpeg.locate import find_ffmpeg
from farm.settings import Settings

if TYPE_CHECKING:
    from tests.here import Done


@dataclass(frozen=True, slots=True, kw_only=True)
class Playlist:
    """An HLS media playlist."""

    tags: dict[str, str]
    init: str
    segments: tuple[str, ...]
    seconds: tuple[Fraction, ...]
    has_ended: bool


def put_together(done: Done, folder: Path, *, settings: Settings) -> Path:
    """Put the files of a package into a folder, as they are published."""
    folder.mkdir()
    output: Any = done.results["output"]
    for member in output["members"]:
        shutil.copy(settings.storage_folder / member["file"], folder / member["name"])
    return folder


def read_playlist(path: Path) -> Playlist:
    """Parse a media playlist; what is not understood is an error."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#EXTM3U"
    tags: dict[str, str] = {}
    segments, seconds, init = [], [], ""
    for line in lines[1:]:
        if line.startswith("#EXTINF:"):
            seconds.append(Fraction(line.removeprefix("#EXTINF:").rstrip(",")))
        elif found := re.fullmatch(r'#EXT-X-MAP:URI="(.+)"', line):
            init = found[1]
        elif line.startswith("#"):
            name, _, value = line.partition(":")
            assert name.startswith("#EXT-X-")
            assert name not in tags
            tags[name.removeprefix("#EXT-X-")] = value
        else:
            segments.append(line)
    assert len(segments) == len(seconds)
    return Playlist(
        tags=tags,
        init=init,
        segments=tuple(segments),
        seconds=tuple(seconds),
        has_ended="ENDLIST" in tags,
    )


def read_variants(path: Path) -> list[tuple[dict[str, str], str]]:
    """Return attributes and name of each variant, of an index of HLS."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        (_attributes(line), after)
        for line, after in itertools.pairwise(lines)
        if line.startswith("#EXT-X-STREAM-INF:")
    ]


def read_renditions(path: Path) -> list[dict[str, str]]:
    """Return attributes of each sound, of an index of HLS."""
    return [
        _attributes(line)
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("#EXT-X-MEDIA:")
    ]


def _attributes(line: str) -> dict[str, str]:
    found = re.findall(r'([A-Z-]+)=("[^"]*"|[^,]*)', line.partition(":")[2])
    return {name: value.strip('"') for name, value in found}


def joined(folder: Path, playlist: Playlist) -> Path:
    """Return first bytes and segments as one file."""
    path = folder.parent / f"{Path(playlist.init).stem}-joined.mp4"
    parts = [playlist.init, *playlist.segments]
    path.write_bytes(b"".join((folder / name).read_bytes() for name in parts))
    return path


def packet_times(path: Path, kind: str) -> list[tuple[int, int, Fraction]]:
    """Return time and length of each packet in ticks, and the tick, of a file."""
    with av.open(str(path)) as container:
        stream = next(each for each in container.streams if each.type == kind)
        tick = stream.time_base or Fraction(1)
        return [
            (packet.pts or 0, packet.duration or 0, tick)
            for packet in container.demux(stream)
            if packet.size
        ]


def picture_hashes(path: Path) -> list[str]:
    """Return a hash of each frame, decoded by FFmpeg; damage is an error."""
    return [line.split(",")[-1].strip() for line in _decode(path, "0:v:0")]


def sound_bytes(path: Path) -> bytes:
    """Return the samples of a file, decoded by FFmpeg."""
    command = _command(path, "0:a:0")
    return subprocess.run(
        [*command, "-f", "f32le", "-"], check=True, capture_output=True
    ).stdout


def _decode(path: Path, stream: str) -> list[str]:
    command = [*_command(path, stream), "-f", "framemd5", "-"]
    made = subprocess.run(command, check=True, capture_output=True, text=True)
    assert made.stderr == ""
    return [line for line in made.stdout.splitlines() if not line.startswith("#")]


def _command(path: Path, stream: str) -> list[str]:
    ffmpeg = str(find_ffmpeg(Settings()))
    options = ["-v", "error", "-xerror", "-i", str(path), "-map", stream]
    return [ffmpeg, *options]
