"""Metrics: each defined once, and readings of this machine."""
