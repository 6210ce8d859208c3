"""Compare commands with stored ones, whole; ``--rewrite-golden`` stores them anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from farm.ffmpeg.command import Command

_STORED = Path(__file__).parent / "stored"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that stores commands instead of comparing them."""
    parser.addoption(
        "--rewrite-golden",
        action="store_true",
        help="store the commands of tests/golden anew; review the difference",
    )


@pytest.fixture
def compare(request: pytest.FixtureRequest) -> Callable[[Command], None]:
    """Compare a command with the one stored under the test's name."""
    path = _STORED / f"{request.node.name}.txt"

    def check(command: Command) -> None:
        text = _show(command)
        if request.config.getoption("--rewrite-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return check


def _show(command: Command) -> str:
    """Write a command so that a difference shows in a line of its own."""
    arguments = [argument.replace(";", ";\n    ") for argument in command.arguments]
    files = [
        f"--- {name}\n{_brief(name, text)}" for name, text in command.files.items()
    ]
    return "\n".join([*arguments, *files]) + "\n"


def _brief(name: str, text: str) -> str:
    """Return the ends of a table of colours, which has as many lines as colours."""
    lines = text.splitlines()
    if not name.endswith(".cube"):
        return text
    return "\n".join([*lines[:3], f"... {len(lines)} lines", *lines[-2:]])
