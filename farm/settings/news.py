"""Settings of what the farm tells: webhooks, alerts, metrics, logs."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from farm.settings.values import AlertRule


class News(BaseModel):
    """Who is told what, and when."""

    webhook_secret: str | None = Field(
        default=None,
        repr=False,
        description="What webhooks are signed with; unset: none is sent.",
    )
    webhook_allow_private: bool = Field(
        default=False,
        description="Whether webhooks may go to this machine and private networks.",
    )
    webhook_progress_seconds: float = Field(
        default=10.0, gt=0, description="How often webhooks of a job hear its progress."
    )
    alert_webhook_url: str | None = Field(
        default=None,
        repr=False,
        description="Where alerts are sent to; unset: nowhere.",
    )
    alert_seconds: float = Field(
        default=15.0, gt=0, description="How often the alert rules are looked at."
    )
    alert_cache_hit_ratio: float = Field(
        default=0.1, ge=0, le=1, description="Alert below this share of cache hits."
    )
    alert_response_seconds: float = Field(
        default=1.0, gt=0, description="Alert above this mean time of a cache look-up."
    )
    alert_fragmentation_ratio: float = Field(
        default=0.5, ge=0, le=1, description="Alert above this share of lost disk."
    )
    alert_memory_ratio: float = Field(
        default=0.92, ge=0, le=1, description="Alert above this share of used memory."
    )
    alert_disk_free_ratio: float = Field(
        default=0.1, ge=0, le=1, description="Alert below this share of free disk."
    )
    alert_queue_seconds: float = Field(
        default=1800.0, ge=0, description="Alert where a task has waited longer."
    )
    alert_failure_ratio: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="Alert above this share of failed attempts.",
    )
    alert_stalled_tasks: int = Field(
        default=0, ge=0, description="Alert above so many stalled tasks in 15 minutes."
    )
    alert_lost_workers: int = Field(
        default=0, ge=0, description="Alert above so many lost workers in 15 minutes."
    )
    alert_gpu_celsius: float = Field(
        default=85.0, description="Alert where a GPU is hotter."
    )
    alert_gpu_memory_ratio: float = Field(
        default=0.95, ge=0, le=1, description="Alert above this share of GPU memory."
    )
    alerts: list[AlertRule] = Field(
        default=[], description="Alert rules of your own, on any metric."
    )
    metrics_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="Port that the coordinator serves /metrics on; unset: none.",
    )
    metrics_host: str = Field(
        default="127.0.0.1",
        description="Address it serves on; whoever reaches it may read them.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe log lines that are written."
    )
    log_format: Literal["auto", "json", "console"] = Field(
        default="auto", description="auto: readable on a terminal, else JSON lines."
    )
