from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from farm.jobs.status import JOB_MOVES, TASK_MOVES, JobStatus, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

S = TypeVar("S")


def test_every_status_says_where_it_may_go() -> None:
    assert set(JOB_MOVES) == set(JobStatus)
    assert set(TASK_MOVES) == set(TaskStatus)


def test_no_status_moves_to_itself() -> None:
    assert all(status not in moves for status, moves in JOB_MOVES.items())
    assert all(status not in moves for status, moves in TASK_MOVES.items())


def test_a_completed_job_stays_so() -> None:
    assert JOB_MOVES[JobStatus.COMPLETED] == frozenset()


def test_a_completed_task_is_queued_again_by_a_retry_of_its_job_alone() -> None:
    assert TASK_MOVES[TaskStatus.COMPLETED] == {TaskStatus.QUEUED, TaskStatus.WAITING}


def test_every_job_and_task_can_come_to_a_good_end() -> None:
    for status in set(JobStatus) - {JobStatus.COMPLETED}:
        assert _reaches(JOB_MOVES, status, JobStatus.COMPLETED)
    for task in set(TaskStatus) - {TaskStatus.COMPLETED}:
        assert _reaches(TASK_MOVES, task, TaskStatus.COMPLETED)


def test_final_statuses_are_left_by_a_retry_only() -> None:
    for status, moves in JOB_MOVES.items():
        if status.is_final:
            assert moves <= {JobStatus.QUEUED}
    for task, task_moves in TASK_MOVES.items():
        if task.is_final:
            assert task_moves <= {TaskStatus.WAITING, TaskStatus.QUEUED}


def _reaches(moves: Mapping[S, frozenset[S]], start: S, end: S) -> bool:
    found, left = {start}, [start]
    while left:
        new = moves[left.pop()] - found
        found |= new
        left.extend(new)
    return end in found
