"""Faults, chosen by a seed: the same seed hurts the same parts in the same order."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import psutil
from redis.exceptions import RedisError

from farm.jobs.status import Queue
from tests.chaos.world import LEASE_SECONDS, freeze, kill, tell_to_end, thaw

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.chaos.world import Part, World

BALLAST = 1 << 20
_ZOMBIE_SECONDS = LEASE_SECONDS + 2.0
_GARBAGE = (
    b"",
    b"no json",
    b"[1, 2",
    b'{"headers": {}}',
    b'{"body": 7, "headers": {"id": 1}}',
    json.dumps({"body": "????", "headers": {"id": "x", "task": "segment"}}).encode(),
    b"\x80\x04\x95pickle",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that goes wrong."""

    kind: str
    pick: int
    """Which of those that it can happen to, in order."""
    seconds: float
    """How long it lasts, where it does."""
    gap_seconds: float
    """How long the farm has until it happens."""

    def __str__(self) -> str:
        """Return it in a word or two."""
        return f"{self.kind}#{self.pick % 10} ({self.seconds:.1f} s)"

    def happen(self, world: World) -> bool:
        """Do it; tell whether there was anything that it could happen to."""
        return _FAULTS[self.kind](world, self)


def plan_faults(seed: int, count: int, *, gap_seconds: float) -> list[Fault]:
    """Choose faults: each kind in turn, in an order that the seed shuffles."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    kinds: list[str] = []
    while len(kinds) < count:
        turn = sorted(_FAULTS)
        chance.shuffle(turn)
        kinds += turn
    return [
        Fault(
            kind=kind,
            pick=chance.randrange(1 << 16),
            seconds=chance.uniform(0.5, 4.0),
            gap_seconds=chance.uniform(0.3, 1.7) * gap_seconds,
        )
        for kind in kinds[:count]
    ]


def _part(world: World, kind: str, fault: Fault) -> Part | None:
    parts = world.named(kind)
    return parts[fault.pick % len(parts)] if parts else None


def _kill(kind: str, world: World, fault: Fault) -> bool:
    part = _part(world, kind, fault)
    if part is None:
        return False
    kill([psutil.Process(part.pid)])
    part.popen.wait()
    return True


def _kill_child(world: World, fault: Fault) -> bool:
    """Kill a lane of a worker, or a process of its pool."""
    part = _part(world, "worker", fault)
    below = part.family()[1:] if part else []
    python = [each for each in below if "python" in _name(each)]
    if not python:
        return False
    kill([python[fault.pick % len(python)]])
    return True


def _name(process: psutil.Process) -> str:
    try:
        return str(process.name())
    except psutil.NoSuchProcess:
        return ""


def _kill_ffmpeg(world: World, fault: Fault) -> bool:
    found = world.ffmpegs()
    kill(found[fault.pick % len(found) :][:1] if found else [])
    return bool(found)


def _freeze(kind: str, world: World, fault: Fault, *, seconds: float = 0.0) -> bool:
    """Stop a part with all below it, and let it wake up later."""
    part = _part(world, kind, fault)
    if part is None:
        return False
    family = part.family()
    freeze(family)
    world.undo_after(seconds or fault.seconds, partial(thaw, family))
    return True


def _stop_worker(world: World, fault: Fault) -> bool:
    part = _part(world, "worker", fault)
    if part is None:
        return False
    tell_to_end(part)
    if fault.pick % 2:  # who is in a hurry asks twice
        world.undo_after(0.5, partial(tell_to_end, part))
    return True


def _flush(world: World, fault: Fault) -> bool:
    del fault
    return _on_broker(world, lambda redis: redis.flushall())


def _drop_connections(world: World, fault: Fault) -> bool:
    kind = "pubsub" if fault.pick % 3 == 0 else "normal"
    return _on_broker(world, lambda redis: redis.client_kill_filter(_type=kind))


def _send_garbage(world: World, fault: Fault) -> bool:
    queue = [Queue.CPU_BATCH, Queue.CPU_INTERACTIVE][fault.pick % 2].value
    garbage = _GARBAGE[fault.pick % len(_GARBAGE)]
    prefix = world.settings.broker_prefix
    return _on_broker(world, lambda redis: redis.rpush(f"{prefix}{queue}", garbage))


def _on_broker(world: World, act: Callable[..., object]) -> bool:
    with suppress(RedisError):
        act(world.rig.redis())
        return True
    return False


def _fill_disk(world: World, fault: Fault) -> bool:
    """Fill the scratch disk of the worker that has a small one."""
    part = next((p for p in world.named("worker") if p.name == "worker-0"), None)
    if part is None:
        return False
    scratch = world.scratch_of(part)
    ballast = scratch / "ballast"
    try:
        if scratch.stat().st_dev == world.rig.folder.stat().st_dev:
            return False  # it has no disk of its own here
        with ballast.open("wb") as file, suppress(OSError):
            while True:
                file.write(b"\0" * BALLAST)
    except OSError:  # full, or the worker is gone
        pass
    world.undo_after(fault.seconds, partial(_remove, ballast))
    return True


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _close_database(world: World, fault: Fault) -> bool:
    world.close_database(fault.seconds)
    return True


def _drop_database(world: World, fault: Fault) -> bool:
    """End all connections; SQLite has none to end, and is locked for long."""
    if world.postgres is None:
        world.close_database(_ZOMBIE_SECONDS)
    elif fault.pick % 2:
        world.postgres.disconnect("farm")
    else:
        world.postgres.restart()
    return True


_FAULTS: dict[str, Callable[[World, Fault], bool]] = {
    "kill worker": partial(_kill, "worker"),
    "kill coordinator": partial(_kill, "coordinator"),
    "kill valkey": partial(_kill, "valkey"),
    "kill child": _kill_child,
    "kill ffmpeg": _kill_ffmpeg,
    "kill another ffmpeg": _kill_ffmpeg,
    "freeze worker beyond its lease": partial(
        _freeze, "worker", seconds=_ZOMBIE_SECONDS
    ),
    "freeze coordinator": partial(_freeze, "coordinator", seconds=_ZOMBIE_SECONDS),
    "freeze valkey": partial(_freeze, "valkey"),
    "stop worker": _stop_worker,
    "flush valkey": _flush,
    "drop connections of valkey": _drop_connections,
    "send garbage": _send_garbage,
    "fill disk": _fill_disk,
    "close database": _close_database,
    "drop database": _drop_database,
}
KINDS = tuple(_FAULTS)
