"""Case 5: planning a long timeline, and the keys of its segments."""

from __future__ import annotations

import random
import resource
import time
from fractions import Fraction
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from benchmarks.figures import Case, Figure
from farm.cache.key import build_key
from farm.jobs.status import JobKind, TaskKind
from farm.plan.jobs import next_tasks
from farm.settings import Settings
from farm.timeline.load import load_timeline
from farm.timeline.media import AudioFacts, MediaFacts, VideoFacts

if TYPE_CHECKING:
    from pydantic import JsonValue

_CLIPS, _SECONDS, _FILES = 5000, 3 * 3600, 200
_MOST_SECONDS, _MOST_KEY_SECONDS, _MOST_MB = 2.0, 1.0, 300.0
_FACTS = TypeAdapter(MediaFacts)
_WHAT = f"A {_SECONDS // 3600} hour timeline of {_CLIPS} clips of {_FILES} files."


def measure_planning(*, rounds: int) -> Case:
    """Plan from facts that are known, then build the key of each segment."""
    settings = Settings.read()
    spec = build_spec(_CLIPS, seconds=_SECONDS)
    results = build_results()
    planning, keying, segments = [], [], 0
    for _ in range(rounds):
        start = time.monotonic()
        planned = next_tasks(JobKind.RENDER, spec, results, settings=settings)
        planning.append(time.monotonic() - start)
        tasks = [task for task in planned.tasks if task.kind is TaskKind.SEGMENT]
        start = time.monotonic()
        keys = {
            build_key(task.kind, task.payload, build="b", fonts="f") for task in tasks
        }
        keying.append(time.monotonic() - start)
        segments = len(keys)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return Case(
        name="planning",
        what=_WHAT,
        figures=(
            Figure(name="plan", unit="s", values=tuple(planning), most=_MOST_SECONDS),
            Figure(name="keys", unit="s", values=tuple(keying), most=_MOST_KEY_SECONDS),
            Figure(name="peak of memory", unit="MB", values=(peak,), most=_MOST_MB),
        ),
        details={"segments": segments},
    )


def build_spec(clips: int, *, seconds: int) -> dict[str, JsonValue]:
    """Return what a job asks for that renders so many clips."""
    document = build_document(clips, seconds=seconds)
    return {
        "timeline": load_timeline(document).timeline.model_dump(mode="json"),
        "output": "/nowhere/out.mp4",
        "preset": "source",
    }


def build_results() -> dict[str, JsonValue]:
    """Return what the probes of all files told."""
    return {"probe-0": {"sources": _facts()}}


def build_document(clips: int, *, seconds: int) -> dict[str, JsonValue]:
    """Return a timeline of so many clips."""
    dice = random.Random(1)  # noqa: S311  # nothing secret
    items: list[JsonValue] = []
    for _ in range(clips):
        length = Fraction(seconds, clips)
        begin = dice.randrange(3000)
        items.append(
            {
                "type": "clip",
                "media": {
                    "type": "file",
                    "path": f"/film-{dice.randrange(_FILES)}.mp4",
                },
                "source_range": {"start": str(begin), "duration": str(length)},
            }
        )
    return {
        "format": "farm-timeline/1",
        "rate": "25",
        "width": 1280,
        "height": 720,
        "tracks": [{"kind": "video", "items": items}],
    }


def _facts() -> dict[str, JsonValue]:
    return {
        f"/film-{number}.mp4": _FACTS.dump_python(_film(number), mode="json")
        for number in range(_FILES)
    }


def _film(number: int) -> MediaFacts:
    end = Fraction(3600)
    return MediaFacts(
        path=f"/film-{number}.mp4",
        container="mov,mp4,m4a,3gp,3g2,mj2",
        size_bytes=1,
        modified_ns=1,
        start=Fraction(0),
        duration=end,
        claimed_duration=end,
        truncated=False,
        video=(
            VideoFacts(
                index=0,
                codec="h264",
                width=1280,
                height=720,
                pix_fmt="yuv420p",
                sample_aspect=Fraction(1),
                rotation=0,
                rate=Fraction(25),
                longest_frame=Fraction(1, 25),
                frames=90_000,
                start=Fraction(0),
                end=end,
                bit_depth=8,
                has_alpha=False,
                interlaced=False,
            ),
        ),
        audio=(
            AudioFacts(
                index=1,
                codec="aac",
                sample_rate=48000,
                channels=2,
                layout="stereo",
                start=Fraction(0),
                end=end,
            ),
        ),
        content=f"{number:064}",
    )
