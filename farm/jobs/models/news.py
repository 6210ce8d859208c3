"""The tables of alerts, and of messages to those who want to hear of jobs."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    Table,
    Text,
    TypedColumns,
)

from farm.jobs.models.base import EVENT_ID, PLAIN, metadata


class AlertColumns(TypedColumns):
    """A rule that some value broke: pending, firing, then resolved."""

    id = Column(EVENT_ID, Identity(), primary_key=True)
    rule = Column(String(64), nullable=False)
    labels = Column(Text, nullable=False)
    severity = Column(String(16), nullable=False)
    summary = Column(Text, nullable=False)
    state = Column(String(16), nullable=False)
    value = Column(Double, nullable=False)
    since = Column(Double, nullable=False)
    fired = Column(Double)
    resolved = Column(Double)


class WebhookColumns(TypedColumns):
    """A URL that hears of a job, up to the last event that it was told."""

    id = Column(EVENT_ID, Identity(), primary_key=True)
    job_id = Column(String(32), ForeignKey("jobs.id"), nullable=False)
    url = Column(Text, nullable=False)
    wanted = Column(PLAIN, nullable=False)
    seen = Column(BigInteger, nullable=False)
    is_open = Column(Boolean, nullable=False)
    next_progress = Column(Double, nullable=False)


class DeliveryColumns(TypedColumns):
    """A message to a URL: waiting, sent, or failed after all tries."""

    id = Column(EVENT_ID, Identity(), primary_key=True)
    job_id = Column(String(32))
    url = Column(Text, nullable=False)
    event = Column(String(32), nullable=False)
    body = Column(Text, nullable=False)
    state = Column(String(16), nullable=False)
    created = Column(Double, nullable=False)
    tries = Column(Integer, nullable=False)
    next_try = Column(Double, nullable=False)
    ended = Column(Double)
    http_status = Column(Integer)
    error = Column(Text)


alerts = Table("alerts", metadata, AlertColumns)
webhooks = Table("webhooks", metadata, WebhookColumns)
deliveries = Table("deliveries", metadata, DeliveryColumns)
Index("alerts_state_idx", alerts.c.state, alerts.c.id)
Index("webhooks_job_idx", webhooks.c.job_id)
Index("webhooks_open_idx", webhooks.c.is_open, webhooks.c.id)
Index("deliveries_state_idx", deliveries.c.state, deliveries.c.next_try)
Index("deliveries_job_idx", deliveries.c.job_id, deliveries.c.id)
