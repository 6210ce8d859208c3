"""XML of anyone: nothing outside it is opened, and nothing in it grows."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from farm.errors import InvalidTimeline
from farm.timeline.doors.xml import child, read_xml, write_xml
from tests.unit.timeline.doors.reading import problems_of

if TYPE_CHECKING:
    from pathlib import Path

_LAUGHS = "".join(
    f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 10)
)
_HOSTILE = {
    "entities of entities": (
        f'<!DOCTYPE x [<!ENTITY a0 "ha">{_LAUGHS}]><x>&a9;</x>',
        "is made of other entities",
    ),
    "an entity that is a file": (
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
        "stands for another file",
    ),
    "a parameter entity": (
        '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://localhost/x"> %a;]><x/>',
        "stands for another file",
    ),
    "one long entity, often": (
        f'<!DOCTYPE x [<!ENTITY a "{"h" * 3000}">]><x>{"&a;" * 10_000}</x>',
        "declares more entities",
    ),
    "deep nesting": ("<a>" * 5000 + "</a>" * 5000, "nested more than 200 deep"),
    "no end": ("<a><b>", "it is not valid XML"),
    "nothing": (" ", "it is not valid XML"),
    "an unknown encoding": (
        '<?xml version="1.0" encoding="klingon"?><a/>',
        "not valid",
    ),
    "control characters": ("<a>\x00</a>", "it is not valid XML"),
}


@pytest.mark.parametrize(("text", "reason"), _HOSTILE.values(), ids=_HOSTILE.keys())
@pytest.mark.parametrize("suffix", ["fcpxml", "mlt", "kdenlive", "xml", "xges"])
def test_a_hostile_document_is_refused_at_once(
    text: str, reason: str, suffix: str, tmp_path: Path
) -> None:
    began = time.monotonic()

    (problem,) = problems_of(tmp_path, f"edit.{suffix}", text)

    assert reason in problem
    assert time.monotonic() - began < 5


def test_many_small_entities_do_not_grow_beyond_measure() -> None:
    entity = "h" * 1900
    text = f'<!DOCTYPE x [<!ENTITY a "{entity}">]><x>{"&a;" * 200_000}</x>'

    with pytest.raises(InvalidTimeline, match="not valid XML"):
        read_xml(text, name="x")


def test_a_document_type_is_not_fetched_and_its_entities_are_read() -> None:
    text = '<!DOCTYPE m SYSTEM "http://localhost/m.dtd" [<!ENTITY n "M">]><m a="&n;"/>'

    root = read_xml(text, name="x")

    assert root.get("a") == "M"
    assert "DOCTYPE" not in write_xml(root)


def test_an_element_knows_its_line() -> None:
    found = child(read_xml("<a>\n\n<b/></a>", name="x"), "b")

    assert found is not None
    assert found.place == "line 3"
