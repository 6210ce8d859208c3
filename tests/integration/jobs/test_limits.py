"""An owner has no more unfinished jobs than the limit allows."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from farm.errors import InvalidOption, NotAllowed, TooManyJobs
from tests.integration.jobs.factories import claim, new_job, new_task, task_of

if TYPE_CHECKING:
    from farm.jobs.table import JobTable


def test_one_job_more_than_the_limit_is_refused_with_the_counts(
    table: JobTable,
) -> None:
    first = table.add_job(new_job(owner="alice"), [new_task("a")], most_unfinished=3)
    claim(table, task_of(table, first, "a"))
    second = table.add_job(new_job(owner="alice"), most_unfinished=3)
    third = table.add_job(new_job(owner="alice"), most_unfinished=3)
    table.pause_job(third.id)

    with pytest.raises(TooManyJobs) as caught:
        table.add_job(new_job(owner="alice"), most_unfinished=3)

    assert caught.value.message == (
        "The owner alice has unfinished jobs (1 active, 1 paused, 1 queued), and may "
        "have 3 at once: wait until some have ended, or cancel some."
    )
    assert caught.value.facts == {"unfinished": 3, "limit": 3}
    assert len(table.jobs(owner="alice")) == 3
    table.cancel_job(second.id)
    table.add_job(new_job(owner="alice"), most_unfinished=3)


def test_others_do_not_count(table: JobTable) -> None:
    table.add_job(new_job(owner="alice"), most_unfinished=1)
    table.add_job(new_job(owner="bob"), most_unfinished=1)
    table.add_job(new_job(), most_unfinished=1)

    with pytest.raises(TooManyJobs, match="Who names no owner has unfinished"):
        table.add_job(new_job(), most_unfinished=1)


def test_a_known_key_is_no_new_job(table: JobTable) -> None:
    first = table.add_job(
        new_job(owner="alice", idempotency_key="k"), most_unfinished=1
    )

    again = table.add_job(
        new_job(owner="alice", idempotency_key="k"), most_unfinished=1
    )

    assert again == first


def test_many_at_once_do_not_get_over_the_limit(table: JobTable) -> None:
    refused = []

    def submit() -> None:
        try:
            table.add_job(new_job(owner="alice"), most_unfinished=5)
        except TooManyJobs as error:
            refused.append(error)

    threads = [threading.Thread(target=submit) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(table.jobs(owner="alice")) == 5
    assert len(refused) == 7


def test_a_key_that_was_used_for_something_else_is_refused(table: JobTable) -> None:
    first = table.add_job(new_job(output="/a.mp4", idempotency_key="k"))

    assert table.add_job(new_job(output="/a.mp4", idempotency_key="k")) == first
    with pytest.raises(NotAllowed) as caught:
        table.add_job(new_job(output="/b.mp4", idempotency_key="k"))
    assert caught.value.message == (
        f"The idempotency key 'k' was used for another job: {first.id}, a render of "
        "/a.mp4; give a render of /b.mp4 a key of its own."
    )


def test_a_name_that_no_index_holds_is_refused(table: JobTable) -> None:
    with pytest.raises(InvalidOption, match="has 201 characters"):
        table.add_job(new_job(owner="a" * 201))


def test_jobs_are_found_by_owner_and_project(table: JobTable) -> None:
    ids = {
        (owner, project): table.add_job(new_job(owner=owner, project=project)).id
        for owner in ("alice", "bob")
        for project in ("trailer", None)
    }

    def find(owner: str, project: str | None = None) -> set[str]:
        return {job.id for job in table.jobs(owner=owner, project=project)}

    assert find("alice") == {ids["alice", "trailer"], ids["alice", None]}
    assert find("bob", "trailer") == {ids["bob", "trailer"]}
    assert find("carol") == set()
