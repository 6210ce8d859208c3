"""The index of the cache, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from farm.errors import OutputWrong
from farm.jobs.cached import CacheLimits, NewArtifact
from farm.jobs.status import TaskKind, TaskStatus
from tests.integration.jobs.factories import (
    add_job,
    claim,
    complete,
    new_job,
    new_task,
    task_of,
)

if TYPE_CHECKING:
    from farm.jobs.cached import Artifact
    from farm.jobs.records import JobId
    from farm.jobs.table import JobTable

MANY = 10**12
NO_LIMITS = CacheLimits(max_bytes=MANY, max_entries=MANY, max_age_seconds=MANY)


def new_artifact(key: str, **values: Any) -> NewArtifact:  # noqa: ANN401  # as named
    given: dict[str, Any] = {
        "key": key,
        "kind": TaskKind.SEGMENT,
        "path": f"cache/{key}.mp4",
        "size_bytes": 100,
        "checksum": "0" * 64,
        "facts": {"frames": 3},
        "seconds": 1.5,
    }
    return NewArtifact(**given | values)


def limits(**values: float) -> CacheLimits:
    given: dict[str, Any] = {
        "max_bytes": MANY,
        "max_entries": MANY,
        "max_age_seconds": MANY,
    }
    return CacheLimits(**given | values)


def a_job(table: JobTable, *, ended: bool = False, project: str | None = None) -> JobId:
    job = table.add_job(new_job(project=project))
    if ended:
        table.cancel_job(job.id)
    return job.id


def keys(artifacts: list[Artifact]) -> list[str]:
    return [artifact.key for artifact in artifacts]


def test_what_was_added_is_taken(table: JobTable) -> None:
    maker, taker = a_job(table), a_job(table)

    added, is_ours = table.artifacts.add(new_artifact("k"), job_id=maker)
    taken = table.artifacts.take("k", job_id=taker)

    assert is_ours
    assert taken is not None
    assert (taken.path, taken.facts, taken.seconds) == (added.path, {"frames": 3}, 1.5)
    assert (taken.job_id, taken.uses) == (maker, 1)
    assert table.artifacts.take("other", job_id=taker) is None


def test_of_two_files_of_one_key_the_first_is_listed(table: JobTable) -> None:
    job_id = a_job(table)
    table.artifacts.add(new_artifact("k", path="first"), job_id=job_id)

    second, is_ours = table.artifacts.add(
        new_artifact("k", path="second"), job_id=job_id
    )

    assert (second.path, is_ours) == ("first", False)
    assert table.artifacts.paths() == {"first"}


def test_of_many_at_once_one_is_listed(table: JobTable) -> None:
    job_id = a_job(table)

    def add(number: int) -> bool:
        new = new_artifact("k", path=f"path-{number}")
        return table.artifacts.add(new, job_id=job_id)[1]

    with ThreadPoolExecutor(8) as pool:
        ours = list(pool.map(add, range(8)))

    assert sum(ours) == 1
    assert len(table.artifacts.paths()) == 1


def test_the_longest_unused_is_evicted_first(table: JobTable) -> None:
    ended = a_job(table, ended=True)
    for key in "abcd":
        table.artifacts.add(new_artifact(key), job_id=ended)
    table.artifacts.take("a", job_id=ended)

    assert keys(table.artifacts.evict(limits(max_bytes=250))) == ["b", "c"]
    assert table.artifacts.paths() == {"cache/a.mp4", "cache/d.mp4"}


def test_entries_and_age_are_limits_too(table: JobTable) -> None:
    ended = a_job(table, ended=True)
    for key in "abc":
        table.artifacts.add(new_artifact(key), job_id=ended)

    assert keys(table.artifacts.evict(NO_LIMITS)) == []
    assert keys(table.artifacts.evict(limits(max_entries=2))) == ["a"]
    assert sorted(keys(table.artifacts.evict(limits(max_age_seconds=-1)))) == ["b", "c"]


def test_what_a_job_that_goes_on_needs_is_never_evicted(table: JobTable) -> None:
    ended, going = a_job(table, ended=True), a_job(table)
    for key in "abc":
        table.artifacts.add(new_artifact(key), job_id=ended)
    table.artifacts.take("a", job_id=going)
    table.artifacts.add(new_artifact("d"), job_id=going)

    gone = table.artifacts.evict(limits(max_entries=0))

    assert sorted(keys(gone)) == ["b", "c"]
    assert table.artifacts.clear() == []
    table.cancel_job(going)
    assert sorted(keys(table.artifacts.clear())) == ["a", "d"]


def test_more_than_a_batch_is_evicted(table: JobTable) -> None:
    ended = a_job(table, ended=True)
    for number in range(510):
        table.artifacts.add(new_artifact(f"{number:04}"), job_id=ended)

    assert len(table.artifacts.evict(limits(max_entries=3))) == 507
    assert len(table.artifacts.paths()) == 3


def test_taking_and_evicting_at_once_never_takes_what_is_gone(table: JobTable) -> None:
    ended, going = a_job(table, ended=True), a_job(table)
    names = [f"{number:03}" for number in range(120)]
    for name in names:
        table.artifacts.add(new_artifact(name), job_id=ended)

    def take(name: str) -> str | None:
        return name if table.artifacts.take(name, job_id=going) else None

    with ThreadPoolExecutor(4) as pool:
        evicting = pool.submit(table.artifacts.evict, limits(max_entries=0))
        taken = set(filter(None, pool.map(take, names)))
        gone = set(keys(evicting.result()))

    assert not taken & gone
    assert taken | gone <= set(names)
    assert {f"cache/{name}.mp4" for name in taken} <= table.artifacts.paths()


def test_a_project_is_listed_and_cleared_alone(table: JobTable) -> None:
    ended = a_job(table, ended=True)
    for key, project in (("a", "film"), ("b", "film"), ("c", "other"), ("d", None)):
        table.artifacts.add(new_artifact(key, project=project), job_id=ended)

    shares = {share.project: share for share in table.artifacts.shares()}
    gone = table.artifacts.clear(project="film")

    assert (shares["film"].entries, shares["film"].size_bytes) == (2, 200)
    assert (shares[None].entries, shares["other"].entries) == (1, 1)
    assert sorted(keys(gone)) == ["a", "b"]
    assert len(table.artifacts.paths()) == 2


def test_what_happened_is_counted(table: JobTable) -> None:
    table.artifacts.note("hit", seconds=0.5)
    table.artifacts.note("hit", seconds=1.5)
    table.artifacts.note("evicted", count=7)

    ever, hour = table.artifacts.counts(), table.artifacts.counts(last_seconds=3600)

    assert ever == hour
    assert (ever["hit"].count, ever["hit"].seconds, ever["hit"].longest) == (2, 2, 1.5)
    assert ever["evicted"].count == 7
    assert "miss" not in ever
    table.artifacts.tidy()
    assert table.artifacts.counts() == ever


def test_limits_are_changed_at_run_time(table: JobTable) -> None:
    usual = limits(max_bytes=5)

    table.artifacts.set_limits({"max_entries": 9})
    table.artifacts.set_limits({"max_entries": 8, "max_age_seconds": 1.5})

    changed = table.artifacts.limits(usual)
    assert (changed.max_bytes, changed.max_entries) == (5, 8)
    assert changed.max_age_seconds == pytest.approx(1.5)


def test_facts_are_known_as_long_as_the_stamp_stays(table: JobTable) -> None:
    table.artifacts.keep_media_facts("/a", stamp="1", facts={"frames": 1})
    table.artifacts.keep_media_facts("/a", stamp="2", facts={"frames": 2})

    assert table.artifacts.media_facts("/a", stamp="1") is None
    assert table.artifacts.media_facts("/a", stamp="2") == {"frames": 2}
    assert table.artifacts.media_facts("/b", stamp="2") is None


def test_a_retry_makes_again_what_was_evicted(table: JobTable) -> None:
    """T: completed > queued, where its file is gone."""
    job = add_job(table, "kept", "gone", "bad")
    for name in ("kept", "gone"):
        table.artifacts.add(new_artifact(name), job_id=job.id)
        task_id = task_of(table, job, name)
        complete(table, task_id, {"file": f"cache/{name}.mp4", "artifact": name})
    bad = claim(table, task_of(table, job, "bad"))
    table.fail(bad.task.id, attempt=bad.attempt, error=OutputWrong("bad"))
    table.fail_job(job.id, OutputWrong("bad"))
    table.artifacts.take("kept", job_id=a_job(table))
    assert keys(table.artifacts.clear()) == ["gone"]

    table.retry_job(job.id)

    status = {task.name: task.status for task in table.tasks(job.id)}
    assert status == {
        "kept": TaskStatus.COMPLETED,
        "gone": TaskStatus.QUEUED,
        "bad": TaskStatus.QUEUED,
    }
    assert keys(table.artifacts.evict(limits(max_entries=0))) == []


def test_what_needs_something_evicted_waits_for_it(table: JobTable) -> None:
    """T: completed > waiting, where what it needs is made again."""
    tasks = [new_task("stem"), new_task("mix", "stem"), new_task("output", "mix")]
    job = table.add_job(new_job(), tasks)
    for name in ("stem", "mix"):
        table.release_ready()
        table.artifacts.add(new_artifact(name), job_id=job.id)
        complete(table, task_of(table, job, name), {"file": "f", "artifact": name})
    table.cancel_job(job.id)
    assert sorted(keys(table.artifacts.clear())) == ["mix", "stem"]

    table.retry_job(job.id)

    status = {task.name: task.status for task in table.tasks(job.id)}
    assert status == {
        "stem": TaskStatus.QUEUED,
        "mix": TaskStatus.WAITING,
        "output": TaskStatus.WAITING,
    }
