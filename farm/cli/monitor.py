"""Commands that tell of the farm: metrics, alerts, events, how long jobs take."""

from __future__ import annotations

from typing import Annotated

import typer

from farm.cli.options import JobArgument, JsonOption
from farm.jobs.bounds import MOST_OF_TABLE


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(metrics)
    app.command()(alerts)
    app.command()(stats)
    app.command()(events)
    app.command()(webhook)


def metrics() -> None:
    """Print the metrics of the farm once, as Prometheus reads them."""
    from farm.cli.output import say
    from farm.cli.session import open_farm

    with open_farm(may_start=False) as farm:
        say(farm.metrics().rstrip("\n"))


def alerts(
    limit: Annotated[
        int,
        typer.Option(min=0, max=MOST_OF_TABLE, help="At most so many that have ended."),
    ] = 20,
    prometheus_rules: Annotated[
        bool,
        typer.Option(
            "--prometheus-rules", help="Print the rules as Prometheus reads them."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List what is wrong with the farm, and what was."""
    from farm.cli.output import say, say_json, say_table, show_moment, show_number
    from farm.cli.session import open_farm, read_settings
    from farm.jobs.alerts import alert_to_json

    if prometheus_rules:
        from farm.monitor.prometheus import build_rules_file
        from farm.monitor.rules import all_rules

        say(build_rules_file(all_rules(read_settings())).rstrip("\n"))
        return
    with open_farm(may_start=False) as farm:
        found = farm.alerts(limit=limit)
    if as_json:
        say_json({"alerts": [alert_to_json(alert) for alert in found]})
    elif not found:
        say("No alerts.")
    else:
        say_table(
            ("ALERT", "STATE", "SEVERITY", "VALUE", "SINCE", "ENDED", "ABOUT"),
            [
                (
                    alert.rule,
                    alert.state,
                    alert.severity,
                    show_number(alert.value),
                    show_moment(alert.since),
                    show_moment(alert.resolved),
                    ", ".join(alert.labels.values()) or alert.summary,
                )
                for alert in found
            ],
        )


def stats(as_json: JsonOption = False) -> None:
    """Show how long completed jobs took, by kind and preset."""
    from dataclasses import asdict

    from farm.cli.output import say, say_json, say_table, show_moment, show_seconds
    from farm.cli.session import open_farm

    with open_farm(may_start=False) as farm:
        found = farm.stats()
    if as_json:
        say_json({"stats": [asdict(each) for each in found]})
    elif not found:
        say("No job was completed yet.")
    else:
        say_table(
            ("KIND", "PRESET", "JOBS", "FAST", "TYPICAL", "SLOW", "FPS", "LAST"),
            [
                (
                    each.kind,
                    each.preset or "-",
                    str(each.runs),
                    show_seconds(each.low_seconds),
                    show_seconds(each.typical_seconds),
                    show_seconds(each.high_seconds),
                    f"{each.frames_per_second:.1f}" if each.frames_per_second else "-",
                    show_moment(each.last_finished),
                )
                for each in found
            ],
        )


def events(
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Wait for more, until Ctrl-C.")
    ] = False,
    after: Annotated[
        int | None,
        typer.Option(
            min=0, max=MOST_OF_TABLE, help="Only those after the event of this id."
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, help="Without --after: at most so many, the last.")
    ] = 50,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line.")
    ] = False,
) -> None:
    """Show every move of every job and task."""
    from farm.cli.describe import event_to_line
    from farm.cli.output import say
    from farm.cli.session import open_farm

    with open_farm(may_start=False) as farm:
        for event in farm.events(after=after, follow=follow, last=limit):
            say(event_to_line(event, as_json=as_json))


def webhook(
    job_id: JobArgument,
    url: Annotated[
        str | None,
        typer.Argument(metavar="[URL]", help="Send messages there; none: list them."),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(
            metavar="EVENT,…",
            help="Of started, progress, completed, failed, cancelled; default: all.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Have a job told to a URL by signed messages, or list what was sent."""
    from dataclasses import asdict

    from farm.cli.output import say, say_json, say_table, show_moment
    from farm.cli.session import open_farm
    from farm.errors import InvalidOption
    from farm.jobs.webhooks import EVENTS

    if on is not None and url is None:
        raise InvalidOption("--on needs a URL")
    with open_farm(may_start=False) as farm:
        job = farm.job(job_id)
        if url is not None:
            job.notify(url, on=EVENTS if on is None else on.split(","))
        hooks, sent = job.webhooks(), job.deliveries()
    if as_json:
        say_json(
            {
                "job": job.id,
                "webhooks": [
                    {"url": hook.url, "events": list(hook.events)} for hook in hooks
                ],
                "deliveries": [asdict(each) for each in sent],
            }
        )
        return
    for hook in hooks:
        say(f"{hook.url} hears of {', '.join(hook.events)}")
    if sent:
        say_table(
            ("MESSAGE", "EVENT", "STATE", "TRIES", "STATUS", "CREATED", "CAUSE"),
            [
                (
                    str(each.id),
                    each.event,
                    each.state,
                    str(each.tries),
                    str(each.http_status or "-"),
                    show_moment(each.created),
                    each.error or "-",
                )
                for each in sent
            ],
        )
