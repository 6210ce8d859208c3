"""Flower for the farm: the page that shows workers and tasks as they run.

Address, port, login and path come from Flower's own variables: ``FLOWER_ADDRESS``,
``FLOWER_PORT``, ``FLOWER_BASIC_AUTH`` (or a file, ``FLOWER_BASIC_AUTH_FILE``),
``FLOWER_URL_PREFIX``; what does not change is in ``config/flowerconfig.py``.
"""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path

import farm
from farm.broker import build_app
from farm.errors import InvalidSettings
from farm.jobs.status import Queue
from farm.settings import Settings, read_secret

_CONFIG = "flowerconfig.py"
_LOGIN = "FLOWER_BASIC_AUTH"
"""``user:password``, several with commas between them."""
_ADDRESS, _LOOPBACK = "FLOWER_ADDRESS", "127.0.0.1"


def run_flower(settings: Settings) -> None:
    """Serve Flower until told to stop.

    Raises:
        InvalidSettings: when there is no broker, the login cannot be read, or Flower
            would be open to other machines without one.
    """
    if settings.broker_url is None:
        raise InvalidSettings("broker_url is not set: name the broker of the farm")
    _read_login()
    _check_open()
    app = build_app(
        settings.broker_url,
        queues=[queue.value for queue in Queue],
        prefix=settings.broker_prefix,
    )
    app.start(["flower", f"--conf={find_flower_config()}"])


def _read_login() -> None:
    """Let Flower find the login where it looks: it reads no file."""
    try:
        login = read_secret(f"{_LOGIN}_FILE")
    except ValueError as error:
        raise InvalidSettings(str(error)) from error
    if login is not None:
        os.environ.setdefault(_LOGIN, login)


def _check_open() -> None:
    """Let Flower listen on this machine alone, unless it has a login.

    Raises:
        InvalidSettings: where others could see it who need not log in.
    """
    address = os.environ.setdefault(_ADDRESS, _LOOPBACK)  # Flower's own is any
    if os.environ.get(_LOGIN) or os.environ.get("FLOWER_AUTH"):
        return
    if not _is_loopback(address):
        raise InvalidSettings(
            f"Flower would listen at {address or 'every address'} without a login: "
            f"set {_LOGIN} or {_LOGIN}_FILE to user:password, "
            f"or {_ADDRESS} to {_LOOPBACK}"
        )


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def find_flower_config() -> Path:
    """Return Flower's configuration: of the checkout, or of the installed package."""
    package = Path(farm.__file__).parent
    beside = package.parent / "config" / _CONFIG
    return beside if beside.exists() else package / "_config" / _CONFIG


if __name__ == "__main__":
    run_flower(Settings.read())
