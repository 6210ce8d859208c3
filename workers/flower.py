"""Flower for the farm: the page that shows workers and tasks as they run.

Address, port and login come from ``FLOWER_ADDRESS``, ``FLOWER_PORT`` and
``FLOWER_BASIC_AUTH``; what does not change is in ``config/flowerconfig.py``.
"""

from __future__ import annotations

from pathlib import Path

import farm
from farm.broker import build_app
from farm.errors import InvalidSettings
from farm.jobs.status import Queue
from farm.settings import Settings

_CONFIG = "flowerconfig.py"


def run_flower(settings: Settings) -> None:
    """Serve Flower until told to stop."""
    if settings.broker_url is None:
        raise InvalidSettings("broker_url is not set: name the broker of the farm")
    app = build_app(settings.broker_url, queues=[queue.value for queue in Queue])
    app.start(["flower", f"--conf={find_flower_config()}"])


def find_flower_config() -> Path:
    """Return Flower's configuration: of the checkout, or of the installed package."""
    package = Path(farm.__file__).parent
    beside = package.parent / "config" / _CONFIG
    return beside if beside.exists() else package / "_config" / _CONFIG


if __name__ == "__main__":
    run_flower(Settings.read())
