"""Look at what the machines of a farm share: database, broker, workers."""

from __future__ import annotations

import ipaddress
import time
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from farm import __version__
from farm.broker import Broker
from farm.cache.marks import mark_of
from farm.doctor.check import Check, State
from farm.embedded import find_running_farm
from farm.embedded.valkey import find_valkey
from farm.ffmpeg.capabilities import find_gpus
from farm.ffmpeg.locate import ffmpeg_version, find_ffmpeg
from farm.jobs.schema import HEAD, find_schema
from farm.jobs.status import Queue
from farm.jobs.table import JobTable
from farm.live import Live
from farm.place import ObjectPath

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from farm.ffmpeg.capabilities import Gpu
    from farm.jobs.records import Worker
    from farm.settings import Settings

_CLOCK_SECONDS = 2.0  # off by more than this confuses people who read times


def look_at_database(settings: Settings) -> Iterator[Check]:
    """See which schema the job table has, and compare clocks; change nothing."""
    kind = settings.database.partition(":")[0]
    schema = find_schema(settings.database)
    if schema is None:
        yield Check(name="database", found=f"{kind}, no job table yet")
        return
    if schema < HEAD:
        yield Check(
            name="database",
            state=State.FAILED,
            found=f"{kind}, its job table is at {schema}, behind {HEAD} of this farm",
            fix="run `farm migrate`, after all parts of the farm were updated",
        )
        return
    with closing(JobTable.open(settings.database)) as table:  # or it is a newer one
        ahead = time.time() - table.now()
    yield Check(name="database", found=f"{kind}, at the newest migration")
    yield _clock("clock", "of this machine", ahead)


def _clock(name: str, whose: str, ahead: float) -> Check:
    is_off = abs(ahead) > _CLOCK_SECONDS
    way = "ahead of" if ahead > 0 else "behind"
    return Check(
        name=name,
        state=State.WARNING if is_off else State.OK,
        found=f"that {whose} is {abs(ahead):.1f} s {way} the database's",
        fix="let both machines set their clocks by NTP" if is_off else None,
    )


def look_at_broker(settings: Settings) -> Iterator[Check]:
    """See that the broker answers, and that it drops nothing of its own."""
    running = find_running_farm(settings)
    url = _broker_url(settings)
    if url is None:
        found = f"none is set; a private farm starts {find_valkey()}"
        yield Check(name="broker", found=found)
        return
    queues = [queue.value for queue in Queue]
    with Broker(url, queues=queues, prefix=settings.broker_prefix) as broker:
        waiting = sum(len(broker.waiting(queue.value)) for queue in Queue)
        evicts = broker.evicts()
    whose = "of the farm that runs here" if running else "of the settings"
    found = f"the one {whose} answers; {waiting} messages wait"
    if is_open(url):
        yield Check(
            name="broker",
            state=State.WARNING,
            found=f"{found}; it has no password, and other machines may reach it",
            fix="set requirepass in its configuration, and the password in broker_url: "
            "whoever writes to it wakes workers and reads the progress of jobs",
        )
        return
    yield Check(
        name="broker",
        state=State.WARNING if evicts else State.OK,
        found=f"{found}; its maxmemory-policy is {evicts}" if evicts else found,
        fix="set maxmemory-policy to noeviction: messages that it drops are sent "
        "again only later"
        if evicts
        else None,
    )


def is_open(url: str) -> bool:
    """Whether a broker is on the network and needs no password."""
    parts = urlsplit(url)
    if parts.password or parts.scheme == "unix" or not parts.hostname:
        return False
    try:
        return not ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        return parts.hostname != "localhost"


def _broker_url(settings: Settings) -> str | None:
    running = find_running_farm(settings)
    return settings.broker_url or (running.broker_url if running else None)


