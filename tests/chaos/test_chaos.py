"""A farm is hurt all the time, and ends as if nothing had happened.

Each run is chosen by a seed: which faults, in which order, to which parts. What the
machine does meanwhile is not. The long form runs with `make test-full`; it prints its
seeds and counts with `pytest -s`, and where it fails.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from tests.chaos.drive import Drive, make_calm
from tests.chaos.faults import KINDS, plan_faults
from tests.chaos.load import make_media, make_orders
from tests.chaos.statements import check_all
from tests.chaos.world import World
from tests.integration.jobs.postgres import PostgresServer, start_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHORT_JOBS, SHORT_FAULTS, SHORT_VARIANTS = 27, len(KINDS), 1
LONG_JOBS, LONG_FAULTS, LONG_VARIANTS = 220, 120, 5
RUNS = [
    (int(seed), database or "sqlite")
    for seed, _, database in (
        run.partition(":")
        for run in os.environ.get(
            "FARM_CHAOS_RUNS", "1:sqlite 2:postgres 3:postgres"
        ).split()
    )
]
"""Others can be given, such as that of a run that failed."""


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    # what is said to be written is kept when the server is killed
    server = start_postgres(synchronous_commit="on")
    try:
        server.open_folder()
        server.create("farm")
        yield server
    finally:
        server.stop()


def run(  # a run is this much
    folder: Path,
    *,
    seed: int,
    jobs: int,
    faults: int,
    variants: int,
    gap_seconds: float,
    seconds: float,
    postgres: PostgresServer | None = None,
) -> None:
    """Do the load twice, undisturbed and disturbed, and compare."""
    started = time.monotonic()
    (folder / "calm").mkdir()
    (folder / "hurt").mkdir()
    make_media(folder / "media")
    orders = make_orders(jobs, variants=variants, folder=folder)
    calm_world = World.make(folder / "calm", seed=seed)
    try:
        calm_world.start()
        calm = make_calm(calm_world, orders)
    finally:
        calm_world.stop()
    for order in orders:
        assert not order.output.exists() or _remove(order.output)

    world = World.make(folder / "hurt", seed=seed, postgres=postgres)
    drive = Drive(world=world)
    plan = plan_faults(seed, faults, gap_seconds=gap_seconds)
    try:
        world.start()
        drive.run(orders, plan, seconds=seconds)
        check_all(world, drive.accepted, calm)
    finally:
        world.stop()
        database = "SQLite" if postgres is None else "PostgreSQL"
        starts = sum(part.starts - 1 for part in world.parts.values())
        print(  # noqa: T201  # the record of the run
            f"\nchaos: seed {seed} on {database}: {len(drive.accepted)} jobs accepted, "
            f"{drive.refused} submits refused, {drive.happened.total()} faults, "
            f"{drive.missed} that met nothing, {starts} processes started again, "
            f"{time.monotonic() - started:.0f} s"
        )
        for kind, count in sorted(drive.happened.items()):
            print(f"  {count:3} x {kind}")  # noqa: T201  # as above
    assert drive.happened.total() >= 0.8 * faults
    assert len(drive.accepted) == jobs


def _remove(path: Path) -> bool:
    if path.is_dir():
        for each in path.iterdir():
            each.unlink()
        path.rmdir()
    else:
        path.unlink()
    return True


@pytest.mark.timeout(300)
def test_a_farm_that_is_hurt_ends_as_if_nothing_had_happened(tmp_path: Path) -> None:
    run(
        tmp_path,
        seed=RUNS[0][0],
        jobs=SHORT_JOBS,
        faults=SHORT_FAULTS,
        variants=SHORT_VARIANTS,
        gap_seconds=0.7,
        seconds=120,
    )


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("seed", "database"), RUNS)
def test_a_farm_that_is_hurt_for_long_ends_as_if_nothing_had_happened(
    tmp_path: Path, seed: int, database: str, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("postgres") if database == "postgres" else None
    run(
        tmp_path,
        seed=seed,
        jobs=LONG_JOBS,
        faults=LONG_FAULTS,
        variants=LONG_VARIANTS,
        gap_seconds=1.0,
        seconds=600,
        postgres=server,
    )
