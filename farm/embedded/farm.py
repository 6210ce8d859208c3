"""A whole farm on this machine, started and ended by one process."""

from __future__ import annotations

import json
import os
import secrets
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import farm
from farm.embedded.children import Child, Keeper
from farm.embedded.running import FarmLock, RunningFarm
from farm.embedded.valkey import HOST, ValkeyServer, find_valkey, free_port
from farm.errors import FarmUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.jobs.table import JobTable
    from farm.settings import Settings

FLOWER_PORT = 5555
FLOWER_USER = "farm"
READY_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowerOptions:
    """How Flower is started; always on the loopback interface."""

    port: int | None = None
    """Unset: 5555, or any free one where that is taken."""
    password: str | None = None
    """Unset: a new one."""
    is_open: bool = False
    """Whether everybody on this machine may see it, without a password."""


class EmbeddedFarm:
    """Valkey, coordinator, workers and perhaps Flower, as children of this process."""

    def __init__(
        self,
        settings: Settings,
        *,
        cpu_slots: int | None = None,
        interactive_slots: int | None = None,
        gpus: Sequence[int] = (),
        flower: FlowerOptions | None = None,
        metrics_port: int | None = None,
    ) -> None:
        self._storage = settings.machine_folder
        self._lock = FarmLock(self._storage)
        self._valkey = (
            None
            if settings.broker_url
            else ValkeyServer(folder=self._storage / "valkey")
        )
        slots = {"cpu_slots": cpu_slots, "interactive_slots": interactive_slots}
        self.settings: Settings = settings.model_copy(
            update={
                "storage": settings.storage_folder,
                "broker_url": self._valkey.url if self._valkey else settings.broker_url,
                "database_url": settings.database,
                "metrics_port": metrics_port,  # a private farm serves none
                **{name: value for name, value in slots.items() if value is not None},
            }
        )
        """Settings that name the broker and the table of this farm."""
        self._gpus = tuple(gpus)
        self._flower = flower
        self.flower_url: str | None = None
        """Where Flower is, with user and password."""
        self._keeper: Keeper | None = None

    def start(self) -> Self:
        """Start all processes; raise `FarmUnavailable` when another farm runs here."""
        self._lock.take()
        try:
            self._keeper = Keeper(self._children(), logs=self._storage / "logs")
            self._lock.publish(self._as_running())
            self._keeper.start()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End all processes; what runs is given back, and waits in the table."""
        if self._keeper is not None:
            self._keeper.stop()
            self._keeper = None
        self._lock.free()

    def check(self) -> None:
        """Raise `FarmUnavailable` when a part of the farm cannot be started."""
        if self._keeper is not None:
            self._keeper.check()

    def wait_ready(self, timeout_seconds: float = READY_SECONDS) -> None:
        """Wait until all workers take tasks; work may be submitted long before."""
        from farm.jobs.table import JobTable  # a farm can be started without

        deadline = time.monotonic() + timeout_seconds
        table = JobTable.open(self.settings.database)
        try:
            while not self._is_ready(table):
                self.check()
                if time.monotonic() >= deadline:
                    raise FarmUnavailable(
                        f"the farm is not ready after {timeout_seconds:g} s; "
                        f"its logs are in {self._storage / 'logs'}"
                    )
                time.sleep(0.05)
        finally:
            table.close()

    def pid(self, child: str) -> int | None:
        """Return the process id of a child, such as ``coordinator``."""
        return self._keeper.pid(child) if self._keeper else None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _is_ready(self, table: JobTable) -> bool:
        if self._valkey is not None and not self._valkey.is_up():
            return False
        online = [worker.name for worker in table.workers() if worker.state == "online"]
        return all(
            any(name.startswith(f"{prefix}@") for name in online)
            for prefix in self._expected_workers()
        )

    def _expected_workers(self) -> list[str]:
        cpu = f"cpu-{self.pid('worker-cpu')}"
        kept = [f"{cpu}-interactive"] if self.settings.interactive_slots else []
        gpus = [f"gpu{gpu}-{self.pid(f'worker-gpu-{gpu}')}" for gpu in self._gpus]
        return [cpu, *kept, *gpus]

    def _as_running(self) -> RunningFarm:
        return RunningFarm(
            pid=os.getpid(),
            broker_url=str(self.settings.broker_url),
            database_url=self.settings.database,
            flower_url=self.flower_url,
        )

    def _children(self) -> list[Child]:
        """Return all processes, in the order in which they are started."""
        environment = _environment(self.settings)
        return [
            *([_valkey(self._valkey)] if self._valkey else []),
            Child(
                name="coordinator",
                argv=_module("farm.coordinator"),
                environment=environment,
            ),
            *([self._start_flower(environment)] if self._flower else []),
            Child(
                name="worker-cpu",
                argv=_module("workers.cpu"),
                environment=environment,
                stop_signal=signal.SIGQUIT,
                stop_seconds=15.0,
                may_end=True,
            ),
            *(
                Child(
                    name=f"worker-gpu-{gpu}",
                    argv=_module("workers.gpu", str(gpu)),
                    environment=environment,
                    stop_signal=signal.SIGQUIT,
                    stop_seconds=15.0,
                    may_end=True,
                )
                for gpu in self._gpus
            ),
        ]

    def _start_flower(self, environment: dict[str, str]) -> Child:
        options = self._flower or FlowerOptions()
        port = options.port or free_port(FLOWER_PORT)
        password = options.password or secrets.token_urlsafe(12)
        login = "" if options.is_open else f"{FLOWER_USER}:{password}"
        self.flower_url = (
            f"http://{login}{'@' if login else ''}{HOST}:{port}/{_prefix()}"
        )
        return Child(
            name="flower",
            argv=_module("workers.flower"),
            is_vital=False,
            environment={
                **environment,
                "FLOWER_ADDRESS": HOST,
                "FLOWER_PORT": str(port),
                "FLOWER_DB": str(self._storage / "flower.db"),
                **({"FLOWER_BASIC_AUTH": login} if login else {}),
                **({"FLOWER_UNAUTHENTICATED_API": "true"} if options.is_open else {}),
            },
        )


def _valkey(server: ValkeyServer) -> Child:
    server.folder.mkdir(parents=True, exist_ok=True)
    return Child(
        name="valkey",
        argv=(str(find_valkey()), "-"),
        config=server.config,
        is_needed_to_end=True,
    )


def _module(name: str, *arguments: str) -> tuple[str, ...]:
    # -P: a folder "farm" or "workers" where the user stands is not ours
    return (sys.executable, "-P", "-m", name, *arguments)


def _prefix() -> str:
    """Return the path that Flower is behind: it reads the variable itself."""
    prefix = os.environ.get("FLOWER_URL_PREFIX", "").strip("/")
    return f"{prefix}/" if prefix else ""


def _environment(settings: Settings) -> dict[str, str]:
    """Return the settings as variables, and where this package is."""
    plain = settings.model_dump(mode="json", exclude_none=True)
    variables = {
        f"FARM_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in plain.items()
    }
    here = str(Path(farm.__file__).parent.parent)
    found = [here, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    return {**variables, "PYTHONPATH": os.pathsep.join(path for path in found if path)}
