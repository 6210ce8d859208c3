"""Probe files, one after the other, and say what came of each; run as a program.

A decoder that crashes ends it: the last name that it printed is the file.
"""

from __future__ import annotations

import sys
from pathlib import Path

from farm.errors import FarmError
from farm.ffmpeg.box import Box
from farm.ffmpeg.probe import probe_media

BOX = Box(roots=(Path(sys.argv[1]).resolve(),))


def main() -> None:
    """Read names from the standard input."""
    for line in sys.stdin:
        path = Path(line.rstrip("\n"))
        print(path.name, end=" ", flush=True)  # noqa: T201
        try:
            facts = probe_media(path, box=BOX)
            said = f"facts {len(facts.video)} {len(facts.audio)}"
        except FarmError as error:
            said = f"{type(error).__name__} {error.message}"
        print(said.replace("\n", "\\n"), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
