"""MLT: bars for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from farm.timeline.clip import BarsMedia
from tests.unit.timeline.doors.mlt_text import clips_of, read_mlt

if TYPE_CHECKING:
    from pathlib import Path


def _bars(card: str) -> str:
    return (
        '<producer out="24"><property name="mlt_service">frei0r.test_pat_B</property>'
        f'<property name="0">{card}</property></producer>'
    )


@pytest.mark.parametrize(
    ("card", "kind"), [("0", "full"), ("3", "ebu"), ("0.4", "ebu"), ("4", "smpte")]
)
def test_test_cards_are_bars(
    card: str, kind: Literal["full", "ebu", "smpte"], tmp_path: Path
) -> None:
    loaded = read_mlt(tmp_path, _bars(card))

    (clip,) = clips_of(loaded)
    assert clip.media == BarsMedia(kind=kind)
    assert loaded.warnings == ()


@pytest.mark.parametrize("card", ["5", "9", "bars"])
def test_other_test_cards_leave_their_place_free(card: str, tmp_path: Path) -> None:
    loaded = read_mlt(tmp_path, _bars(card))

    assert "the generator 'frei0r.test_pat_B' is not known" in loaded.warnings[0]
