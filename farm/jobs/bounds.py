"""Which numbers the job table can be asked for."""

from __future__ import annotations

from farm.errors import InvalidOption

#: The largest number that a column of the job table holds.
MOST_OF_TABLE = 2**63 - 1


def check_number(name: str, value: int, *, least: int = 0) -> int:
    """Return a whole number that a table can be asked for.

    Raises:
        InvalidOption: when it is none, too small, or more than `MOST_OF_TABLE`.
    """
    given: object = value
    if type(given) is not int or not least <= given <= MOST_OF_TABLE:
        raise InvalidOption(
            f"the option {name} should be a whole number from {least} to "
            f"{MOST_OF_TABLE}, not {given!r}"
        )
    return given
