"""See the farm: its metrics as text and over HTTP, its alerts, and webhooks."""
