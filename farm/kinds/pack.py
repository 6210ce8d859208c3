"""Several files as one: what makes a folder keeps one artifact."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

from farm.kinds.reuse import Made

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pydantic import JsonValue

_PACK = "pack.tar"


def pack(
    files: Iterable[tuple[Path, Mapping[str, JsonValue]]],
    *,
    scratch: Path,
    facts: Mapping[str, JsonValue] | None = None,
) -> Made:
    """Pack finished and checked files, each with its facts.

    They appear in the job's output folder under their names, in this order: a file
    that lists the others comes last.
    """
    members: list[JsonValue] = []
    target = scratch / _PACK
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
        for path, about in files:
            archive.add(path, arcname=path.name, recursive=False)
            members.append({"name": path.name, "facts": dict(about)})
    return Made(path=target, facts={**(facts or {}), "members": members})
