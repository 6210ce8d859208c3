"""Each rule of the farm fires on what really is, and ends when it is over."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from farm.errors import FFmpegFailed
from farm.jobs.records import NewJob, NewTask
from farm.jobs.status import JobKind, Queue, TaskKind
from farm.live import Live
from farm.metrics.host import Readings
from farm.monitor.exporter import Exporter
from farm.monitor.rules import all_rules, built_in_rules, find_breaches
from farm.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from farm.jobs.records import Alert, TaskId
    from farm.jobs.table import JobTable
    from tests.integration.farm.conftest import Valkey

FAR_AHEAD = 1e10
GPU = {
    "gpu": "0",
    "model": "NVIDIA T4",
    "memory_bytes": 16_106_127_360,
    "memory_used_bytes": 15_900_000_000,
    "temperature_celsius": 91,
}
"""What `farm.metrics.gpu` tells of a hot and full card."""


@dataclass(kw_only=True)
class World:
    """A farm whose values a test brings about."""

    table: JobTable
    live: Live
    folder: Path

    def add_task(self) -> TaskId:
        task = NewTask(
            name="output", kind=TaskKind.FRAME, queue=Queue.CPU_BATCH, payload={}
        )
        job = self.table.add_job(NewJob(kind=JobKind.FRAME, spec={}), [task])
        return self.table.tasks(job.id)[0].id

    def claim(self, *, lease: float = 60.0) -> tuple[TaskId, int]:
        task_id = self.add_task()
        claimed = self.table.claim(task_id, worker="w", lease_seconds=lease)
        assert claimed is not None
        return task_id, claimed.attempt

    def do(self, *, well: bool) -> None:
        task_id, attempt = self.claim()
        if well:
            self.table.complete(task_id, attempt=attempt, result=None)
        else:
            self.table.fail(task_id, attempt=attempt, error=FFmpegFailed("broken"))

    def register(self) -> None:
        self.table.register_worker(
            name="cpu-1@a",
            host="a",
            pid=1,
            queues=[queue.value for queue in Queue],
            slots=1,
            device=None,
            ffmpeg=None,
        )

    def sql(self, statement: str) -> None:
        with self.table._database.writing() as connection:
            connection.exec_driver_sql(statement)

    def tell(self, **more: Any) -> None:  # noqa: ANN401  # readings are plain data
        told = Readings().read({"storage": self.folder})
        self.live.tell("a:1", {**told, **more})


Act = Callable[[World], None]


def forget_minutes(world: World) -> None:
    world.sql("UPDATE recent_attempts SET minute = minute - 16")


def write_orphan(world: World) -> None:
    orphan = world.folder / "cache" / "ab" / "orphan.mkv"
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(os.urandom(100_000))


def remove_orphan(world: World) -> None:
    (world.folder / "cache" / "ab" / "orphan.mkv").unlink()


def look_up(what: str, seconds: float) -> Act:
    def act(world: World) -> None:
        for _ in range(40):
            world.table.artifacts.note(what, seconds=seconds)

    return act


def fail_many(world: World) -> None:
    for number in range(6):
        world.do(well=number > 1)


def stall(world: World) -> None:
    world.claim(lease=-1)
    world.table.requeue_stalled()


def add_waiting(world: World) -> None:
    world.add_task()


def lose_worker(world: World) -> None:
    world.register()
    world.sql("UPDATE workers SET seen = seen - 30")


def wait_long(world: World) -> None:
    world.register()
    world.add_task()
    world.table.sums.add_up()
    world.sql("UPDATE queued_tasks SET since = since - 3600")


def take_all(world: World) -> None:
    with world.table._database.reading() as connection:
        found = connection.exec_driver_sql("SELECT task_id FROM queued_tasks")
        ids = [row[0] for row in found]
    for task_id in ids:
        assert world.table.claim(task_id, worker="w", lease_seconds=60)


RULES: dict[str, tuple[Act, Act, dict[str, object], str]] = {
    "cache_hits_low": (look_up("miss", 0.01), look_up("hit", 0.01), {}, ""),
    "cache_slow": (look_up("hit", 1.5), look_up("hit", 0.0), {}, ""),
    "cache_fragmented": (write_orphan, remove_orphan, {}, ""),
    "memory_high": (
        World.tell,
        lambda world: world.tell(memory_available_bytes=10**15, memory_bytes=10**15),
        {"alert_memory_ratio": 0.0001},
        "",
    ),
    "disk_low": (
        World.tell,
        lambda world: world.tell(disks={}),
        {"alert_disk_free_ratio": 1.0},
        "storage",
    ),
    "queue_old": (wait_long, take_all, {}, "cpu.batch"),
    "failures_high": (fail_many, forget_minutes, {}, ""),
    "tasks_stalled": (stall, forget_minutes, {}, "stalled"),
    "worker_lost": (lose_worker, World.register, {}, ""),
    "gpu_hot": (
        lambda world: world.tell(gpus=[GPU]),
        lambda world: world.tell(gpus=[{**GPU, "temperature_celsius": 60}]),
        {},
        "0",
    ),
    "gpu_memory_high": (
        lambda world: world.tell(gpus=[GPU]),
        lambda world: world.tell(gpus=[{**GPU, "memory_used_bytes": 0}]),
        {},
        "0",
    ),
    "queue_unserved": (
        add_waiting,
        World.register,
        {},
        "cpu.batch",
    ),
}
"""How each rule comes to be broken, and to hold again; settings, and a label."""


@pytest.fixture
def world(table: JobTable, valkey: Valkey, tmp_path: Path) -> World:
    return World(table=table, live=Live(valkey.url), folder=tmp_path)


def test_every_rule_is_made_to_fire_here() -> None:
    assert [rule.name for rule in built_in_rules(Settings.read())] == list(RULES)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_fires_and_ends(name: str, world: World) -> None:
    make, end, changed, label = RULES[name]
    settings = Settings.read(storage=world.folder, **changed)
    rules = all_rules(settings)
    rule = next(rule for rule in rules if rule.name == name)

    def look(at: float) -> list[Alert]:
        exporter = Exporter(settings, table=world.table, live=world.live)
        breaches = find_breaches(rules, exporter.samples())
        changes = world.table.alerts.update(breaches, at=at)
        return [alert for alert in changes if alert.rule == name]

    def counted(state: str) -> str:
        exporter = Exporter(settings, table=world.table, live=world.live)
        start = (
            f'farm_alerts{{rule="{name}",severity="{rule.severity}",state="{state}"}}'
        )
        line = next(
            line for line in exporter.text().splitlines() if line.startswith(start)
        )
        return line.removeprefix(start).strip()

    assert look(FAR_AHEAD) == []
    make(world)
    if rule.for_seconds:
        assert look(FAR_AHEAD) == []
        assert counted("pending") == "1.0"
    (fired,) = look(FAR_AHEAD + rule.for_seconds)
    assert fired.state == "firing"
    assert label in {"", *fired.labels.values()}
    assert counted("firing") == "1.0"
    end(world)
    (ended,) = look(FAR_AHEAD + rule.for_seconds + 15)
    assert (ended.id, ended.state) == (fired.id, "resolved")
    assert counted("firing") == "0.0"
