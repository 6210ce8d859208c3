"""The kinds of transitions: those of FFmpeg's filter xfade, and our own."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final

from farm.timeline.time import show_value
from farm.timeline.transitions.drawn import DRAWN
from farm.timeline.transitions.plain import PLAIN, RENAMED

#: Kind in a timeline → what it does.
TRANSITIONS: Final[dict[str, str]] = {
    **PLAIN,
    **{name: drawn.what for name, drawn in DRAWN.items()},
}
#: Kind in a timeline → value of xfade's option ``transition``.
XFADE_TRANSITIONS: Final[dict[str, str]] = {
    **{name: RENAMED.get(name, name) for name in PLAIN},
    **dict.fromkeys(DRAWN, "custom"),
}


def check_transition_kind(kind: str) -> str:
    """Return a known kind; raise `ValueError` that names the nearest otherwise."""
    if kind in XFADE_TRANSITIONS:
        return kind
    near = get_close_matches(kind, XFADE_TRANSITIONS, n=3)
    hint = f"; near it: {', '.join(near)}" if near else "; dissolve is the plain one"
    message = f"unknown transition {show_value(kind)}{hint}"
    raise ValueError(message)
