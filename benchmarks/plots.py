"""Plots of what was measured, as small SVG files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt  # after the choice of what draws

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from matplotlib.axes import Axes

_GOOD, _BAD, _OURS, _OTHERS = "#2a7f4f", "#b8402a", "#2b5c9e", "#9aa3ad"
_STYLE = {
    "svg.fonttype": "none",  # letters as text: small, and to be searched
    "svg.hashsalt": "farm",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.constrained_layout.use": True,
}


def draw_plots(cases: dict[str, Any], folder: Path) -> dict[str, Path]:
    """Draw what there are cases for; return the files by what they show."""
    drawn: dict[str, Path] = {}
    for name, (title, needed, height, draw) in _PLOTS.items():
        if needed and needed not in cases:
            continue
        with plt.rc_context(_STYLE):
            rows = len(_bounded(cases))
            figure, axes = plt.subplots(figsize=(7, height or 0.6 + 0.17 * rows))
            draw(axes, cases)
            axes.set_title(title, loc="left", fontweight="bold")
            path = folder / f"{name}.svg"
            figure.savefig(path, metadata={"Date": None})
            plt.close(figure)
        text = "\n".join(line.rstrip() for line in path.read_text("utf-8").splitlines())
        path.write_text(text + "\n", encoding="utf-8")
        drawn[title] = path
    return drawn


def _bounded(cases: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{name}: {figure['name'].strip()}", figure)
        for name, case in cases.items()
        for figure in case["figures"]
        if figure["is_met"] is not None
    ]


def _draw_bounds(axes: Axes, cases: dict[str, Any]) -> None:
    """Draw each bounded figure as a part of its bound: at 1 it is just met."""
    rows = _bounded(cases)[::-1]
    parts = [
        figure["median"] / figure["most"]
        if figure["most"] is not None
        else figure["least"] / max(figure["median"], 1e-9)
        for _, figure in rows
    ]
    shown = [min(max(part, 0.02), 12) for part in parts]
    colors = [_GOOD if figure["is_met"] else _BAD for _, figure in rows]
    axes.barh(range(len(rows)), shown, color=colors, height=0.7)
    axes.set_xscale("log")
    axes.set_xticks([0.1, 0.5, 1, 2, 5, 10], ["0.1", "0.5", "1", "2", "5", "10"])
    axes.set_yticks(range(len(rows)), [name for name, _ in rows], fontsize=7)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xlabel("part of the bound; right of 1 it is missed")


def _draw_renders(axes: Axes, cases: dict[str, Any]) -> None:
    figures = [
        figure
        for figure in cases["render"]["figures"]
        if figure["unit"] == "s" and figure["name"] != "fixed cost"
    ]
    _draw_bars(axes, figures, "seconds; points are rounds")


def _draw_queue(axes: Axes, cases: dict[str, Any]) -> None:
    figures = [
        figure
        for figure in cases["queue"]["figures"]
        if figure["unit"] == "/s" and figure["name"].endswith("done")
    ]
    _draw_bars(axes, figures, "a second")


def _draw_bars(axes: Axes, figures: list[dict[str, Any]], unit: str) -> None:
    figures.reverse()
    for row, figure in enumerate(figures):
        peers = ("bare", "melt", "MoviePy", "Celery", "RQ")
        color = _OTHERS if figure["name"].startswith(peers) else _OURS
        axes.barh(row, figure["median"], color=color, height=0.65)
        axes.plot(figure["values"], [row] * len(figure["values"]), "k.", markersize=3)
    axes.set_yticks(range(len(figures)), [figure["name"] for figure in figures])
    axes.set_xlabel(unit)


def _draw_growth(axes: Axes, cases: dict[str, Any]) -> None:
    _draw_lines(axes, cases["growth"], r"^(.*), ([\d,]+) jobs$", "ms")
    axes.set_xlabel("finished jobs in the table")
    axes.set_ylabel("ms")
    axes.set_ylim(bottom=0)


def _draw_clips(axes: Axes, cases: dict[str, Any]) -> None:
    _draw_lines(axes, cases["clips"], r"^(.*), ([\d,]+) clips$", "ms")
    axes.set_yscale("log")
    axes.set_xlabel("clips of the timeline")
    axes.set_ylabel("ms")


def _draw_crowd(axes: Axes, cases: dict[str, Any]) -> None:
    _draw_lines(axes, cases["coordinating"], r"^(.*), ([\d,]+) workers busy$", "%")
    axes.axhline(95, color=_BAD, linewidth=0.8, linestyle="--")
    axes.set_ylim(0, 102)
    axes.set_xlabel("workers")
    axes.set_ylabel("% of the time busy")


def _draw_lines(axes: Axes, case: dict[str, Any], pattern: str, unit: str) -> None:
    lines: dict[str, list[tuple[int, float]]] = {}
    for figure in case["figures"]:
        found = re.match(pattern, figure["name"].strip())
        if found and figure["unit"] == unit:
            place = int(found[2].replace(",", ""))
            lines.setdefault(found[1], []).append((place, figure["median"]))
    for name, points in lines.items():
        axes.plot(*zip(*points, strict=True), marker="o", markersize=3, label=name)
    places = sorted({place for points in lines.values() for place, _ in points})
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xticks(places, [f"{place:,}" for place in places])
    axes.legend(fontsize=7, frameon=False)


_PLOTS: dict[str, tuple[str, str, float, Callable[[Axes, dict[str, Any]], None]]] = {
    "bounds": ("Each figure, as a part of its bound", "", 0, _draw_bounds),
    "render": ("A timeline of three clips", "render", 2.4, _draw_renders),
    "queue": ("Tasks that do nothing", "queue", 1.8, _draw_queue),
    "growth": ("Beside many finished jobs", "growth", 3.2, _draw_growth),
    "clips": ("Long timelines", "clips", 3.2, _draw_clips),
    "crowd": (
        "Workers that one coordinator keeps busy",
        "coordinating",
        3.0,
        _draw_crowd,
    ),
}
