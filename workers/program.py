"""Run a worker as a program of its own: settings, logs, exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.errors import FarmError
from farm.logs import get_log, set_up_logs
from farm.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

_log = get_log(__name__)


def run_program(run: Callable[[Settings], int]) -> int:
    """Run with the settings of the environment; return the exit code."""
    try:
        settings = Settings.read()
        set_up_logs(level=settings.log_level, log_format=settings.log_format)
        return run(settings)
    except FarmError as error:
        _log.critical("cannot_run", error=error.message)
        return error.exit_code
