"""Keep finished files in the storage, and find them again, by key."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.cache.storage import as_storage, checksum
from farm.jobs.cached import NewArtifact
from farm.logs import get_log

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pydantic import JsonValue

    from farm.cache.storage import Storage
    from farm.jobs.artifacts import ArtifactIndex
    from farm.jobs.cached import Artifact
    from farm.jobs.status import TaskKind

FOLDER = "cache"

_log = get_log(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactStore:
    """The cache as one attempt of a task sees it."""

    index: ArtifactIndex
    storage: Storage | Path
    job_id: str
    """What it takes and keeps is pinned for this job."""
    owner: str
    """Task and attempt: part of the names of the files that it keeps."""
    project: str | None = None

    def find(self, key: str) -> Artifact | None:
        """Return the artifact with this key, whole and pinned; ``None``: a miss.

        A file that is not what was kept is removed, and is a miss.
        """
        start = time.monotonic()
        artifact = self.index.take(key, job_id=self.job_id)
        if artifact is not None and not is_whole(artifact, self.storage):
            _log.warning("artifact_damaged", key=key, path=artifact.path)
            self.remove(artifact)
            self.index.note("damaged")
            self.index.note("miss", seconds=time.monotonic() - start)
            return None
        if artifact is not None:
            self.index.note("hit", seconds=time.monotonic() - start)
        return artifact

    def keep(
        self, key: str, made: Path, *, kind: TaskKind, facts: JsonValue, seconds: float
    ) -> Artifact:
        """Move a finished file into the cache; return what is there under its key.

        Where another has kept the same meanwhile, this file is removed.
        """
        name = f"{key}-{self.owner}{made.suffix}"
        relative = f"{FOLDER}/{key[:2]}/{name}"
        storage = as_storage(self.storage)
        new = NewArtifact(
            key=key,
            kind=kind,
            path=relative,
            size_bytes=made.stat().st_size,
            checksum=checksum(made),
            facts=facts,
            seconds=seconds,
            project=self.project,
        )
        storage.keep(made, relative)
        artifact, is_ours = self.index.add(new, job_id=self.job_id)
        if not is_ours and artifact.path != relative:
            storage.remove(relative)
        return artifact

    def remove(self, artifact: Artifact) -> None:
        """Remove an artifact that is damaged."""
        self.index.remove(artifact)
        remove_files([artifact], self.storage)


def is_whole(artifact: Artifact, storage: Storage | Path) -> bool:
    """Whether the file of an artifact is there, byte for byte as it was kept."""
    return as_storage(storage).is_whole(
        artifact.path, size_bytes=artifact.size_bytes, sha256=artifact.checksum
    )


def remove_files(artifacts: Iterable[Artifact], storage: Storage | Path) -> None:
    """Remove the files of artifacts that are not listed any more."""
    as_storage(storage).remove(*(artifact.path for artifact in artifacts))
