from __future__ import annotations

import threading

import pytest
from sqlalchemy import create_engine

from farm.jobs.forks import ForkGate


@pytest.fixture
def gate() -> ForkGate:
    return ForkGate(create_engine("sqlite://"))


def test_fork_waits_for_what_is_in_use(gate: ForkGate) -> None:
    shut = threading.Event()

    def fork() -> None:
        gate.shut()
        shut.set()

    forking = threading.Thread(target=fork)

    with gate.passing():
        forking.start()
        assert not shut.wait(0.05)
    forking.join()

    assert shut.is_set()
    gate.open()


def test_use_waits_for_a_fork(gate: ForkGate) -> None:
    used = threading.Event()

    def use() -> None:
        with gate.passing():
            used.set()

    gate.shut()
    using = threading.Thread(target=use)
    using.start()
    assert not used.wait(0.05)
    gate.open()
    using.join()

    assert used.is_set()


def test_two_forks_at_once_both_end(gate: ForkGate) -> None:
    gate.shut()
    gate.shut()
    gate.open()
    gate.open()

    with gate.passing():
        pass


def test_child_starts_anew(gate: ForkGate) -> None:
    gate.shut()
    gate.renew()

    with gate.passing():
        pass
