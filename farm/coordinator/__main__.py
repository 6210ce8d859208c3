"""Run a coordinator with the settings of the environment."""

from __future__ import annotations

import sys

from farm.coordinator.run import run_coordinator
from farm.errors import FarmError
from farm.logs import get_log, set_up_logs
from farm.settings import Settings


def main() -> int:
    """Coordinate until told to stop; return the exit code."""
    try:
        settings = Settings.read()
        set_up_logs(level=settings.log_level, log_format=settings.log_format)
        run_coordinator(settings)
    except FarmError as error:
        get_log(__name__).critical("cannot_run", error=error.message)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
