"""The transitions that are drawn by expressions show what their words say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from farm.timeline.transitions.drawn import DRAWN
from tests.integration.render.timelines import change, plain, still, timeline, video

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.integration.render.conftest import Render
    from tests.integration.render.media import MediaFolder

    Array = np.ndarray[Any, Any]

#: Frames of a transition, those of it alone in the film, and its middle.
FRAMES, MIDDLE = 10, 5


def _blue(picture: Array) -> float:
    """Return the share of the picture that is the new colour."""
    return float((picture[..., 2] > picture[..., 0] + 100).mean())


def _red(picture: Array) -> float:
    return float((picture[..., 0] > picture[..., 2] + 100).mean())


def smooth(share: float) -> float:
    return share * share * (3 - 2 * share)


#: From red to blue: what is true of the frame at 3, 5 and 8 tenths.
SHARES: dict[str, Callable[[list[Array]], bool]] = {
    "scale": lambda f: all(
        abs(_blue(each) - smooth(t) ** 2) < 0.03
        for each, t in zip(f, (0.3, 0.5, 0.8), strict=True)
    ),
    "spiral": lambda f: abs(_blue(f[1]) - 0.25) < 0.03,
    "blinds": lambda f: all(
        abs(_blue(each) - t) < 0.06 for each, t in zip(f, (0.3, 0.5, 0.8), strict=True)
    ),
    "flip": lambda f: (
        abs(_red(f[0]) - 0.4) < 0.03
        and _red(f[1]) + _blue(f[1]) < 0.05
        and abs(_blue(f[2]) - 0.6) < 0.03
    ),
    "rotate": lambda f: _red(f[1]) + _blue(f[1]) < 0.05 and _red(f[0]) > 0.1,
    "cube": lambda f: abs(_edge(f[0]) - 0.7) < 0.02 and abs(_edge(f[2]) - 0.2) < 0.02,
    "pageturn": lambda f: abs(_red_end(f[1]) - 0.375) < 0.02 and _blue(f[2]) > 0.85,
    "burn": lambda f: (
        _blue(f[1]) > 0.2
        and _red(f[1][:20]) > 0.9
        and _blue(f[1][-20:]) > 0.9
        and bool(((f[1][..., 0] > 200) & (f[1][..., 1] > 80)).any())
    ),
    "shatter": lambda f: (
        _blue(f[0]) < _blue(f[1]) < _blue(f[2]) and 0.1 < _blue(f[1]) < 0.9
    ),
    "glitch": lambda f: (
        _blue(f[0]) < _blue(f[1]) < _blue(f[2])
        and (np.abs(np.diff((f[1][:, 80, 2] > 128).astype(int))).sum() >= 2)
    ),
    "tvstatic": lambda f: bool(f[1].std(axis=(0, 1)).min() > 50),
}


def _edge(picture: Array) -> float:
    """Return where blue begins in the middle row."""
    return float(np.argmax(picture[48, :, 2] > 128) / 160)


def _red_end(picture: Array) -> float:
    row = (picture[48, :, 0] > 200) & (picture[48, :, 1] < 40)
    return float(row.sum() / 160)


#: Kinds that bend both pictures while one dissolves into the other.
BENT = sorted({"kaleidoscope", "swirl", "ripple", "wave", "morph", "zoomblur"})


@pytest.fixture(scope="module")
def seen(shared_render: Render) -> Mapping[str, list[Array]]:
    """Return frames of each kind from red to blue."""
    kinds = list(SHARES)
    items = []
    for kind in kinds:
        items += [plain("#ff0000", "0.4"), change("0.4", kind), plain("#0000ff", "0.4")]
    film = shared_render(timeline(video(*items)))
    starts = {kind: at * 20 + 5 for at, kind in enumerate(kinds)}
    return {
        kind: [film.rgb(start + at) for at in (3, 5, 8)]
        for kind, start in starts.items()
    }


@pytest.mark.parametrize("kind", list(SHARES))
def test_a_kind_shows_what_it_says(kind: str, seen: Mapping[str, list[Array]]) -> None:
    assert SHARES[kind](seen[kind])


def test_bent_kinds_bend_in_the_middle_and_not_at_the_ends(
    media: MediaFolder, render: Render
) -> None:
    one = media.still("bars.png", "testsrc2=s=160x96")
    other = media.still("rings.png", "testsrc=s=160x96")
    items = []
    for kind in ("dissolve", *BENT):
        items += [still(one, "0.4"), change("0.4", kind), still(other, "0.4")]

    film = render(timeline(video(*items)))

    plainly = [film.rgb(5 + at) for at in range(FRAMES)]
    for number, kind in enumerate(BENT, start=1):
        bent = [film.rgb(number * 20 + 5 + at) for at in range(FRAMES)]
        assert np.abs(bent[MIDDLE] - plainly[MIDDLE]).mean() > 12, kind
        assert np.abs(bent[0] - film.rgb(0)).mean() < 12, kind


def test_every_drawn_kind_has_a_case() -> None:
    assert set(SHARES) | set(BENT) == set(DRAWN)
