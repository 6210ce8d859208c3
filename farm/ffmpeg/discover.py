"""What an FFmpeg has built in, parsed out of what it prints about itself."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from farm.ffmpeg.hardware_words import WAYS
from farm.ffmpeg.locate import ffmpeg_version
from farm.ffmpeg.run import read_output

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic import JsonValue

Kind = Literal["video", "audio", "subtitle"]
_KINDS: dict[str, Kind] = {"V": "video", "A": "audio", "S": "subtitle"}
#: `` V....D libx264   H.264 (codec h264)``
_CODER = re.compile(
    r"^ (?P<flags>[VAS][F.][S.][X.][B.][D.]) (?P<name>\S+)(?: +(?P<what>.*))?$"
)
_CODEC = re.compile(r" \(codec (?P<codec>\S+)\)$")
#: `` DE  matroska   Matroska``; FFmpeg before 6 has no third letter for devices.
_FORMAT = re.compile(
    r"^ (?P<read>[D ])(?P<write>[E ])(?P<device>[d ])? +(?P<names>[\w,+-]+)"
    r"(?: +(?P<what>.*))?$"
)
#: `` TS overlay   VV->V   Overlay a video source on top of the input.``
_FILTER = re.compile(
    r"^ (?P<flags>[T.][S.][C.]?) (?P<name>\w+) +(?P<into>[AVN|]+)->(?P<out>[AVN|]+) "
    r"+(?P<what>.*)$"
)
#: ``IO... yuv420p   3   12   8-8-8``
_PIXELS = re.compile(
    r"^(?P<flags>[I.][O.][H.][P.][B.]) (?P<name>\w+) +(?P<parts>\d+) +(?P<bits>\d+)"
    r"(?: +(?P<depths>[\d-]+))?$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coder:
    """An encoder or a decoder."""

    name: str
    codec: str
    """What it writes or reads, by FFmpeg's name of the codec."""
    kind: Kind
    what: str
    way: str | None
    """The hardware method of one that runs on hardware: ``nvenc``, ``vaapi`` …"""
    is_experimental: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A container, or a device that is used like one."""

    names: tuple[str, ...]
    what: str
    can_read: bool
    can_write: bool
    is_device: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A filter of pictures or sound."""

    name: str
    inputs: str
    """A letter each: V picture, A sound, N any number; empty: it is a source."""
    outputs: str
    """The same; empty: it is a sink."""
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelFormat:
    """A way to store a picture in memory."""

    name: str
    components: int
    bits_per_pixel: int
    bit_depths: tuple[int, ...]
    """Of each component; empty where they lie on a device."""
    is_hardware: bool
    """Whether it lies in the memory of a device."""
    has_palette: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltIn:
    """All that was built into an FFmpeg; whether it works here is another matter."""

    version: str
    hardware_methods: tuple[str, ...]
    encoders: tuple[Coder, ...]
    decoders: tuple[Coder, ...]
    formats: tuple[Format, ...]
    filters: tuple[Filter, ...]
    pixel_formats: tuple[PixelFormat, ...]

    def to_json(self) -> dict[str, JsonValue]:
        """Return it as plain data."""
        plain: dict[str, JsonValue] = asdict(self)
        return plain


def discover(ffmpeg: Path) -> BuiltIn:
    """Ask an FFmpeg for all that was built in.

    Raises:
        InvalidSettings: when it is none, or does not answer.
    """
    return BuiltIn(
        version=ffmpeg_version(ffmpeg),
        hardware_methods=find_hardware_methods(ffmpeg),
        encoders=find_coders(ffmpeg, "encoders"),
        decoders=find_coders(ffmpeg, "decoders"),
        formats=parse_formats(read_output(ffmpeg, ["-formats"])),
        filters=find_filters(ffmpeg),
        pixel_formats=parse_pixel_formats(read_output(ffmpeg, ["-pix_fmts"])),
    )


def find_coders(
    ffmpeg: Path, which: Literal["encoders", "decoders"]
) -> tuple[Coder, ...]:
    """Return the encoders or decoders that were built in."""
    return parse_coders(read_output(ffmpeg, [f"-{which}"]))


def find_filters(ffmpeg: Path) -> tuple[Filter, ...]:
    """Return the filters that were built in."""
    return parse_filters(read_output(ffmpeg, ["-filters"]))


def find_hardware_methods(ffmpeg: Path) -> tuple[str, ...]:
    """Return the hardware methods that were built in, such as ``cuda``."""
    _, *lines = read_output(ffmpeg, ["-hwaccels"]).splitlines()
    return tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))


def parse_coders(printed: str) -> tuple[Coder, ...]:
    """Read what ``-encoders`` or ``-decoders`` prints."""
    return tuple(_coder(found) for found in _rows(_CODER, printed))


def parse_formats(printed: str) -> tuple[Format, ...]:
    """Read what ``-formats`` prints."""
    return tuple(
        Format(
            names=tuple(found["names"].split(",")),
            what=(found["what"] or "").strip(),
            can_read=found["read"] == "D",
            can_write=found["write"] == "E",
            is_device=found["device"] == "d",
        )
        for found in _rows(_FORMAT, printed)
    )


def parse_filters(printed: str) -> tuple[Filter, ...]:
    """Read what ``-filters`` prints."""
    return tuple(
        Filter(
            name=found["name"],
            inputs=found["into"].strip("|"),
            outputs=found["out"].strip("|"),
            what=found["what"].strip(),
        )
        for found in _rows(_FILTER, printed)
    )


def parse_pixel_formats(printed: str) -> tuple[PixelFormat, ...]:
    """Read what ``-pix_fmts`` prints."""
    return tuple(
        PixelFormat(
            name=found["name"],
            components=int(found["parts"]),
            bits_per_pixel=int(found["bits"]),
            bit_depths=tuple(
                int(depth)
                for depth in (found["depths"] or "").split("-")
                if int(depth or 0)
            ),
            is_hardware="H" in found["flags"],
            has_palette="P" in found["flags"],
        )
        for found in _rows(_PIXELS, printed)
    )


def way_of(coder: str) -> str | None:
    """Return the hardware method of a coder by its name; ``None``: it needs none."""
    return next((way for end, way in WAYS.items() if coder.endswith(end)), None)


def _coder(found: re.Match[str]) -> Coder:
    what, name = (found["what"] or "").strip(), found["name"]
    codec = _CODEC.search(what)
    return Coder(
        name=name,
        codec=codec["codec"] if codec else name,
        kind=_KINDS[found["flags"][0]],
        what=_CODEC.sub("", what),
        way=way_of(name),
        is_experimental="X" in found["flags"],
    )


def _rows(pattern: re.Pattern[str], printed: str) -> Iterator[re.Match[str]]:
    """Yield the lines of a list that fit; the legend before them does not count.

    It explains the letters with an equals sign, as in `` V..... = Video``.
    """
    for line in printed.splitlines():
        found = pattern.match(line.rstrip())
        if found is not None and " = " not in line[:12]:
            yield found
