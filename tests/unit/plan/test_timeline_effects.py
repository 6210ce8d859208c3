"""Files of effects lie where sources may lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from farm.errors import InvalidTimeline
from farm.plan.timeline import check_effects
from farm.timeline.document import load_document
from tests.factories import make_clip, make_document, make_track

TIMELINE = load_document(
    make_document(
        make_track(
            make_clip(
                effects=[{"name": "lut", "parameters": {"file": "/looks/teal.cube"}}]
            )
        )
    ),
    folder=Path("/project"),
)


def test_a_table_within_the_folders_is_taken() -> None:
    check_effects(TIMELINE, [Path("/media"), Path("/looks")])


def test_a_table_outside_them_is_refused() -> None:
    with pytest.raises(InvalidTimeline, match="lies outside the folders"):
        check_effects(TIMELINE, [Path("/media")])
