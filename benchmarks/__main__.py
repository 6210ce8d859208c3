"""Measure the farm: ``python -m benchmarks [--quick | --long] [CASE ...]``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.bench import RESULTS, Bench
from benchmarks.cases import CASES
from benchmarks.machine import describe_machine, load_average, use_few_cores
from benchmarks.page import write_page
from benchmarks.report import print_table, write_results
from benchmarks.sizes import LONG, NORMAL, QUICK, Sizes
from benchmarks.turns import Turns
from farm.ffmpeg.locate import find_ffmpeg
from farm.logs import set_up_logs
from farm.settings import Settings

if TYPE_CHECKING:
    from benchmarks.figures import Case

_SIZES = {"quick": QUICK, "normal": NORMAL, "long": LONG}


def main() -> int:
    """Measure what is asked for; exit 1 when a bound is missed."""
    wanted = _read_arguments()
    sizes: Sizes = _SIZES[wanted.how]
    settings = Settings.read()
    set_up_logs(level="error", log_format="auto")
    cores = use_few_cores()
    load = load_average()
    print(f"on {cores} cores; load average {load:.2f}")
    turns = Turns(quiet_seconds=sizes.quiet, spare_rounds=wanted.spare)
    begun = time.monotonic()
    cases: list[Case] = []
    broken: list[str] = []
    for name in wanted.cases:
        print(f"{name}, after {time.monotonic() - begun:.0f} s", flush=True)
        with tempfile.TemporaryDirectory(prefix="farm-bench-") as folder:
            bench = Bench(
                sizes=sizes,
                turns=turns,
                ffmpeg=find_ffmpeg(settings),
                folder=Path(folder),
            )
            try:
                cases += CASES[name](bench)
            except Exception:  # noqa: BLE001  # the others still count
                traceback.print_exc()
                broken.append(name)
    print_table(cases)
    path = write_results(
        RESULTS,
        cases,
        {
            "how": wanted.how,
            "seconds": round(time.monotonic() - begun),
            "machine": describe_machine(settings),
            "load_average": {"before": load, "after": load_average()},
            "runs": turns.notes,
        },
    )
    if wanted.write:
        print(f"written to {write_page([path])}")
    print(f"\nload average {load:.2f} before, {load_average():.2f} after; {path}")
    if broken:
        print(f"broken: {', '.join(broken)}")
    missed = any(f.is_met is False for case in cases for f in case.figures)
    return int(missed or bool(broken))


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    for how, meaning in (
        ("quick", "shorter, fewer runs: 4 minutes"),
        ("long", "all in 1280x720, and longer: three hours"),
    ):
        parser.add_argument(
            f"--{how}",
            action="store_const",
            const=how,
            dest="how",
            default="normal",
            help=meaning,
        )
    parser.add_argument(
        "--spare",
        type=int,
        default=0,
        metavar="N",
        help="run up to N rounds again in which others took the processor",
    )
    parser.add_argument(
        "--write",
        action="store_true",
        help="write the tables and plots of docs/benchmarks.md, too",
    )
    parser.add_argument(
        "cases",
        nargs="*",
        metavar="CASE",
        help=f"any of {', '.join(CASES)} (default: all)",
    )
    wanted = parser.parse_args()
    wanted.cases = wanted.cases or list(CASES)
    unknown = set(wanted.cases) - set(CASES)
    if unknown:
        parser.error(f"there is no case {', '.join(sorted(unknown))}")
    return wanted


if __name__ == "__main__":
    sys.exit(main())
