"""All cases by name, in the order in which they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import film, layers
from benchmarks.against import AgainstCase
from benchmarks.bench import RESULTS
from benchmarks.clips import measure_clips
from benchmarks.commands import measure_commands
from benchmarks.coordinating import CoordinatingCase
from benchmarks.edits import EditCase
from benchmarks.film import CLIP_SECONDS, FilmCommands
from benchmarks.growth import GrowthCase
from benchmarks.layers import LayerCommands
from benchmarks.pictures import PictureCases, make_film
from benchmarks.planning import measure_planning
from benchmarks.quality import QualityCase
from benchmarks.queueing import QueueCase
from benchmarks.render import RenderCases
from benchmarks.scaling import ScalingCase
from benchmarks.smart import SmartCase
from benchmarks.start import StartCase
from benchmarks.waiting import WaitingCase
from benchmarks.waveform import WaveformCase

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.bench import Bench
    from benchmarks.figures import Case

_LEAST_PSNR = 30.0
_TASK_SECONDS = 4.0


def _planning(bench: Bench) -> list[Case]:
    return [measure_planning(rounds=bench.sizes.rounds)]


def _clips(bench: Bench) -> list[Case]:
    return [measure_clips(sizes=bench.sizes.clips, rounds=bench.sizes.few_rounds)]


def _commands(bench: Bench) -> list[Case]:
    return [measure_commands(bench.turns, rounds=bench.sizes.rounds)]


def _start(bench: Bench) -> list[Case]:
    edit = bench.edit(bench.sizes.render, bench.sizes.shown)
    case = StartCase(edit=edit, folder=bench.place("start"))
    return [case.measure(bench.turns, rounds=bench.sizes.few_rounds)]


def _render(bench: Bench) -> list[Case]:
    sizes = bench.sizes
    case = RenderCases(
        edit=bench.edit(sizes.render, sizes.shown),
        trial=bench.edit(sizes.render, sizes.trial_shown),
        ffmpeg=bench.ffmpeg,
        folder=bench.place("render"),
    )
    return case.measure(bench.turns, rounds=sizes.rounds, private_rounds=1)


def _film(bench: Bench) -> list[Case]:
    sizes = bench.sizes
    seconds, (width, height) = sizes.film_clips * CLIP_SECONDS, sizes.film
    place = bench.place("film")
    case = AgainstCase(
        name="film",
        what=film.WHAT.format(
            seconds=seconds, width=width, height=height, clips=sizes.film_clips
        ),
        commands=FilmCommands(
            clips=bench.clips(sizes.film),
            music=bench.music(seconds),
            size=sizes.film,
            count=sizes.film_clips,
            folder=place,
        ),
        ffmpeg=bench.ffmpeg,
        folder=place,
        least_psnr=_LEAST_PSNR,
    )
    return [case.measure(bench.turns, rounds=sizes.few_rounds)]


def _layers(bench: Bench) -> list[Case]:
    sizes = bench.sizes
    width, height = sizes.layers
    place = bench.place("layers")
    case = AgainstCase(
        name="layers",
        what=layers.WHAT.format(
            seconds=sizes.layers_seconds, width=width, height=height
        ),
        commands=LayerCommands(
            clips=bench.clips(sizes.layers),
            size=sizes.layers,
            seconds=sizes.layers_seconds,
            folder=place,
        ),
        ffmpeg=bench.ffmpeg,
        folder=place,
        least_psnr=_LEAST_PSNR,
    )
    return [case.measure(bench.turns, rounds=sizes.rounds)]


def _edits(bench: Bench) -> list[Case]:
    sizes = bench.sizes
    case = EditCase(
        clips=bench.clips(sizes.edited),
        size=sizes.edited,
        count=sizes.film_clips,
        ffmpeg=bench.ffmpeg,
        folder=bench.place("edits"),
        bounded=sizes.bounded,
    )
    return [case.measure(rounds=sizes.few_rounds)]


def _quality(bench: Bench) -> list[Case]:
    sizes = bench.sizes
    edit = bench.edit(sizes.render, sizes.quality_shown)
    case = QualityCase(edit=edit, ffmpeg=bench.ffmpeg, folder=bench.place("quality"))
    return [case.measure()]


def _smart(bench: Bench) -> list[Case]:
    sizes = bench.sizes
    case = SmartCase(
        clip=bench.clips(sizes.smart)[1],
        size=sizes.smart,
        loops=sizes.smart_loops,
        ffmpeg=bench.ffmpeg,
        folder=bench.place("smart"),
        bounded=sizes.bounded,
    )
    return [case.measure(rounds=sizes.few_rounds)]


def _pictures(bench: Bench) -> list[Case]:
    seconds = bench.sizes.pictures_film
    case = PictureCases(
        film=make_film(bench.ffmpeg, RESULTS, seconds=seconds),
        seconds=seconds,
        ffmpeg=bench.ffmpeg,
        folder=bench.place("pictures"),
        exact=bench.sizes.exact,
        bounded=bench.sizes.bounded,
    )
    names = {"thumbnails", "storyboard"}
    return case.measure(bench.turns, names=names, rounds=bench.sizes.few_rounds)


def _waveform(bench: Bench) -> list[Case]:
    case = WaveformCase(
        ffmpeg=bench.ffmpeg,
        folder=bench.place("waveform"),
        minutes=bench.sizes.waveform_minutes,
    )
    return [case.measure(bench.turns, rounds=bench.sizes.few_rounds)]


def _waiting(bench: Bench) -> list[Case]:
    sizes = bench.sizes
    case = WaitingCase(
        edit=bench.edit(sizes.render, sizes.shown),
        ffmpeg=bench.ffmpeg,
        folder=bench.place("waiting"),
        pictures=sizes.pictures,
        jobs=sizes.jobs,
    )
    return [case.measure()]


def _queue(bench: Bench) -> list[Case]:
    sizes = bench.sizes
    case = QueueCase(
        folder=bench.place("queue"), many=sizes.tasks, few=sizes.single_tasks
    )
    return [case.measure(rounds=sizes.rounds)]


def _growth(bench: Bench) -> list[Case]:
    sizes = bench.sizes
    case = GrowthCase(
        folder=bench.place("growth"),
        sizes=sizes.table,
        times=sizes.asked,
        look_seconds=sizes.crowd / 4,
    )
    return [case.measure(rounds=sizes.rounds)]


def _scaling(bench: Bench) -> list[Case]:
    sizes = bench.sizes
    edit = bench.edit(sizes.render, max(5, sizes.shown // 2))
    case = ScalingCase(edit=edit, folder=bench.place("scaling"))
    return [case.measure(bench.turns, rounds=sizes.few_rounds)]


def _coordinating(bench: Bench) -> list[Case]:
    case = CoordinatingCase(
        folder=bench.place("coordinating"),
        sizes=bench.sizes.crowds,
        wait_seconds=_TASK_SECONDS,
        seconds=bench.sizes.crowd,
    )
    return [case.measure()]


CASES: dict[str, Callable[[Bench], list[Case]]] = {
    "planning": _planning,  # first: the memory of others is not its own
    "clips": _clips,
    "commands": _commands,
    "start": _start,
    "render": _render,
    "film": _film,
    "layers": _layers,
    "edits": _edits,
    "quality": _quality,
    "smart": _smart,
    "pictures": _pictures,
    "waveform": _waveform,
    "waiting": _waiting,
    "queue": _queue,
    "growth": _growth,
    "scaling": _scaling,
    "coordinating": _coordinating,
}
