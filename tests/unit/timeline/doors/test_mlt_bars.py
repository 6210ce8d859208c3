"""MLT: bars for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from farm.timeline.template import TemplateMedia
from tests.unit.timeline.doors.mlt_text import clips_of, read_mlt

if TYPE_CHECKING:
    from pathlib import Path


def _bars(card: str) -> str:
    return (
        '<producer out="24"><property name="mlt_service">frei0r.test_pat_B</property>'
        f'<property name="0">{card}</property></producer>'
    )


@pytest.mark.parametrize(
    ("card", "count", "second"),
    [("0", 8, "#ffff00"), ("3", 8, "#bfbf00"), ("0.4", 8, "#bfbf00"),
     ("4", 22, "#bfbf00")],
)  # fmt: skip
def test_bars_are_rectangles_of_a_template(
    card: str, count: int, second: str, tmp_path: Path
) -> None:
    loaded = read_mlt(tmp_path, _bars(card))

    (clip,) = clips_of(loaded)
    assert isinstance(clip.media, TemplateMedia)
    assert clip.media.elements is not None
    assert len(clip.media.elements) == count
    assert clip.media.elements[1].color == second
    assert all(each.x + each.width >= 1 for each in clip.media.elements)
    assert loaded.warnings == ()


@pytest.mark.parametrize("card", ["5", "9", "bars"])
def test_other_test_cards_leave_their_place_free(card: str, tmp_path: Path) -> None:
    loaded = read_mlt(tmp_path, _bars(card))

    assert "the generator 'frei0r.test_pat_B' is not known" in loaded.warnings[0]
