"""Read sizes as people write them."""

from __future__ import annotations

import re
from fractions import Fraction

from farm.errors import InvalidOption

_UNITS = {
    "": 1,
    "b": 1,
    "kb": 1000,
    "mb": 1000**2,
    "gb": 1000**3,
    "kib": 1024,
    "mib": 1024**2,
    "gib": 1024**3,
}
_SIZE = re.compile(r"(?P<number>\d{1,18}(?:\.\d{1,9})?) *(?P<unit>[A-Za-z]*)")


def read_bytes(size: int | str) -> int:
    """Return a size in bytes: a number, or such as ``25MB`` or ``1.5GiB``.

    Raises:
        InvalidOption: when it is no size, or less than a byte.
    """
    found = _SIZE.fullmatch(str(size).strip())
    unit = _UNITS.get(found["unit"].lower()) if found else None
    if found is None or unit is None or not (count := Fraction(found["number"]) * unit):
        message = f"{size!r} is no size; give bytes, or such as 25MB or 1.5GiB"
        raise InvalidOption(message)
    return max(1, int(count))
