"""Measure the farm: ``python -m benchmarks [--quick] [--spare N] [CASE ...]``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.edits import EditCase
from benchmarks.machine import describe_machine, load_average, use_few_cores
from benchmarks.media import Edit, make_clips
from benchmarks.pictures import QUICK_SECONDS, SECONDS, PictureCases, make_film
from benchmarks.planning import measure_planning
from benchmarks.quality import QualityCase
from benchmarks.render import RenderCases
from benchmarks.report import print_table, write_results
from benchmarks.smart import SmartCase
from benchmarks.start import StartCase
from benchmarks.turns import Turns
from benchmarks.waiting import WaitingCase
from benchmarks.waveform import WaveformCase
from farm.ffmpeg.locate import find_ffmpeg
from farm.logs import set_up_logs
from farm.settings import Settings

if TYPE_CHECKING:
    from benchmarks.figures import Case

RESULTS = Path(__file__).parent / "results"
CLIP_SECONDS, QUICK_CLIP_SECONDS, TRIAL_CLIP_SECONDS = 20, 6, 5
ROUNDS, QUICK_ROUNDS = 5, 3
PRIVATE_ROUNDS, QUICK_PRIVATE_ROUNDS = 3, 1
QUIET_SECONDS, QUICK_QUIET_SECONDS = 10.0, 0.0
EDITED_CLIPS, QUICK_EDITED_CLIPS = 60, 12
EDIT_ROUNDS, QUICK_EDIT_ROUNDS = 3, 2
FILM_LOOPS, QUICK_FILM_LOOPS = 24, 3
PICTURES, QUICK_PICTURES = 60, 20
JOBS, QUICK_JOBS = 1000, 200
CASES = (
    *("planning", "start", "render", "edits", "quality", "smart"),
    *("thumbnails", "storyboard", "waveform", "waiting"),
)


def main() -> int:
    """Measure what is asked for; exit 1 when a bound is missed."""
    wanted = _read_arguments()
    settings = Settings.read()
    set_up_logs(level="error", log_format="auto")
    cores = use_few_cores()
    print(f"on {cores} cores; load average {load_average():.2f}")
    turns = Turns(quiet_seconds=QUICK_QUIET_SECONDS if wanted.quick else QUIET_SECONDS)
    load = load_average()
    with tempfile.TemporaryDirectory(prefix="farm-bench-") as folder:
        cases = _measure(wanted, turns, settings=settings, folder=Path(folder))
    print_table(cases)
    path = write_results(
        RESULTS,
        cases,
        {
            "quick": wanted.quick,
            "machine": describe_machine(settings),
            "load_average": {"before": load, "after": load_average()},
            "runs": turns.notes,
        },
    )
    print(f"\nload average {load:.2f} before, {load_average():.2f} after; {path}")
    return int(any(f.is_met is False for case in cases for f in case.figures))


def _measure(
    wanted: argparse.Namespace, turns: Turns, *, settings: Settings, folder: Path
) -> list[Case]:
    ffmpeg = find_ffmpeg(settings)
    clips = make_clips(ffmpeg, RESULTS)
    shown = QUICK_CLIP_SECONDS if wanted.quick else CLIP_SECONDS
    edit = Edit(clips=clips, shown_seconds=shown)
    rounds = QUICK_ROUNDS if wanted.quick else ROUNDS
    cases = []
    if "planning" in wanted.cases:  # first: the memory of others is not its own
        cases.append(measure_planning(rounds=rounds))
    if "start" in wanted.cases:
        cases.append(StartCase(edit=edit, folder=folder).measure(turns, rounds=rounds))
    if "render" in wanted.cases:
        render = RenderCases(
            edit=edit,
            trial=Edit(clips=clips, shown_seconds=TRIAL_CLIP_SECONDS),
            ffmpeg=ffmpeg,
            folder=folder,
        )
        private = QUICK_PRIVATE_ROUNDS if wanted.quick else PRIVATE_ROUNDS
        cases += render.measure(turns, rounds=rounds, private_rounds=private)
    if "edits" in wanted.cases:
        edits = EditCase(
            clips=clips,
            count=QUICK_EDITED_CLIPS if wanted.quick else EDITED_CLIPS,
            ffmpeg=ffmpeg,
            folder=folder,
            bounded=not wanted.quick,
        )
        edit_rounds = QUICK_EDIT_ROUNDS if wanted.quick else EDIT_ROUNDS
        cases.append(edits.measure(rounds=edit_rounds))
    if "quality" in wanted.cases:
        cases.append(QualityCase(edit=edit, ffmpeg=ffmpeg, folder=folder).measure())
    if "smart" in wanted.cases:
        smart = SmartCase(
            clip=clips[1],
            loops=QUICK_FILM_LOOPS if wanted.quick else FILM_LOOPS,
            ffmpeg=ffmpeg,
            folder=folder,
            bounded=not wanted.quick,
        )
        cases.append(smart.measure(rounds=EDIT_ROUNDS))
    if names := {"thumbnails", "storyboard"} & set(wanted.cases):
        seconds = QUICK_SECONDS if wanted.quick else SECONDS
        pictures = PictureCases(
            film=make_film(ffmpeg, RESULTS, seconds=seconds),
            seconds=seconds,
            ffmpeg=ffmpeg,
            folder=folder,
            bounded=not wanted.quick,
        )
        picture_rounds = QUICK_EDIT_ROUNDS if wanted.quick else EDIT_ROUNDS
        cases += pictures.measure(turns, names=names, rounds=picture_rounds)
    if "waveform" in wanted.cases:
        sound = WaveformCase(
            ffmpeg=ffmpeg, folder=folder, minutes=10 if wanted.quick else 60
        )
        cases.append(sound.measure(turns, rounds=rounds))
    if "waiting" in wanted.cases:
        waiting = WaitingCase(
            edit=edit,
            ffmpeg=ffmpeg,
            folder=folder,
            pictures=QUICK_PICTURES if wanted.quick else PICTURES,
            jobs=QUICK_JOBS if wanted.quick else JOBS,
        )
        cases.append(waiting.measure())
    return cases


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter, fewer runs")
    parser.add_argument(
        "--spare",
        type=int,
        default=0,
        metavar="N",
        help="run up to N rounds again in which others took the processor",
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
