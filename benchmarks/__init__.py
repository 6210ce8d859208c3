"""Measure what the farm promises: its start, its speed and its memory."""
