"""Commands about the cache: what is in it, its limits, and how to empty it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from farm.cli.options import JsonOption

if TYPE_CHECKING:
    from farm.cache.stats import CacheStats
    from farm.jobs.cached import CacheLimits

ProjectOption = Annotated[
    str | None, typer.Option(help="Only what was made for this project.")
]

_DAY_SECONDS = 24 * 3600


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    group = typer.Typer(
        name="cache",
        help="What is kept of finished work, to be used again.",
        no_args_is_help=True,
    )
    for command in (stats, projects, limits, clear):
        group.command()(command)
    app.add_typer(group)


def stats(as_json: JsonOption = False) -> None:
    """Show what the cache holds, and how often it had what was asked for."""
    from farm.cli.output import say, say_json
    from farm.cli.session import open_farm

    with open_farm() as farm:
        found = farm.cache.stats()
    if as_json:
        say_json(asdict(found))
        return
    for name, value in _lines(found):
        say(f"{name:<24}{value}")


def projects(project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """List what the cache holds of each project."""
    from farm.cli.output import say, say_json, say_table, show_moment
    from farm.cli.session import open_farm

    with open_farm() as farm:
        found = [
            share
            for share in farm.cache.projects()
            if project is None or share.project == project
        ]
    if as_json:
        say_json({"projects": [asdict(share) for share in found]})
    elif not found:
        say("Nothing.")
    else:
        say_table(
            ("PROJECT", "FILES", "SIZE", "LAST USED"),
            [
                (
                    share.project or "-",
                    str(share.entries),
                    _show_bytes(share.size_bytes),
                    show_moment(share.used),
                )
                for share in found
            ],
        )


def limits(
    max_bytes: Annotated[
        int | None, typer.Option(min=0, help="Bytes that it may hold from now on.")
    ] = None,
    max_entries: Annotated[
        int | None, typer.Option(min=0, help="Files that it may hold from now on.")
    ] = None,
    max_age_seconds: Annotated[
        float | None,
        typer.Option(min=0, help="How long a file may stay without being used."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the limits of the cache, or change them for all of the farm."""
    from farm.cli.output import say, say_json
    from farm.cli.session import open_farm

    given: dict[str, Any] = {
        "max_bytes": max_bytes,
        "max_entries": max_entries,
        "max_age_seconds": max_age_seconds,
    }
    with open_farm() as farm:
        if any(value is not None for value in given.values()):
            now = farm.cache.set_limits(**given)
        else:
            now = farm.cache.limits()
    if as_json:
        say_json(asdict(now))
        return
    for name, value in _limit_lines(now):
        say(f"{name:<24}{value}")


def clear(project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Remove what is kept, but for what running jobs need."""
    from farm.cli.output import say, say_json
    from farm.cli.session import open_farm

    with open_farm() as farm:
        removed = farm.cache.clear(project)
    if as_json:
        say_json({"removed": removed})
    else:
        say(f"{removed} {'file' if removed == 1 else 'files'} removed")


def _lines(stats: CacheStats) -> list[tuple[str, str]]:
    return [
        ("files", str(stats.entries)),
        ("size", _show_bytes(stats.size_bytes)),
        *_limit_lines(stats.limits),
        ("hits", str(stats.hits)),
        ("misses", str(stats.misses)),
        ("hit rate", _show_share(stats.hit_rate)),
        ("  in the last hour", _show_share(stats.hit_rate_last_hour)),
        ("  in the last day", _show_share(stats.hit_rate_last_day)),
        ("look-up", _show_time(stats.response_seconds)),
        ("  longest", _show_time(stats.longest_response_seconds)),
        ("kept", str(stats.kept)),
        ("evicted", str(stats.evicted)),
        ("damaged", str(stats.damaged)),
        ("on the disk", _show_bytes(stats.disk_bytes)),
        ("fragmentation", _show_share(stats.fragmentation)),
    ]


def _limit_lines(limits: CacheLimits) -> list[tuple[str, str]]:
    return [
        ("most bytes", _show_bytes(limits.max_bytes)),
        ("most files", str(limits.max_entries)),
        ("longest unused", f"{limits.max_age_seconds / _DAY_SECONDS:g} days"),
    ]


def _show_bytes(size: int) -> str:
    value = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:  # noqa: PLR2004  # a thousand of each is one of the next
            return f"{value:.{0 if unit == 'B' else 1}f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def _show_share(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _show_time(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1000:.1f} ms"
