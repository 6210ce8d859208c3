"""A dashboard as the JSON that Grafana loads (schema 39, of Grafana 10 and later)."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from pydantic import JsonValue

from farm.monitor.grafana.panel import Look
from farm.monitor.rules import built_in_rules
from farm.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.monitor.grafana.panel import Dashboard, Panel, Query, Variable
    from farm.settings import AlertRule

Node: TypeAlias = dict[str, JsonValue]
DATASOURCE: Node = {"type": "prometheus", "uid": "farm-prometheus"}
"""As `config/grafana/provisioning/datasources` names it."""
_COLUMNS = 24


def build_document(dashboard: Dashboard) -> str:
    """Return the file of a dashboard."""
    link: Node = {
        "type": "dashboards",
        "title": "Farm",
        "tags": ["farm"],
        "asDropdown": False,
        "includeVars": False,
        "keepTime": True,
    }
    document: Node = {
        "uid": f"farm-{dashboard.name}",
        "title": dashboard.title,
        "tags": ["farm"],
        "schemaVersion": 39,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "links": [link],
        "templating": {"list": [_variable(each) for each in dashboard.variables]},
        "panels": [*_placed(dashboard.panels)],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _placed(panels: Sequence[Panel]) -> list[Node]:
    """Lay panels from left to right, and a new row where there is no room."""
    placed: list[Node] = []
    x = y = height = 0
    for number, panel in enumerate(panels, start=1):
        if x + panel.width > _COLUMNS:
            x, y, height = 0, y + height, 0
        place: Node = {"x": x, "y": y, "w": panel.width, "h": panel.height}
        placed.append({"id": number, "gridPos": place, **_panel(panel)})
        x, height = x + panel.width, max(height, panel.height)
    return placed


def _panel(panel: Panel) -> Node:
    if panel.look is Look.TEXT:
        options: Node = {"mode": "markdown", "content": panel.text}
        return {"type": "text", "title": panel.title, "options": options}
    is_line = panel.look in {Look.LINES, Look.BARS}
    return {
        "type": "timeseries" if is_line else panel.look.value,
        "title": panel.title,
        "description": panel.text,
        "datasource": DATASOURCE,
        "targets": [
            _target(query, letter=chr(ord("A") + number), is_line=is_line)
            for number, query in enumerate(panel.queries)
        ],
        "fieldConfig": {"defaults": _field(panel), "overrides": []},
        "options": _options(panel.look),
    }


def _target(query: Query, *, letter: str, is_line: bool) -> Node:
    return {
        "refId": letter,
        "datasource": DATASOURCE,
        "expr": query.expression,
        "legendFormat": query.legend or "__auto",
        "range": is_line,
        "instant": not is_line,
    }


def _field(panel: Panel) -> Node:
    field: Node = {"unit": panel.unit, "min": 0, "thresholds": _thresholds(panel)}
    if panel.top is not None:
        field["max"] = panel.top
    is_number = panel.look in {Look.NUMBER, Look.RANKING}
    colour = "thresholds" if is_number else "palette-classic"
    field["color"] = {"mode": colour}
    if not is_number:
        bars = panel.look is Look.BARS
        field["custom"] = {
            "drawStyle": "bars" if bars else "line",
            "fillOpacity": 60 if bars else 10,
            "lineWidth": 1,
            "showPoints": "never",
            "stacking": {"mode": "normal" if bars else "none"},
            "thresholdsStyle": {"mode": "dashed" if panel.rule else "off"},
        }
    return field


def _thresholds(panel: Panel) -> Node:
    """Colour numbers on the side where the alert rule fires; draw a line there."""
    if not panel.rule:
        return {"mode": "absolute", "steps": [{"color": "blue", "value": None}]}
    rule = _rules()[panel.rule]
    bad = "red" if rule.severity == "critical" else "orange"
    below, above = (bad, "green") if rule.operator == "<" else ("green", bad)
    if panel.look not in {Look.NUMBER, Look.RANKING}:
        below, above = "transparent", bad
    # Grafana's step begins at its value, where a rule with > does not fire yet
    start = rule.threshold or 1e-9
    steps: list[JsonValue] = [
        {"color": below, "value": None},
        {"color": above, "value": start},
    ]
    return {"mode": "absolute", "steps": steps}


@cache
def _rules() -> dict[str, AlertRule]:
    """Return the farm's rules with the default thresholds, as `make rules` does."""
    defaults = Settings.model_construct(
        **{name: field.default for name, field in Settings.model_fields.items()}
    )
    return {rule.name: rule for rule in built_in_rules(defaults)}


def _options(look: Look) -> Node:
    values: Node = {"calcs": ["lastNotNull"], "fields": "", "values": False}
    if look is Look.NUMBER:
        return {
            "reduceOptions": values,
            "colorMode": "value",
            "graphMode": "none",
            "textMode": "auto",
        }
    if look is Look.RANKING:
        return {
            "reduceOptions": values,
            "orientation": "horizontal",
            "displayMode": "basic",
        }
    legend: Node = {"displayMode": "list", "placement": "bottom", "showLegend": True}
    return {"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}}


def _variable(variable: Variable) -> Node:
    query = f"label_values({variable.metric}, {variable.label})"
    return {
        "type": "query",
        "name": variable.label,
        "label": variable.label,
        "datasource": DATASOURCE,
        "query": {"qryType": 1, "query": query, "refId": variable.label},
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": ["All"], "value": ["$__all"]},
    }
