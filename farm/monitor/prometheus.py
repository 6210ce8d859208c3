"""The alert rules as Prometheus reads them (``rule_files``)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from farm.settings import AlertRule


def build_rules_file(rules: Iterable[AlertRule]) -> str:
    """Return a rules file; strings are written as JSON, which YAML takes."""
    lines = [
        "# Made by `farm alerts --prometheus-rules`; change the settings, not this.",
        "groups:",
        "  - name: farm",
        "    rules:",
    ]
    for rule in rules:
        lines += [
            f"      - alert: {rule.name}",
            f"        expr: {json.dumps(_expression(rule))}",
            f"        for: {round(rule.for_seconds)}s",
            "        labels:",
            f"          severity: {rule.severity}",
            "        annotations:",
            f"          summary: {json.dumps(rule.summary or rule.name)}",
            '          description: "{{ $labels }}: {{ $value }}"',
        ]
    return "\n".join(lines) + "\n"


def _expression(rule: AlertRule) -> str:
    wanted = ",".join(
        f"{name}={json.dumps(value)}" for name, value in sorted(rule.labels.items())
    )
    chosen = f"{{{wanted}}}" if wanted else ""
    return f"{rule.metric}{chosen} {rule.operator} {rule.threshold:g}"
