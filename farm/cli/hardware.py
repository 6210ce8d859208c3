"""What an FFmpeg has and what hardware encodes, as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.cli.output import say, say_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from farm.api.hardware import Hardware
    from farm.ffmpeg.capabilities import Proof
    from farm.ffmpeg.discover import BuiltIn, Coder, Filter, Format, PixelFormat

Row = tuple[str, ...]


def say_hardware(found: Hardware) -> None:
    """Print what is there, and a line for each encoder that was tried."""
    has = found.built_in
    say(f"FFmpeg {has.version} at {found.ffmpeg}")
    say(
        f"built in: {len(has.encoders)} encoders, {len(has.decoders)} decoders, "
        f"{len(has.formats)} formats, {len(has.filters)} filters, "
        f"{len(has.pixel_formats)} pixel formats"
    )
    say(f"hardware methods: {', '.join(has.hardware_methods) or 'none'}")
    say(f"devices: {', '.join(each.what for each in found.devices) or 'none'}")
    say("")
    _say_proofs("ENCODER", found.encoders)
    say("")
    _say_proofs("NVDEC", found.decoders)


def _say_proofs(title: str, proofs: Iterable[Proof]) -> None:
    say_table(
        (title, "DEVICE", "WORKS", "WHY NOT"),
        [
            (
                proof.encoder,
                proof.device or "-",
                f"yes, in {proof.seconds:.2f} s" if proof.works else "no",
                proof.why_not,
            )
            for proof in proofs
        ],
    )


def say_built_in(has: BuiltIn, name: str) -> None:
    """Print one of the lists."""
    columns, rows = LISTS[name]
    say_table(columns, rows(has))


def _coders(coders: Iterable[Coder]) -> list[Row]:
    return [(c.name, c.kind, c.codec, c.way or "-", c.what) for c in coders]


def _format(found: Format) -> Row:
    can = "read" * found.can_read, "write" * found.can_write
    return (
        ", ".join(found.names),
        ", ".join(filter(None, can)),
        "device" if found.is_device else "-",
        found.what,
    )


def _filter(found: Filter) -> Row:
    return found.name, found.inputs or "-", found.outputs or "-", found.what


def _pixels(found: PixelFormat) -> Row:
    return (
        found.name,
        str(found.components),
        str(found.bits_per_pixel),
        "-".join(map(str, found.bit_depths)) or "-",
        "hardware" if found.is_hardware else "-",
    )


_CODER_COLUMNS = ("NAME", "KIND", "CODEC", "HARDWARE", "WHAT")
LISTS: dict[str, tuple[Row, Callable[[BuiltIn], list[Row]]]] = {
    "encoders": (_CODER_COLUMNS, lambda has: _coders(has.encoders)),
    "decoders": (_CODER_COLUMNS, lambda has: _coders(has.decoders)),
    "formats": (
        ("NAME", "CAN", "KIND", "WHAT"),
        lambda has: [_format(each) for each in has.formats],
    ),
    "filters": (
        ("NAME", "IN", "OUT", "WHAT"),
        lambda has: [_filter(each) for each in has.filters],
    ),
    "pixel-formats": (
        ("NAME", "PARTS", "BITS", "DEPTHS", "WHERE"),
        lambda has: [_pixels(each) for each in has.pixel_formats],
    ),
}
"""Columns and rows of each list."""
