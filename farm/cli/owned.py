"""The options --owner and --project, which every command that makes a job has."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_OPTIONS: dict[str, Any] = {
    "owner": Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Whose job it is; default: as is set."),
    ],
    "project": Annotated[
        str | None,
        typer.Option(metavar="NAME", help="What it belongs to; default: as is set."),
    ],
}
_asked: ContextVar[dict[str, str]] = ContextVar("_asked", default={})  # noqa: B039  # never changed


def owned(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return a command with these options; what it submits gets them."""

    @wraps(command)
    def run(*, owner: str | None, project: str | None, **others: Any) -> Any:  # noqa: ANN401
        given = {"owner": owner, "project": project}
        with _asking({name: each for name, each in given.items() if each}):
            return command(**others)

    own = signature(command, eval_str=True)
    added = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=option)
        for name, option in _OPTIONS.items()
    ]
    parameters = [*own.parameters.values(), *added]
    vars(run)["__signature__"] = own.replace(parameters=parameters)
    return run


def asked_owner() -> dict[str, str]:
    """Return the settings `owner` and `project`, as far as the command names them."""
    return _asked.get()


@contextmanager
def _asking(given: dict[str, str]) -> Iterator[None]:
    token = _asked.set(given)
    try:
        yield
    finally:
        _asked.reset(token)
