"""Analyses of made media, and a film of coloured scenes."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from farm.jobs.status import JobKind
from farm.settings import Settings
from farm.timeline.analysis import Analysis
from farm.timeline.schemas import build_schema
from tests.here import do_here
from tests.misfits import misfits

if TYPE_CHECKING:
    from pathlib import Path


SCHEMA = build_schema("farm-analysis-1.schema.json")
NTSC = Fraction(1001, 30000)
SILENCES = (
    "aevalsrc='if(between(t,1,2.5)+between(t,4,4.2)+gte(t,5),0,0.5*sin(2000*PI*t))"
    "':s=48000:d=6[a]"
)


def analyse(path: Path, *what: str, **options: Any) -> Analysis:  # noqa: ANN401
    return analyse_telling(path, what, options)[0]


def analyse_telling(
    path: Path, what: tuple[str, ...], options: dict[str, Any]
) -> tuple[Analysis, tuple[str, ...]]:
    storage = path.parent / "storage"
    done = do_here(
        JobKind.ANALYSE,
        {"path": str(path), "what": list(what) or None, **options},
        settings=Settings(storage=storage, media_roots=("/",)),
    )
    output = done.results["output"]
    assert isinstance(output, dict)
    assert misfits(output["facts"], SCHEMA, SCHEMA) == []
    return TypeAdapter(Analysis).validate_python(output["facts"]), done.warnings


def scenes(*frames: int, rate: str = "30000/1001", size: str = "96x64") -> str:
    """Return a graph of so many frames each of red, blue, yellow and green."""
    colors = ("red", "blue", "yellow", "green")
    parts = [
        f"color={color}:s={size}:r={rate},trim=end_frame={count}[{color}]"
        for color, count in zip(colors, frames, strict=False)
    ]
    labels = "".join(f"[{color}]" for color in colors[: len(frames)])
    return ";".join(parts) + f";{labels}concat=n={len(frames)},setsar=1[v]"
