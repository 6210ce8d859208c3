from __future__ import annotations

import pytest

from farm.jobs.ids import (
    ALPHABET,
    JOB_ID_LENGTH,
    last_with_prefix,
    new_job_id,
    read_job_id,
    task_id,
)

AT = 1_764_000_000.0


def test_ids_are_short_and_safe_in_a_url_and_a_file_name() -> None:
    for _ in range(1000):
        job_id = new_job_id(AT)
        assert len(job_id) == JOB_ID_LENGTH
        assert set(job_id) <= set(ALPHABET)


def test_ids_of_one_millisecond_differ_and_are_in_order() -> None:
    ids = [new_job_id(AT) for _ in range(1000)]

    assert len(set(ids)) == len(ids)
    assert ids == sorted(ids)


def test_ids_of_other_processes_begin_elsewhere() -> None:
    ids = set()
    for _ in range(100):
        ids.add(new_job_id(AT))
        new_job_id(AT + 1)  # another millisecond begins anew

    assert len(ids) > 95  # four characters of chance; the table tries again


def test_ids_sort_by_time_to_the_millisecond() -> None:
    ids = [new_job_id(AT + step / 1000) for step in range(1000)]

    assert ids == sorted(ids)


@pytest.mark.parametrize("at", [0.0, 2_524_608_000.0, 32_000_000_000.0])
def test_ids_sort_for_a_thousand_years(at: float) -> None:
    assert new_job_id(at) < new_job_id(at + 1)
    assert len(new_job_id(at)) == JOB_ID_LENGTH


def test_tasks_are_numbered_in_their_job() -> None:
    job_id = new_job_id(AT)

    assert task_id(job_id, 12) == f"{job_id}-12"


def test_what_a_person_misreads_is_read_right() -> None:
    assert read_job_id("  1MLIO-"[:-1]) == "1m110"


@pytest.mark.parametrize("text", ["", "abc", "ab cd", "abc%", "x" * 14, "abcu", "ab-c"])
def test_what_is_no_id_is_told_apart(text: str) -> None:
    assert read_job_id(text) is None


def test_ids_with_a_prefix_are_between_it_and_the_last_one() -> None:
    job_id = new_job_id(AT)
    for length in range(4, JOB_ID_LENGTH + 1):
        prefix = job_id[:length]
        assert prefix <= job_id <= last_with_prefix(prefix)
