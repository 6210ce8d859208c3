"""Tables of colours are looked at once, when a timeline is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from farm.errors import InvalidTimeline
from farm.timeline.clip import Clip
from farm.timeline.load import load_timeline
from tests.factories import make_clip, make_document, make_track

if TYPE_CHECKING:
    from pathlib import Path

    from farm.timeline.clip import EffectUse

ROWS = "\n".join(f"{r} {g} {b}" for b in (0, 1) for g in (0, 1) for r in (0, 1))


def load(folder: Path) -> EffectUse:
    use = {"name": "lut", "parameters": {"file": "look.cube"}}
    document = make_document(make_track(make_clip(effects=[use])))
    clip = load_timeline(document, folder=folder).timeline.tracks[0].items[0]
    assert isinstance(clip, Clip)
    return clip.effects[0]


def test_a_table_gets_its_path_and_the_digest_of_its_content(tmp_path: Path) -> None:
    path = tmp_path / "look.cube"
    path.write_text(f'TITLE "x"\nLUT_3D_SIZE 2\n{ROWS}\n')
    first = load(tmp_path)
    path.write_text(f"LUT_3D_SIZE 2\n# other\n{ROWS}\n")

    assert first.parameters["file"] == str(path)
    assert len(first.content) == 64
    assert load(tmp_path).content != first.content


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "cannot be read: No such file"),
        ("hello", "is no .cube file of a LUT_3D_SIZE"),
        ("LUT_3D_SIZE 900\n", "is no .cube file of a LUT_3D_SIZE"),
        ("LUT_3D_SIZE 2\n0 0 0\n", "should have 8 rows of colours"),
    ],
)
def test_what_is_no_table_is_refused_with_its_place(
    text: str | None, sentence: str, tmp_path: Path
) -> None:
    if text is not None:
        (tmp_path / "look.cube").write_text(text)

    with pytest.raises(InvalidTimeline, match=sentence) as caught:
        load(tmp_path)

    assert "tracks[0].items[0].effects[0]" in str(caught.value)
