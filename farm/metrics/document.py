"""Write the table of `docs/metrics.md`: ``python -m farm.metrics.document``."""

from __future__ import annotations

import sys

from farm.metrics.catalog import METRICS

START = "<!-- the table: python -m farm.metrics.document -->"


def build_table() -> str:
    """Return all metrics as a table of Markdown."""
    lines = ["| metric | type | labels | what | from |", "|---|---|---|---|---|"]
    for metric in METRICS.values():
        labels = ", ".join(f"`{label}`" for label in metric.labels)
        lines.append(
            f"| `{metric.name}` | {metric.type.value} | {labels} | {metric.help} "
            f"| {metric.source.value} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(build_table())
