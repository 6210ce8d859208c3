"""What an option of a list may hold, by the annotations of the methods."""

from __future__ import annotations

import inspect

import pytest

from farm.api import Farm
from farm.api.batch_options import LISTED_KINDS, find_problems, read_cell
from farm.jobs.status import JobKind


@pytest.mark.parametrize("kind", LISTED_KINDS)
def test_every_option_of_every_method_can_be_checked(kind: JobKind) -> None:
    known = inspect.signature(getattr(Farm, kind)).parameters
    options: dict[str, object] = {name: {"a": [{}]} for name in known if name != "self"}
    options.pop("idempotency_key")
    takes = ("source", "timeline")
    wrong = [name for name in options if name not in takes]
    problems = find_problems(kind, options)
    assert len(problems) == len(wrong)
    assert all(" takes " in problem for problem in problems)


@pytest.mark.parametrize(
    ("kind", "name", "value", "said"),
    [
        (JobKind.FRAME, "width", 320, None),
        (JobKind.FRAME, "width", None, None),
        (JobKind.FRAME, "width", "wide", "takes a whole number as width"),
        (JobKind.FRAME, "width", True, "not true"),
        (JobKind.FRAME, "at", "00:00:01", None),
        (JobKind.FRAME, "at", None, "takes a time as at, not null"),
        (JobKind.FRAMES, "at", [0, "1/2"], None),
        (JobKind.FRAMES, "threshold", 1, None),
        (JobKind.CONCAT, "media", "a.mp4", "takes a list of files as media"),
        (JobKind.ANALYSE, "what", "scenes", None),
        (JobKind.ANALYSE, "thresholds", {"scene_score": "x"}, "an object of numbers"),
        (JobKind.RENDER, "range", [1, "2"], None),
        (JobKind.RENDER, "range", "1:2", None),
        (JobKind.RENDER, "range", [1], "a start and an end"),
        (JobKind.RENDER, "use_cache", "no", "true or false"),
    ],
)
def test_values_are_taken_by_their_type(
    kind: JobKind, name: str, value: object, said: str | None
) -> None:
    problems = [told for told in find_problems(kind, {name: value}) if "takes" in told]
    assert len(problems) == (said is not None)
    assert said is None or said in problems[0]


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("width", " 320 ", 320),
        ("at", "2.5", 2.5),
        ("output", "123", "123"),
        ("project", "2026", "2026"),
        ("project", "true", "true"),
        ("source", "a.mp4", "a.mp4"),
    ],
)
def test_a_cell_is_read_as_what_its_option_takes(
    name: str, cell: str, value: object
) -> None:
    read = read_cell(JobKind.FRAME, name, cell)
    assert (read, type(read)) == (value, type(value))
