"""The command `farm`: its groups put together, and how it ends."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, NoReturn, TextIO

import typer

from farm.cli import (
    backup,
    batch,
    cache,
    clips,
    convert,
    demo,
    doctor,
    fetching,
    jobs,
    media,
    monitor,
    movies,
    pictures,
    previews,
    sounds,
    subtitles,
)
from farm.cli import run as running
from farm.cli.output import say_aside, say_error
from farm.errors import FarmError, FarmUnavailable, InvalidOption

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

_AGAIN_SECONDS = 0.05
"""How long after a finalizer Ctrl-C is raised once more: it has ended by then."""

app = typer.Typer(
    name="farm",
    help="Render timelines and media on this machine or on many.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (
    movies,
    clips,
    pictures,
    previews,
    sounds,
    media,
    fetching,
    batch,
    convert,
    subtitles,
    jobs,
    running,
    monitor,
    cache,
    backup,
    doctor,
    demo,
):
    group.register(app)


def _show_version(wanted: bool) -> None:
    if wanted:
        from farm import __version__

        typer.echo(f"renderfarm {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Print it."
        ),
    ] = False,
) -> None:
    del version


def run(arguments: Sequence[str]) -> int:
    """Run one command; return its exit status, with every error in one sentence."""
    as_json = "--json" in arguments
    # a stream that the shell has closed is nobody's: what goes there is lost
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for ending in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(ending) is not signal.SIG_IGN:  # as nohup sets it
            signal.signal(ending, _end)
    sys.unraisablehook = _raise_again
    try:
        status = app(list(arguments), prog_name="farm", standalone_mode=False)
    except typer.TyperException as error:
        return _say_usage(error.format_message(), as_json=as_json)
    except typer.Abort:
        return 130
    except FarmError as error:
        return say_error(error, as_json=as_json)
    except BrokenPipeError:
        _drop_output()  # who read it has gone
        return 1
    except OSError as error:
        _drop_output()
        return say_error(_told(error), as_json=False)
    return status if isinstance(status, int) else 0


def _drop_output() -> None:
    """Keep Python from failing once more on what is still to be written."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123  # to the end


def _told(error: OSError) -> FarmError:
    """Return what the system refused, as an error of the farm."""
    where = f": {error.filename}" if error.filename else ""
    return FarmUnavailable(f"{error.strerror or error}{where}")


def _say_usage(message: str, *, as_json: bool) -> int:
    if message.startswith("Usage:"):  # a group without a command shows its help
        say_aside(message)
        return InvalidOption.exit_code
    return say_error(InvalidOption(message.rstrip(".")), as_json=as_json)


def _raise_again(dropped: sys.UnraisableHookArgs) -> None:
    """Raise Ctrl-C a moment later where Python drops it, as in a finalizer."""
    if not issubclass(dropped.exc_type, KeyboardInterrupt | SystemExit):
        sys.__unraisablehook__(dropped)
        return
    asked = dropped.exc_value or dropped.exc_type()

    def raise_it(_number: int, _frame: FrameType | None) -> NoReturn:
        raise asked

    signal.signal(signal.SIGALRM, raise_it)
    signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)


def _end(signal_number: int, _frame: FrameType | None) -> NoReturn:
    """Leave by the way that stops a private farm and cancels its job."""
    raise SystemExit(128 + signal_number)
