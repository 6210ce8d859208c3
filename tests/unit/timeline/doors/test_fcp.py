"""FCP 7 XML is put in order before its adapter reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.timeline.doors.reading import problems_of, read, shown

if TYPE_CHECKING:
    from pathlib import Path

_RATE = "<rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate>"


def _item(key: str, start: int, end: int, inside: str = "", first: int = 0) -> str:
    """Return a clip of a film of its name, or of what is said."""
    film = (
        f"<file id='file-{key}'><name>{key}.mov</name>{_RATE}<duration>900</duration>"
        f"<pathurl>file://localhost/films/{key}.mov</pathurl></file>"
    )
    return (
        f"<clipitem id='{key}-{start}'><name>{key}</name>{_RATE}<start>{start}</start>"
        f"<end>{end}</end><in>{first}</in><out>{first + end - start}</out>"
        f"{inside or film}</clipitem>"
    )


def _sequence(key: str, video: str, audio: str = "") -> str:
    return (
        f"<sequence id='{key}'><name>{key}</name>{_RATE}<media>"
        f"<video><track>{video}</track><track/></video>"
        f"<audio><track>{audio}</track></audio></media></sequence>"
    )


def _document(*sequences: str) -> str:
    return f"<xmeml version='4'>{''.join(sequences)}</xmeml>"


def _refer(key: str) -> str:
    return f"<sequence id='{key}'/>"


def test_a_nested_sequence_shows_its_clips_wherever_it_is_named(tmp_path: Path) -> None:
    nest = _sequence("nest", _item("a", 0, 50) + _item("b", 50, 100), _item("c", 0, 75))
    text = _document(
        _sequence(
            "all",
            _item("first", 25, 100, _refer("nest"), first=25)
            + _item("then", 200, 300, nest),
            _item("heard", 25, 75, _refer("nest")),
        )
    )
    loaded = read(tmp_path, "edit.xml", text)

    assert [row for row in shown(loaded.timeline) if row] == [
        [("a", 1, 2), ("b", 2, 4), ("a", 8, 10), ("b", 10, 12)],
        [("c", 1, 3)],
    ]
    assert len(loaded.timeline.tracks) == 3
    assert not [each for each in loaded.warnings if "left out" in each]


def test_a_nested_sequence_may_stand_beside_the_first(tmp_path: Path) -> None:
    text = _document(
        _sequence("all", _item("outer", 0, 50, _refer("mid"))),
        _sequence("mid", _item("inner", 0, 50, _refer("low"))),
        _sequence("low", _item("a", 0, 50)),
    )
    loaded = read(tmp_path, "edit.xml", text)

    assert [row for row in shown(loaded.timeline) if row] == [[("a", 0, 2)]]


def test_a_nested_sequence_that_is_nowhere_is_told_with_its_place(
    tmp_path: Path,
) -> None:
    text = _document(_sequence("all", _item("outer", 50, 100, _refer("gone"))))

    warnings = read(tmp_path, "edit.xml", text.replace("<media>", "\n<media>")).warnings

    assert "line 2: the nested sequence 'gone' is not in the file" in warnings
    place = "tracks[0].children[1]"
    assert f"{place}: the stack is empty for all of its 2 s" in " ".join(warnings)


def test_nested_sequences_without_end_are_refused(tmp_path: Path) -> None:
    around = _document(_sequence("all", _item("outer", 0, 50, _refer("all"))))
    many = _document(
        *(
            _sequence(
                f"s{number}",
                "".join(
                    _item(f"x{at}", 50 * at, 50 * at + 50, _refer(f"s{number + 1}"))
                    for at in range(20)
                ),
            )
            for number in range(6)
        ),
        _sequence("s6", _item("a", 0, 50)),
    )

    (deep,) = problems_of(tmp_path, "edit.xml", around)
    (large,) = problems_of(tmp_path, "edit.xml", many)

    assert "sequences are nested more than 12 deep" in deep
    assert "its nested sequences hold more than any timeline" in large
