"""The command line: typer commands, one file a group; no logic."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command `farm`."""
    from farm.cli.app import run

    sys.exit(run(sys.argv[1:]))
