"""Ask Prometheus what the panels of a dashboard ask, by its HTTP API."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT_SECONDS = 20.0
_SCRAPES = 4
"""Grafana takes so many scrapes for a rate where steps are shorter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A time that is asked for, in seconds since 1970, and between two points."""

    start: float
    end: float
    step: float
    scrape: float = 15.0
    """How often Prometheus reads the farm, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A line of an answer, and what the panel calls it."""

    name: str
    times: tuple[float, ...]
    values: tuple[float, ...]


def ask(server: str, expression: str) -> list[dict[str, Any]]:
    """Return what Prometheus answers now.

    Args:
        server: its address, such as ``http://127.0.0.1:9090``.
        expression: without variables of Grafana, see `fill`.

    Raises:
        ValueError: with Prometheus' own words, where it takes the query for wrong.
        OSError: when it does not answer.
    """
    return _get(server, "query", {"query": expression})


def ask_target(server: str, target: Mapping[str, Any], span: Span) -> list[Series]:
    """Return what a target of a panel shows: over the time, or at the end of it."""
    asked = {"query": fill(target["expr"], span)}
    if target["range"]:
        times = {"start": span.start, "end": span.end, "step": span.step}
        found = _get(server, "query_range", {**asked, **times})
    else:
        found = _get(server, "query", {**asked, "time": span.end})
    return [_read(each, str(target["legendFormat"])) for each in found]


def fill(expression: str, span: Span) -> str:
    """Put values in the place of Grafana's variables; all of each of the farm's own."""
    rate = max(span.step + span.scrape, _SCRAPES * span.scrape)
    known = {
        "__rate_interval": f"{rate:.0f}s",
        "__interval": f"{span.step:.0f}s",
        "__range": f"{span.end - span.start:.0f}s",
    }
    return re.sub(r"\$(\w+)", lambda found: known.get(found[1], ".*"), expression)


def _get(server: str, page: str, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    url = f"{server}/api/v1/{page}?{urllib.parse.urlencode(asked)}"
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310  # a developer's own
            result: list[dict[str, Any]] = json.load(answer)["data"]["result"]
    except urllib.error.HTTPError as error:
        words = error.read().decode("utf-8", "replace")
        raise ValueError(f"{asked['query']}: {words}") from error
    return result


def _read(found: Mapping[str, Any], legend: str) -> Series:
    labels = {k: v for k, v in found["metric"].items() if k != "__name__"}
    if legend == "__auto":
        name = ", ".join(labels.values())
    else:
        name = re.sub(r"\{\{(\w+)\}\}", lambda word: labels.get(word[1], ""), legend)
    points = found.get("values") or [found["value"]]
    return Series(
        name=name,
        times=tuple(float(time) for time, _ in points),
        values=tuple(float(value) for _, value in points),
    )
