"""Fetch an object into an input cache, as a worker does; print where it is.

    python fetch_one.py FOLDER MAX_BYTES URL ADDRESS [SECONDS]

With seconds, the copy is held for so long.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from farm.objects.inputs import InputCache
from farm.objects.s3 import S3Store
from farm.place import ObjectPath
from tests.integration.objects.conftest import options


def main() -> None:
    folder, max_bytes, url, address, *seconds = sys.argv[1:]
    cache = InputCache(folder=Path(folder), max_bytes=int(max_bytes))
    store, place = S3Store(options(url)), ObjectPath(address)
    facts = store.stat(place)
    with cache.hold() as held:
        copy = held.fetch(lambda: facts, store, key=(address, facts.identity))
        sys.stdout.write(f"{copy.path} {copy.sha256} {copy.is_new}\n")
        sys.stdout.flush()
        if seconds:
            time.sleep(float(seconds[0]))


if __name__ == "__main__":
    main()
