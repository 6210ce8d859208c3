"""Print what was measured, and write it down."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pydantic import JsonValue

    from benchmarks.figures import Case, Figure


def print_table(cases: Sequence[Case]) -> None:
    """Print all figures, with what they may be."""
    print(f"\n{'':44} {'median':>9} {'lowest':>9} {'highest':>9}   bound")
    for case in cases:
        print(f"{case.name}: {case.what}")
        for figure in case.figures:
            print(
                f"  {figure.name:42} {show(figure.median, figure.unit):>9} "
                f"{show(min(figure.values), figure.unit):>9} "
                f"{show(max(figure.values), figure.unit):>9}   {_bound(figure)}"
            )


def write_results(
    folder: Path, cases: Sequence[Case], facts: dict[str, JsonValue]
) -> Path:
    """Write all of it as JSON; return where."""
    now = datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{now:%Y-%m-%dT%H%M%SZ}.json"
    results = {
        "when": now.isoformat(timespec="seconds"),
        **facts,
        "cases": {
            case.name: {
                "what": case.what,
                "figures": [figure.to_json() for figure in case.figures],
                **case.details,
            }
            for case in cases
        },
    }
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return path


def show(value: float, unit: str) -> str:
    """Write a value with its unit."""
    digits = {"s": 2, "×": 3, "": 2, "/s": 0}.get(unit, 1)
    return f"{value:.{digits}f} {unit}".strip()


def _bound(figure: Figure) -> str:
    if figure.is_met is None:
        return ""
    bound = f"<= {figure.most:g}" if figure.most is not None else f">= {figure.least:g}"
    return f"{bound} {'met' if figure.is_met else 'MISSED'}"
