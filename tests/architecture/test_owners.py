"""Whatever makes a job takes its owner and project."""

from __future__ import annotations

import inspect

import pytest
import typer

from farm.api import Farm
from farm.cli.app import app
from farm.jobs.status import JobKind

COMMANDS = typer.main.get_group(app).commands
KINDS = [kind for kind in JobKind if kind is not JobKind.HLS_PREVIEW]
"""A preview that streams is made by the method and command of previews."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_method_takes_owner_and_project(kind: JobKind) -> None:
    assert {"owner", "project"} <= inspect.signature(
        getattr(Farm, kind)
    ).parameters.keys()


@pytest.mark.parametrize("name", [*KINDS, "batch"])
def test_a_command_has_the_options_owner_and_project(name: str) -> None:
    command = COMMANDS[name.replace("_", "-")]

    assert {"owner", "project"} <= {parameter.name for parameter in command.params}
