"""Draw dashboards of what a Prometheus holds, where there is no Grafana.

``python -m farm.monitor.grafana.picture SERVER FOLDER [MINUTES]`` asks every query of
the dashboards in ``config/grafana/dashboards``, draws a PNG of each page, and prints
which panels have no data. It needs matplotlib, which the extra ``test`` installs.
"""

from __future__ import annotations

import json
import math
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.monitor.grafana.ask import Span, ask_target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from matplotlib.axes import Axes

    from farm.monitor.grafana.ask import Series

FOLDER = Path(__file__).parents[3] / "config" / "grafana" / "dashboards"
_POINTS = 240
_COLUMNS = 24
_INCHES = (0.58, 0.34)  # of a column, and of a row
_COLORS = {"red": "#e02f44", "orange": "#ff9830", "green": "#37872d", "blue": "#3274d9"}
_MOST_NAMES = 6  # a legend with more hides the lines
_BYTES = 1024**3


def main(server: str, folder: Path, *, minutes: float = 60.0) -> list[str]:
    """Draw all dashboards; return the panels that have no data."""
    end = time.time()
    step = max(5.0, minutes * 60 / _POINTS)
    span = Span(start=end - minutes * 60, end=end, step=step, scrape=5.0)
    folder.mkdir(parents=True, exist_ok=True)
    empty = []
    for file in sorted(FOLDER.glob("*.json")):
        document = json.loads(file.read_text("utf-8"))
        empty += draw(document, server, span, folder / f"{file.stem}.png")
    return empty


def draw(
    document: Mapping[str, Any], server: str, span: Span, target: Path
) -> list[str]:
    """Draw a dashboard as one picture; return its panels that have no data."""
    from matplotlib.figure import Figure  # heavy, and not of the farm's own needs

    panels = document["panels"]
    rows = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
    rows += 2  # the title
    figure = Figure(figsize=(_COLUMNS * _INCHES[0], rows * _INCHES[1]), dpi=72)
    figure.text(0.01, 1 - 1 / rows, document["title"], size=13, weight="bold")
    empty = []
    for panel in panels:
        axes = figure.add_axes(_place(panel["gridPos"], rows))
        axes.set_title(panel["title"], size=8, loc="left")
        shown = [
            series
            for query in panel.get("targets", [])
            for series in ask_target(server, query, span)
        ]
        _draw_panel(axes, panel, shown, span)
        if not shown and panel["type"] != "text":
            empty.append(f"{document['title']}: {panel['title']}")
    figure.savefig(target)
    return empty


def _place(place: Mapping[str, int], rows: int) -> tuple[float, float, float, float]:
    """Return left, bottom, width and height, as shares of the picture."""
    bottom = rows - 2 - place["y"] - place["h"]
    return (
        (place["x"] + 0.9) / _COLUMNS,
        (bottom + 1) / rows,
        (place["w"] - 1.2) / _COLUMNS,
        (place["h"] - 2.2) / rows,
    )


def _draw_panel(
    axes: Axes, panel: Mapping[str, Any], shown: list[Series], span: Span
) -> None:
    field = panel.get("fieldConfig", {}).get("defaults", {})
    if panel["type"] == "timeseries" and shown:
        _draw_lines(axes, shown, field, span)
        return
    axes.set_axis_off()
    if panel["type"] == "text":
        axes.text(0, 1, panel["options"]["content"], size=7, va="top", wrap=True)
    elif not shown:
        axes.text(0.5, 0.5, "no data", size=9, color="gray", ha="center")
    elif panel["type"] == "stat":
        value = shown[0].values[-1]
        axes.text(
            *(0.5, 0.35, _write(value, field["unit"])),
            size=17,
            ha="center",
            color=_color(value, field),
        )
    else:
        _draw_bars(axes, shown, field)


def _draw_lines(
    axes: Axes, shown: list[Series], field: Mapping[str, Any], span: Span
) -> None:
    is_bars = field["custom"]["drawStyle"] == "bars"
    scale, sign = _unit(field["unit"])
    for series in shown:
        minutes = [(at - span.end) / 60 for at in series.times]
        values = [value * scale for value in series.values]
        if is_bars:
            axes.bar(minutes, values, label=series.name, width=span.step / 60)
        else:
            points = _with_gaps(minutes, values, step=span.step / 60)
            axes.plot(*points, label=series.name, linewidth=1)
    axes.set_xlim((span.start - span.end) / 60, 0)
    if field["custom"]["thresholdsStyle"]["mode"] == "dashed":
        step = field["thresholds"]["steps"][1]
        _, top = axes.get_ylim()
        if step["value"] * scale < 3 * top:
            axes.axhline(
                step["value"] * scale, linestyle="--", color=_COLORS.get("orange")
            )
    axes.set_ylim(bottom=0, top=field["max"] * scale if "max" in field else None)
    axes.tick_params(labelsize=6)
    axes.set_ylabel(sign, size=6)
    if len(shown) <= _MOST_NAMES:
        axes.legend(fontsize=6, loc="upper left", frameon=False)


def _with_gaps(
    minutes: list[float], values: list[float], *, step: float
) -> tuple[list[float], list[float]]:
    """Break a line where Prometheus had no value."""
    whole: tuple[list[float], list[float]] = ([], [])
    for at, value in zip(minutes, values, strict=True):
        if whole[0] and at - whole[0][-1] > 1.5 * step:
            whole[0].append(at)
            whole[1].append(math.nan)
        whole[0].append(at)
        whole[1].append(value)
    return whole


def _draw_bars(axes: Axes, shown: list[Series], field: Mapping[str, Any]) -> None:
    for place, series in enumerate(shown):
        value = series.values[-1]
        axes.barh(place, value, color=_color(value, field), height=0.7)
        name = f" {series.name}: {_write(value, field['unit'])}"
        axes.text(0, place, name, size=min(7, 60 / len(shown)), va="center")
    axes.invert_yaxis()


def _color(value: float, field: Mapping[str, Any]) -> str:
    """Return the colour of the last threshold that is reached."""
    reached = [
        step["color"]
        for step in field["thresholds"]["steps"]
        if step["value"] is None or value >= step["value"]
    ]
    return _COLORS.get(reached[-1], "#666666")


def _unit(unit: str) -> tuple[float, str]:
    """Return by what values are multiplied to be read, and what stands behind them."""
    units = {"percentunit": (100.0, "%"), "bytes": (1 / _BYTES, "GiB"), "s": (1.0, "s")}
    return units.get(unit, (1.0, {"celsius": "°C", "watt": "W"}.get(unit, "")))


def _write(value: float, unit: str) -> str:
    scale, sign = _unit(unit)
    return f"{value * scale:.3g} {sign}".strip()


def _tell(empty: list[str]) -> Iterator[str]:
    yield f"panels without data: {len(empty)}"
    yield from (f"  {each}" for each in empty)


if __name__ == "__main__":
    address, into, *length = sys.argv[1:]
    asked = float(length[0]) if length else 60.0
    without = main(address, Path(into), minutes=asked)
    sys.stdout.write("\n".join(_tell(without)) + "\n")
