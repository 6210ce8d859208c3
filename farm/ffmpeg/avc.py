"""Parameter sets of H.264 in MP4, MOV and Matroska (ISO/IEC 14496-15, 5.3.3.1).

The decoder configuration of a track, *avcC*, lists sequence and picture parameter
sets, each with a number that slices name. Pictures of several encoders go into one
track when the numbers of their sets differ, or the sets are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Types of NAL units (ITU-T H.264, table 7-1).
_IDR, _SPS, _PPS = 5, 7, 8
_TYPE = 0x1F
_FORBIDDEN = 0x80
#: Slices, IDR, supplements, parameter sets, delimiters, ends, filler.
_KNOWN_TYPES = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
_ZEROS = b"\0\0"
_NEVER = (b"\0\0\0", b"\0\0\1", b"\0\0\2")
_VERSION = 1
_LENGTH_BYTES = 4
_HEAD_BYTES = 6
_RESERVED_LENGTH, _RESERVED_COUNT = 0xFC, 0xE0
_MOST_SETS = 32
#: Profiles whose avcC ends with chroma format and bit depths.
_HIGH_PROFILES = {100, 110, 122, 144}


class SetName(NamedTuple):
    """Which set it is: of a sequence or a picture, and its number."""

    nal_type: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AvcConfig:
    """What a decoder must know before the first picture."""

    profile: int
    compatibility: int
    level: int
    sets: dict[SetName, bytes]
    tail: bytes
    """Chroma format and bit depths, of high profiles."""

    @property
    def numbers(self) -> frozenset[int]:
        """Numbers that its sets have."""
        return frozenset(name.number for name in self.sets)

    def fits(self, other: AvcConfig) -> bool:
        """Whether no set of the other has the name of a different one of these."""
        return all(
            self.sets.get(name, data) == data for name, data in other.sets.items()
        )


def read_config(avcc: bytes) -> AvcConfig | None:
    """Read an avcC; ``None`` where it is none, or has lengths of other than 4 bytes."""
    if len(avcc) <= _HEAD_BYTES or avcc[0] != _VERSION:
        return None
    if (avcc[4] & 3) + 1 != _LENGTH_BYTES:
        return None
    sets: dict[SetName, bytes] = {}
    at = 5
    for mask in (_TYPE, 0xFF):
        count, at = avcc[at] & mask, at + 1
        for _ in range(count):
            size = int.from_bytes(avcc[at : at + 2], "big")
            data = avcc[at + 2 : at + 2 + size]
            at += 2 + size
            if len(data) < size or not size or at > len(avcc):
                return None
            sets[_name(data)] = data
        if at >= len(avcc):
            break
    is_whole = {name.nal_type for name in sets} == {_SPS, _PPS}
    if not is_whole:
        return None
    return AvcConfig(
        profile=avcc[1],
        compatibility=avcc[2],
        level=avcc[3],
        sets=sets,
        tail=avcc[at:] if avcc[1] in _HIGH_PROFILES else b"",
    )


def unite_configs(configs: Iterable[AvcConfig]) -> AvcConfig | None:
    """Return one configuration for all; ``None`` where their sets do not fit."""
    first, *others = configs
    united = first
    for other in others:
        if not united.fits(other):
            return None
        united = AvcConfig(
            profile=max(united.profile, other.profile),
            compatibility=united.compatibility & other.compatibility,
            level=max(united.level, other.level),
            sets=united.sets | other.sets,
            tail=max(united.tail, other.tail),
        )
    return united


def write_config(config: AvcConfig) -> bytes:
    """Return the bytes of an avcC."""
    head = (_VERSION, config.profile, config.compatibility, config.level)
    written = bytes((*head, _RESERVED_LENGTH | _LENGTH_BYTES - 1))
    for nal_type, reserved in ((_SPS, _RESERVED_COUNT), (_PPS, 0)):
        sets = [
            config.sets[name] for name in sorted(config.sets) if name[0] == nal_type
        ]
        if len(sets) >= _MOST_SETS:
            message = f"{len(sets)} parameter sets do not fit into one track"
            raise ValueError(message)
        written += bytes((reserved | len(sets),))
        for data in sets:
            written += len(data).to_bytes(2, "big") + data
    return written + config.tail


def find_units(packet: bytes) -> Iterator[bytes]:
    """Yield the NAL units of a picture, each with its length of 4 bytes before it.

    Raises:
        ValueError: when the lengths do not add up.
    """
    at = 0
    while at < len(packet):
        size = int.from_bytes(packet[at : at + _LENGTH_BYTES], "big")
        at += _LENGTH_BYTES
        if not size or at + size > len(packet):
            message = "the lengths of its units do not add up"
            raise ValueError(message)
        yield packet[at : at + size]
        at += size


def is_well_formed(packet: bytes) -> bool:
    """Whether its units are of known types, and hold no bytes that none may hold.

    An encoder puts a 3 between two zeros and what is below it (ITU-T H.264, 7.4.1).
    """
    try:
        return not any(
            unit[0] & _FORBIDDEN
            or unit[0] & _TYPE not in _KNOWN_TYPES
            or (_ZEROS in unit and any(mark in unit for mark in _NEVER))
            for unit in find_units(packet)
        )
    except ValueError:
        return False


def without_sets(packet: bytes) -> bytes:
    """Return a picture without the parameter sets that stand before it."""
    units = [unit for unit in find_units(packet) if unit[0] & _TYPE not in {_SPS, _PPS}]
    return b"".join(len(unit).to_bytes(_LENGTH_BYTES, "big") + unit for unit in units)


def is_idr(packet: bytes) -> bool:
    """Whether decoding can start with this picture, whatever came before."""
    try:
        return any(unit[0] & _TYPE == _IDR for unit in find_units(packet))
    except ValueError:
        return False


def changes_sets(packet: bytes, config: AvcConfig) -> bool:
    """Whether a picture brings parameter sets that its configuration does not list."""
    return any(
        config.sets.get(_name(unit)) != unit
        for unit in find_units(packet)
        if unit[0] & _TYPE in {_SPS, _PPS}
    )


def _name(data: bytes) -> SetName:
    """Read type and number of a set: the first number after its head."""
    nal_type = data[0] & _TYPE
    head = 4 if nal_type == _SPS else 1  # header, profile, constraints, level
    bits = _Bits(data[head : head + 16].replace(b"\0\0\3", b"\0\0"))
    return SetName(nal_type, bits.read_exp_golomb())


class _Bits:
    def __init__(self, data: bytes) -> None:
        self._bits = "".join(f"{byte:08b}" for byte in data)

    def read_exp_golomb(self) -> int:
        """Read an unsigned number (ITU-T H.264, 9.1)."""
        zeros = self._bits.find("1")
        return int(self._bits[zeros : 2 * zeros + 1] or "1", 2) - 1
