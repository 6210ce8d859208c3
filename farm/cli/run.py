"""Commands that run a farm or a part of one: up, coordinator, worker, and more."""

from __future__ import annotations

from typing import Annotated

import typer

from farm.cli.options import JsonOption

MetricsPortOption = Annotated[
    int | None,
    typer.Option(min=1, max=65535, help="Serve /metrics, /healthz and /readyz there."),
]

worker = typer.Typer(
    help="Run a worker of a larger farm, until Ctrl-C.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(up)
    app.command()(migrate)
    app.command()(coordinator)
    worker.command("cpu")(worker_cpu)
    worker.command("gpu")(worker_gpu)
    app.add_typer(worker, name="worker")
    app.command()(workers)
    app.command()(drain)


def up(
    cpu: Annotated[
        int | None, typer.Option(min=1, help="CPU tasks at once; default: cpu_slots.")
    ] = None,
    gpu: Annotated[
        str | None, typer.Option(metavar="N|all", help="Use N GPUs, or all.")
    ] = None,
    flower: Annotated[
        bool, typer.Option("--flower", help="Show the workers in Flower too.")
    ] = False,
    flower_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Default: 5555.")
    ] = None,
    flower_open: Annotated[
        bool, typer.Option("--flower-open", help="Flower without a password.")
    ] = False,
    metrics_port: MetricsPortOption = None,
) -> None:
    """Run a farm on this machine, in the foreground, until Ctrl-C."""
    from farm.cli.session import read_settings
    from farm.cli.up import keep_up
    from farm.embedded import FlowerOptions

    keep_up(
        read_settings(),
        cpu_slots=cpu,
        gpu=gpu,
        flower=FlowerOptions(port=flower_port, is_open=flower_open)
        if flower or flower_open
        else None,
        metrics_port=metrics_port,
    )


def migrate() -> None:
    """Bring the job table to this version; the other parts do it too as they start."""
    from contextlib import closing

    from farm.cli.output import say
    from farm.cli.session import read_settings
    from farm.jobs.schema import HEAD
    from farm.jobs.table import JobTable

    with closing(JobTable.open(read_settings().database)) as table:
        say(f"{table.location} is at {HEAD}")


def coordinator(metrics_port: MetricsPortOption = None) -> None:
    """Run the coordinator of a larger farm, until Ctrl-C."""
    from farm.cli.session import read_settings
    from farm.coordinator.run import run_coordinator

    settings = read_settings()
    if metrics_port is not None:
        settings = settings.model_copy(update={"metrics_port": metrics_port})
    run_coordinator(settings)


def worker_cpu(
    slots: Annotated[
        int | None, typer.Option(min=1, help="Tasks at once; default: cpu_slots.")
    ] = None,
) -> int:
    """Serve the CPU queues."""
    from farm.cli.session import read_settings
    from workers.cpu import run_cpu_worker

    return run_cpu_worker(read_settings(), slots=slots)


def worker_gpu(
    device: Annotated[
        str, typer.Option(metavar="I|UUID", help="Number or UUID of the GPU.")
    ],
    slots: Annotated[
        int | None, typer.Option(min=1, help="Tasks at once; default: gpu_slots.")
    ] = None,
) -> int:
    """Serve the GPU queues with one GPU."""
    from farm.cli.session import read_settings
    from workers.gpu import run_gpu_worker

    return run_gpu_worker(read_settings(), device=device, slots=slots)


def workers(
    everyone: Annotated[
        bool, typer.Option("--all", help="Those that have ended, too.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List the workers, and what each is doing."""
    from farm.cli.output import say_json
    from farm.cli.session import open_farm
    from farm.cli.workers import say_workers, worker_to_json

    with open_farm(may_start=False) as farm:
        found = [each for each in farm.workers() if everyone or each.state != "offline"]
        if as_json:
            say_json({"workers": [worker_to_json(each) for each in found]})
        else:
            say_workers(found)


def drain(
    worker: Annotated[str, typer.Argument(metavar="WORKER", help="Name, or its host.")],
    as_json: JsonOption = False,
) -> None:
    """Let a worker finish what it does, and end; it takes nothing new."""
    from farm.cli.output import say, say_json
    from farm.cli.session import open_farm

    with open_farm(may_start=False) as farm:
        lanes = farm.drain(worker)
        if as_json:
            say_json({"draining": [*lanes]})
        else:
            for lane in lanes:
                say(f"{lane} draining")
