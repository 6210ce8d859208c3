from __future__ import annotations

import gc

import pytest

from farm.errors import InvalidTimeline
from farm.timeline.collector import without_collector
from farm.timeline.load import load_timeline


def test_the_collector_rests_and_goes_on() -> None:
    with without_collector():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_a_timeline_that_is_refused() -> None:
    with pytest.raises(InvalidTimeline):
        load_timeline({"format": "none"})
    assert gc.isenabled()


def test_where_it_was_off_it_stays_off() -> None:
    gc.disable()
    try:
        with without_collector():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
