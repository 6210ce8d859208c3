"""The kinds of transitions: those of FFmpeg's filter xfade, and our own."""

from __future__ import annotations

from difflib import get_close_matches

from farm.timeline.time import show_value
from farm.timeline.transitions.drawn import DRAWN

#: xfade's names, but for "fade" (our dissolve), "dissolve" (our noisedissolve)
#: and "custom" (an expression of the caller's).
_XFADE_NAMES = """
wipeleft wiperight wipeup wipedown slideleft slideright slideup slidedown
circlecrop rectcrop distance fadeblack fadewhite radial smoothleft smoothright
smoothup smoothdown circleopen circleclose vertopen vertclose horzopen horzclose
pixelize diagtl diagtr diagbl diagbr hlslice hrslice vuslice vdslice hblur
fadegrays wipetl wipetr wipebl wipebr squeezeh squeezev zoomin fadefast fadeslow
hlwind hrwind vuwind vdwind coverleft coverright coverup coverdown revealleft
revealright revealup revealdown
""".split()  # noqa: SIM905  # a table of words

#: Kind in a timeline → value of xfade's option ``transition``.
XFADE_TRANSITIONS: dict[str, str] = {
    "dissolve": "fade",
    "fade": "fade",
    "noisedissolve": "dissolve",
    **{name: name for name in _XFADE_NAMES},
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
