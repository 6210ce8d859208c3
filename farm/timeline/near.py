"""Names that may have been meant by one that is not known."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_LONGEST = 100
"""Characters of a name that are compared: it may be anything."""


def find_near(name: str, known: Collection[str]) -> str | None:
    """Return the known name that is most like a name, if any is."""
    near = get_close_matches(name[:_LONGEST], known, n=1)
    return near[0] if near else None


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Return the end of a sentence that names what is near; empty where nothing is."""
    near = find_near(name, known)
    return f"; did you mean {near}?" if near else ""


def near_or_all(name: str, known: Collection[str]) -> str:
    """Return a question for what is near, or else all that there is."""
    near = find_near(name, known)
    return f"did you mean {near}?" if near else f"there are: {', '.join(known)}"


def check_name(name: str, known: Collection[str], *, what: str) -> str:
    """Return a known name; raise `ValueError` that says what there is otherwise."""
    if name in known:
        return name
    near = get_close_matches(name[:_LONGEST], known, n=2, cutoff=0.5)
    there = " or ".join(repr(each) for each in near) or ", ".join(known)
    raise ValueError(f"there is no {what} {name!r}; there is {there}")
