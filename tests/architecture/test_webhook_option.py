"""Whatever makes a job lets a URL hear of it: each method, and each command."""

from __future__ import annotations

import inspect

import pytest
import typer

from farm.api.farm import Farm
from farm.cli.app import app
from farm.cli.options import WebhookOption
from farm.jobs.status import JobKind

COMMANDS = typer.main.get_group(app).commands
#: They go on with a job that there is; `farm webhook` is for those.
OF_KNOWN_JOBS = {"resume", "retry"}


@pytest.mark.parametrize("kind", [*JobKind])
def test_a_method_takes_a_webhook(kind: JobKind) -> None:
    name = "preview" if kind is JobKind.HLS_PREVIEW else kind.value
    parameter = inspect.signature(getattr(Farm, name)).parameters["webhook"]

    assert (parameter.annotation, parameter.default) == ("str | None", None)


def test_a_command_takes_a_webhook() -> None:
    makers = {
        name
        for name, command in COMMANDS.items()
        if any(option.name == "detach" for option in command.params)
    }
    makers |= {"probe", "batch"}
    makers -= OF_KNOWN_JOBS
    (option,) = WebhookOption.__metadata__  # type: ignore[attr-defined]

    assert len(makers) >= len(JobKind)
    for name in makers:
        (found,) = (each for each in COMMANDS[name].params if each.name == "webhook")
        assert getattr(found, "help", None) == option.help, name