def look_at_workers(settings: Settings) -> Iterator[Check]:
    """See that there are workers, all alike, that share storage and time with us."""
    schema = find_schema(settings.database)
    if schema is not None and schema < HEAD:
        return  # the look at the database said so
    workers = [] if schema is None else _find_workers(settings)
    is_needed = settings.broker_url is not None and not workers
    yield Check(
        name="workers",
        state=State.WARNING if is_needed else State.OK,
        found=f"{len(workers)} online",
        fix="start one on each machine: farm worker cpu" if is_needed else None,
    )
    if workers:
        yield _versions(workers, settings)
    if workers and not isinstance(settings.storage_folder, ObjectPath):
        yield _shared(workers, settings)
    if gpus := find_gpus():
        yield _served(gpus, workers)
    if workers:
        yield from _hosts(settings)


def _served(gpus: Sequence[Gpu], workers: list[Worker]) -> Check:
    """See that a worker serves each GPU of this machine."""
    served = {each.gpu.id for each in workers if each.gpu is not None}
    idle = [str(gpu.index) for gpu in gpus if gpu.uuid not in served]
    return Check(
        name="gpu workers",
        state=State.WARNING if idle else State.OK,
        found=f"no worker serves GPU {', '.join(idle)}"
        if idle
        else f"a worker for each of {len(gpus)}",
        fix=f"start one: farm worker gpu --device {idle[0]}" if idle else None,
    )


def _hosts(settings: Settings) -> Iterator[Check]:
    """Compare what the hosts of workers tell: versions of the farm, and clocks."""
    url = _broker_url(settings)
    if url is None:
        return
    with closing(Live(url)) as live:
        told = live.told()
    versions: dict[str, set[str]] = {}
    clocks: dict[str, float] = {}
    for readings in told:
        host = str(readings["host"])
        versions.setdefault(str(readings.get("version")), set()).add(host)
        if (ahead := readings.get("clock_seconds")) is not None:
            clocks[host] = max(clocks.get(host, 0.0), float(ahead), key=abs)
    others = {each: hosts for each, hosts in versions.items() if each != __version__}
    if others:
        shown = "; ".join(
            f"{each}: {', '.join(sorted(hosts))}" for each, hosts in others.items()
        )
        yield Check(
            name="farm versions",
            state=State.WARNING,
            found=f"the farm is {__version__} here, but {shown}",
            fix="install the same version of the farm on all machines",
        )
    for host, ahead in sorted(clocks.items()):
        check = _clock("clocks", f"of {host}", ahead)
        if check.state is not State.OK:
            yield check


def _find_workers(settings: Settings) -> list[Worker]:
    with closing(JobTable.open(settings.database)) as table:
        return [each for each in table.workers() if each.state == "online"]


def _versions(workers: list[Worker], settings: Settings) -> Check:
    own = ffmpeg_version(find_ffmpeg(settings))
    names: dict[str, list[str]] = {own: []}
    for worker in workers:
        names.setdefault(worker.ffmpeg or "unknown", []).append(worker.name)
    others = {version: them for version, them in names.items() if version != own}
    told = "; ".join(
        f"{version}: {', '.join(them)}" for version, them in others.items()
    )
    return Check(
        name="versions",
        state=State.WARNING if others else State.OK,
        found=f"FFmpeg is {own} here, but {told}" if others else f"FFmpeg {own}",
        fix="install the same FFmpeg everywhere: what one has rendered is not reused "
        "by another"
        if others
        else None,
    )


def _shared(workers: list[Worker], settings: Settings) -> Check:
    """Each worker marks the storage that it sees; we look for the marks in ours."""
    away = [each.name for each in workers if not mark_of(settings, each.name).exists()]
    folder = settings.storage_folder
    return Check(
        name="shared storage",
        state=State.FAILED if away else State.OK,
        found=f"{', '.join(away)} do not see {folder}"
        if away
        else f"all workers see {folder}",
        fix="mount one folder on all machines and name it in storage" if away else None,
    )
