"""Look at object stores: whether they answer, take what is put there, and how fast."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from farm.cache.storage import checksum
from farm.doctor.check import Check, State
from farm.errors import FarmError, InvalidSettings
from farm.objects.door import Objects
from farm.place import ObjectPath, is_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from farm.objects.s3 import S3Store
    from farm.settings import Settings

_TRIED_BYTES = 8 * 1024**2
_SLOW = 20 * 1024**2
"""Bytes a second, below which renders wait for the store and not for the CPU."""
_SLOW_ANSWER_SECONDS = 0.5
_MB = 1024**2
_FIX = (
    "see s3_endpoint_url and the credentials in config/farm.toml; docs/storage.md says "
    "what the farm must be allowed to do"
)


def look_at_object_storage(settings: Settings) -> Iterator[Check]:
    """Put an object into the storage, read it again, and remove it."""
    root, objects = settings.storage_folder, Objects.of(settings)
    if not isinstance(root, ObjectPath):
        return
    try:
        tried = _try(objects.store, root)
    except FarmError as error:
        yield _failed("storage", error)
        return
    found = (
        f"{root}, writes {tried.written / _MB:.0f} MB/s, reads "
        f"{tried.read / _MB:.0f} MB/s, answers in {tried.answer * 1000:.0f} ms"
    )
    is_slow = min(tried.written, tried.read) < _SLOW
    yield Check(
        name="storage",
        state=State.WARNING if is_slow else State.OK,
        found=found,
        fix="put the workers nearer to the store: what goes there and comes from there "
        "keeps them waiting"
        if is_slow
        else None,
    )


def look_at_buckets(settings: Settings) -> Iterator[Check]:
    """Ask each store that sources may lie in for a list."""
    mapped = [ObjectPath(to) for to in settings.path_map.values() if is_address(to)]
    roots = [root for root in settings.media_roots if isinstance(root, ObjectPath)]
    store = Objects.of(settings).store
    for root in dict.fromkeys([*roots, *mapped]):
        start = time.monotonic()
        try:
            next(store.walk(root), None)
        except FarmError as error:
            yield _failed("bucket", error)
            continue
        seconds = time.monotonic() - start
        is_slow = seconds > _SLOW_ANSWER_SECONDS
        yield Check(
            name="bucket",
            state=State.WARNING if is_slow else State.OK,
            found=f"{root} can be listed, in {seconds * 1000:.0f} ms",
            fix="put the workers nearer to the store" if is_slow else None,
        )


def look_at_input_cache(settings: Settings) -> Iterator[Check]:
    """See that copies can be kept where objects are used, and that there is room."""
    places = [settings.storage_folder, *settings.media_roots]
    if not any(isinstance(place, ObjectPath) for place in places):
        return
    folder, inputs = settings.input_cache_folder, Objects.of(settings).inputs
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        free = shutil.disk_usage(folder).free
    except OSError as error:
        yield Check(
            name="input cache",
            state=State.FAILED,
            found=f"{folder}: {error.strerror or error}",
            fix="name a folder that can be written to: input_cache in farm.toml",
        )
        return
    used = inputs.size()
    is_little = free + used < inputs.max_bytes
    yield Check(
        name="input cache",
        state=State.WARNING if is_little else State.OK,
        found=f"{folder}, {used / 1024**3:.1f} of at most "
        f"{inputs.max_bytes / 1024**3:.1f} GB, {free / 1024**3:.0f} GB free",
        fix="lower input_cache_max_bytes below what the disk can hold, or make room"
        if is_little
        else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    written: float
    read: float
    """Bytes a second."""
    answer: float
    """Seconds."""


def _try(store: S3Store, root: ObjectPath) -> _Tried:
    place = root / f"doctor-{secrets.token_hex(8)}"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "tried")
        file.write_bytes(os.urandom(_TRIED_BYTES))
        sha256 = checksum(file)
        start = time.monotonic()
        facts = store.upload(file, place, sha256=sha256)
        written = time.monotonic()
        try:
            with file.open("wb") as target:
                store.download(facts, target)
            read = time.monotonic()
            store.stat(place)
            answered = time.monotonic()
        finally:
            store.remove(place)
    return _Tried(
        written=_TRIED_BYTES / (written - start),
        read=_TRIED_BYTES / (read - written),
        answer=answered - read,
    )


def _failed(name: str, error: FarmError) -> Check:
    is_setting = isinstance(error, InvalidSettings)
    return Check(
        name=name,
        state=State.FAILED,
        found=error.message,
        fix="install the extra: pip install 'renderfarm[s3]'" if is_setting else _FIX,
    )
