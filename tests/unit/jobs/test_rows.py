from __future__ import annotations

from farm.jobs.rows import write_log, write_note


def test_long_log_keeps_its_end() -> None:
    log = write_log("a" * 70_000 + "the cause")

    assert log is not None
    assert log.endswith("the cause")
    assert len(log) == 64 * 1024


def test_long_note_keeps_its_start() -> None:
    note = write_note("the cause" + "a" * 70_000)

    assert note is not None
    assert note.startswith("the cause")
    assert len(note) == 500


def test_what_sql_cannot_hold_is_shown() -> None:
    assert write_log("a\x00b\udce4ü") == "a\ufffdb\\udce4ü"
    assert write_note("a\x00b\udce4ü") == "a\ufffdb\\udce4ü"


def test_nothing_stays_nothing() -> None:
    assert write_log(None) is None
    assert write_note(None) is None
