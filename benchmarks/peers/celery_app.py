"""A bare Celery application with a result backend, as its first steps show it."""

from __future__ import annotations

import os

from celery import Celery

URL = os.environ["BENCH_BROKER"]
app = Celery("bare", broker=URL, backend=URL)
app.conf.broker_connection_retry_on_startup = True


@app.task
def nothing(number: int) -> dict[str, int]:
    """Return a small result."""
    return {"frames": number}
