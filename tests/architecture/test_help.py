"""Every command explains itself, quickly."""

from __future__ import annotations

import subprocess
import sys

import pytest
import typer

from farm.cli.app import app, run


def _all_commands() -> list[list[str]]:
    found: list[list[str]] = [[]]
    for name, command in typer.main.get_group(app).commands.items():
        found.append([name])
        found.extend([name, child] for child in getattr(command, "commands", {}))
    return found


@pytest.mark.parametrize("command", _all_commands(), ids=" ".join)
def test_every_command_has_help(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command, "--help"]) == 0
    assert "Usage: farm" in capsys.readouterr().out


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from farm.cli.app import run\n"
        "run(['--help'])\n"
        "heavy = {'celery', 'sqlalchemy', 'av', 'pydantic', 'redis', 'structlog'}\n"
        "sys.exit(', '.join(heavy & sys.modules.keys()) or 0)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
