"""Write what was measured into docs/benchmarks.md, with plots beside it.

``python -m benchmarks.page [RESULTS.json ...]`` takes in results of the command
``python -m benchmarks``: cases of later ones take the place of those before. Without
any, the page is written anew from what it holds.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.plots import draw_plots
from benchmarks.report import show

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DOCS = Path(__file__).parent.parent / "docs"
_PAGE, _FOLDER = DOCS / "benchmarks.md", DOCS / "benchmarks"
_BEGIN, _END = "<!-- figures: `make bench` writes what follows -->", "<!-- end -->"


def main() -> int:
    """Take in results, and write the page."""
    write_page([Path(path) for path in sys.argv[1:]])
    return 0


def write_page(results: Sequence[Path] = ()) -> Path:
    """Take in results, draw them, and write the tables; return the page."""
    kept = _FOLDER / "results.json"
    cases: dict[str, Any] = {}
    if kept.exists():
        cases = json.loads(kept.read_text("utf-8"))
    for path in results:
        run = json.loads(path.read_text("utf-8"))
        facts = {name: run[name] for name in ("when", "how", "machine", "load_average")}
        others = [note["others_part"] for note in run["runs"]]
        facts["others_part"] = max(others, default=None)
        for name, case in run["cases"].items():
            cases[name] = {**case, "run": facts}
    _FOLDER.mkdir(exist_ok=True)
    kept.write_text(json.dumps(cases, indent=1) + "\n", encoding="utf-8")
    plots = draw_plots(cases, _FOLDER)
    page = _PAGE.read_text("utf-8")
    before, rest = page.split(_BEGIN)
    after = rest.split(_END)[1]
    lines = [_BEGIN, "", *_lines(cases, plots), _END]
    _PAGE.write_text(f"{before}{chr(10).join(lines)}{after}", encoding="utf-8")
    return _PAGE


def _lines(cases: dict[str, Any], plots: dict[str, Path]) -> Iterator[str]:
    bounded = [
        figure
        for case in cases.values()
        for figure in case["figures"]
        if figure["is_met"] is not None
    ]
    met = sum(figure["is_met"] for figure in bounded)
    yield f"{met} of {len(bounded)} bounds are met."
    yield ""
    for run, names in _runs(cases).items():
        yield f"- {', '.join(names)}: {run}"
    yield ""
    for title, path in plots.items():
        yield f"![{title}](benchmarks/{path.name})"
        yield ""
    for name, case in cases.items():
        yield f"### {name}"
        yield ""
        yield case["what"]
        for missing in case.get("left_out") or ():
            yield f"Left out: {missing}."
        yield ""
        yield "| figure | median | lowest to highest | bound | met |"
        yield "|---|---|---|---|---|"
        for figure in case["figures"]:
            yield _row(figure)
        yield ""


def _row(figure: dict[str, Any]) -> str:
    unit, values = figure["unit"], figure["values"]
    spread = ""
    if len(values) > 1:
        spread = f"{show(min(values), unit)} to {show(max(values), unit)}"
    bound, met = "", ""
    if figure["is_met"] is not None:
        sign = "≤" if figure["most"] is not None else "≥"
        limit = figure["least"] if figure["most"] is None else figure["most"]
        bound = f"{sign} {limit:g} {unit}".strip()
        met = "yes" if figure["is_met"] else "**no**"
    name = figure["name"].strip()
    return f"| {name} | {show(figure['median'], unit)} | {spread} | {bound} | {met} |"


def _runs(cases: dict[str, Any]) -> dict[str, list[str]]:
    """Return the cases by the run that they were measured in, in words."""
    runs: dict[str, list[str]] = {}
    for name, case in cases.items():
        run = case["run"]
        machine, load = run["machine"], run["load_average"]
        packages = {**machine["packages"], **machine.get("peers", {})}
        versions = ", ".join(f"{it} {number}" for it, number in packages.items())
        words = (
            f"{run['when'][:16].replace('T', ' ')} UTC, sizes `{run['how']}`, "
            f"{machine['cores_used']} cores of {machine['processor']}, "
            f"{machine['memory']}, Python {machine['python']}, "
            f"FFmpeg {machine['ffmpeg']}, {versions}; commit {machine['commit']}; "
            f"load average {load['before']:.1f} before and {load['after']:.1f} after"
        )
        if run["others_part"] is not None:
            words += f", others had at most {run['others_part']:.0%} of the cores"
        runs.setdefault(words, []).append(name)
    return runs


if __name__ == "__main__":
    sys.exit(main())
