"""Write all dashboards into a folder: ``python -m farm.monitor.grafana FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path

from farm.monitor.grafana.dashboards import DASHBOARDS
from farm.monitor.grafana.document import build_document


def main(folder: Path) -> None:
    """Write a file a dashboard; others that lie there stay."""
    for dashboard in DASHBOARDS:
        path = folder / f"{dashboard.name}.json"
        path.write_text(build_document(dashboard), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
