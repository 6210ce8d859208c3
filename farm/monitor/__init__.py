"""See the farm: its metrics as text and over HTTP, its alerts, and webhooks."""

from __future__ import annotations

from farm.monitor.exporter import Exporter

__all__ = ["Exporter"]
