"""Keep open connections away from a fork.

A child that inherits a connection would talk on its parent's socket; with SQLite it
would believe that it holds its parent's file locks, and the file could be damaged.
So nothing is in use and nothing is open in the moment of a fork.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING
from weakref import WeakSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

_WAIT_SECONDS = 15.0
"""Longest wait of a fork for what is in use: longer than a writer waits for another."""


class ForkGate:
    """Lets uses of an engine pass, or a fork, but not both at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._changed = threading.Condition()
        self._uses = 0
        self._forks = 0
        self.one_writer = threading.Lock()
        """For who passes: writers of one process take turns."""
        _watch_forks()
        _gates.add(self)

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Use the engine, as soon as no fork is under way."""
        with self._changed:
            self._changed.wait_for(lambda: not self._forks)
            self._uses += 1
        try:
            yield
        finally:
            with self._changed:
                self._uses -= 1
                self._changed.notify_all()

    def shut(self) -> None:
        """Wait until the engine is out of use, and close what it keeps open."""
        with self._changed:
            self._forks += 1
            self._changed.wait_for(lambda: not self._uses, timeout=_WAIT_SECONDS)
        self._engine.dispose()

    def open(self) -> None:
        """Go on in the parent."""
        with self._changed:
            self._forks -= 1
            self._changed.notify_all()

    def renew(self) -> None:
        """Go on in the child, where the threads of the parent are not."""
        if self._uses:  # what was in use all the same is left to the parent
            self._engine.dispose(close=False)
        self._changed = threading.Condition()
        self._uses = 0
        self._forks = 0
        self.one_writer = threading.Lock()


_gates: WeakSet[ForkGate] = WeakSet()
_forking = threading.local()


@cache
def _watch_forks() -> None:
    os.register_at_fork(
        before=_shut_all, after_in_parent=_open_all, after_in_child=_renew_all
    )


def _shut_all() -> None:
    _forking.gates = list(_gates)
    for gate in _forking.gates:
        gate.shut()


def _open_all() -> None:
    for gate in _forking.gates:
        gate.open()


def _renew_all() -> None:
    for gate in list(_gates):
        gate.renew()
