"""How long and how often: in 4 minutes, in half an hour, or as long as it takes."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.media import FULL, LOW, SMALL, TINY

Size = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What decides how long the cases take; lengths in seconds, if nothing else."""

    quiet: float
    """How long to wait, at most, for others to leave the cores alone before a run."""
    rounds: int
    """Rounds of what is short."""
    few_rounds: int
    """Rounds of what is long."""
    bounded: bool
    """Whether bounds that are for ten minutes of film, or for an hour, count."""
    render: Size
    """Size of the picture of the case render; likewise the others."""
    shown: int
    """How much of each of its three clips is shown."""
    trial_shown: int
    film: Size
    film_clips: int
    """Clips of 10 s of the long film, and of the film that is edited."""
    edited: Size
    """Of the film that is edited: what an edit costs beside pictures is as much in a
    small one."""
    layers: Size
    layers_seconds: int
    quality_shown: int
    smart: Size
    """Of the film that is cut: nothing of 0.5 bits a pixel is copied, which a smaller
    one takes."""
    smart_loops: int
    """How often a clip of 25 s is shown in a film that is cut."""
    pictures_film: int
    exact: bool
    """Whether thumbnails are made exactly, too, which nothing is compared with."""
    pictures: int
    jobs: int
    waveform_minutes: int
    tasks: int
    """Tasks that do nothing."""
    single_tasks: int
    table: tuple[int, ...]
    """Finished jobs in the table."""
    asked: int
    """How often a table is asked in a round."""
    clips: tuple[int, ...]
    """Clips of timelines that are only planned."""
    crowds: tuple[int, ...]
    """Workers that wait instead of encoding."""
    crowd: float
    """How long a crowd is looked at."""


QUICK = Sizes(
    quiet=0.0,
    rounds=1,
    few_rounds=1,
    bounded=False,
    render=SMALL,
    shown=5,
    trial_shown=2,
    film=TINY,
    film_clips=4,
    edited=TINY,
    layers=SMALL,
    layers_seconds=5,
    quality_shown=3,
    smart=LOW,
    smart_loops=2,
    pictures_film=60,
    exact=False,
    pictures=10,
    jobs=20,
    waveform_minutes=5,
    tasks=60,
    single_tasks=10,
    table=(1000, 5000),
    asked=20,
    clips=(100, 1000),
    crowds=(64,),
    crowd=4.0,
)
NORMAL = Sizes(
    quiet=10.0,
    rounds=5,
    few_rounds=3,
    bounded=True,
    render=SMALL,
    shown=20,
    trial_shown=4,
    film=TINY,
    film_clips=60,
    edited=SMALL,
    layers=SMALL,
    layers_seconds=20,
    quality_shown=5,
    smart=LOW,
    smart_loops=24,
    pictures_film=600,
    exact=False,
    pictures=60,
    jobs=300,
    waveform_minutes=60,
    tasks=300,
    single_tasks=30,
    table=(1000, 10_000, 100_000),
    asked=50,
    clips=(100, 1000, 10_000),
    crowds=(8, 64, 512),
    crowd=8.0,
)
LONG = Sizes(
    quiet=10.0,
    rounds=5,
    few_rounds=3,
    bounded=True,
    render=FULL,
    shown=20,
    trial_shown=5,
    film=FULL,
    film_clips=60,
    edited=FULL,
    layers=FULL,
    layers_seconds=30,
    quality_shown=20,
    smart=FULL,
    smart_loops=24,
    pictures_film=600,
    exact=True,
    pictures=60,
    jobs=1000,
    waveform_minutes=60,
    tasks=1000,
    single_tasks=50,
    table=(1000, 10_000, 100_000),
    asked=100,
    clips=(100, 1000, 10_000),
    crowds=(8, 64, 512),
    crowd=20.0,
)
