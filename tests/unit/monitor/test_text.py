from __future__ import annotations

import shutil
import subprocess
from math import inf

import pytest
from prometheus_client.parser import text_string_to_metric_families

from farm.errors import DiskFull, FFmpegFailed
from farm.jobs.sums import Sums
from farm.metrics.catalog import METRICS
from farm.metrics.catalog.jobs import RUN_BUCKETS
from farm.metrics.metric import MetricType
from farm.monitor.events import ffmpeg_causes, read_event_samples
from farm.monitor.sample import Distribution, Sample
from farm.monitor.text import write_text
from farm.monitor.work import read_host_samples, read_work_samples


def one_of_each() -> list[Sample]:
    """A value of every metric there is."""
    return [
        Sample(
            name=metric.name,
            labels=tuple("x" for _ in metric.labels),
            value=1.0,
            distribution=Distribution(
                total=3.0, count=2.0, below=((1.0, 1.0), (inf, 2.0))
            ),
        )
        for metric in METRICS.values()
    ]


def test_every_metric_can_be_read_by_prometheus() -> None:
    found = {
        family.name: family
        for family in text_string_to_metric_families(write_text(one_of_each()))
    }

    for metric in METRICS.values():
        family = found.pop(metric.name.removesuffix("_total"))
        assert family.type == metric.type.value
        assert family.documentation == metric.help
        assert family.samples
    assert found == {}


@pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool here")
def test_promtool_has_nothing_to_say() -> None:
    done = subprocess.run(
        ["promtool", "check", "metrics"],
        input=write_text(one_of_each()),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_buckets_add_up() -> None:
    sums = Sums(
        at=0.0,
        totals={
            ("run", "segment", "", "0.25"): 2,
            ("run", "segment", "", "0.3"): 1,  # of a version with other buckets
            ("run", "segment", "", "inf"): 4,
            ("run", "segment", "", "sum"): 99.0,
        },
        queues={},
        recent={},
        behind=0,
    )
    text = write_text(read_event_samples(sums))
    family = next(
        found
        for found in text_string_to_metric_families(text)
        if found.name == "farm_task_run_seconds"
    )
    values = {
        found.labels.get("le", found.name.rpartition("_")[2]): found.value
        for found in family.samples
    }

    assert len(values) == len(RUN_BUCKETS) + 3
    assert values["0.1"] == 0
    assert values["0.25"] == 2
    assert values["0.5"] == 3
    assert values["+Inf"] == values["count"] == 7
    assert values["sum"] == 99.0


def test_few_attempts_have_no_share_of_failures() -> None:
    def share(recent: dict[str, int]) -> list[float]:
        sums = Sums(at=0.0, totals={}, queues={}, recent=recent, behind=0)
        return [
            found.value
            for found in read_event_samples(sums)
            if found.name == "farm_recent_failure_ratio"
        ]

    assert share({"failed": 4}) == []
    assert share({"failed": 1, "stalled": 1, "completed": 6, "released": 9}) == [0.25]


def test_causes_of_ffmpeg_are_its_errors() -> None:
    assert {FFmpegFailed.__name__, DiskFull.__name__} <= ffmpeg_causes()
    assert "WorkerLost" not in ffmpeg_causes()


def test_sums_of_workers_are_counters() -> None:
    found = list(
        read_work_samples({"frames:segment": 25, "runs_failed:mix": 2, "other": 1})
    )

    assert [(each.name, each.labels, each.value) for each in found] == [
        ("farm_encoded_frames_total", ("segment",), 25.0),
        ("farm_ffmpeg_runs_total", ("mix", "failed"), 2.0),
    ]


def test_several_workers_of_a_host_are_one_host() -> None:
    gpu = {"gpu": "0", "model": "T4", "memory_bytes": 100, "memory_used_bytes": 25}
    readings = {
        "host": "a",
        "cpus": 2,
        "cpu_ratio": 0.5,
        "memory_bytes": 100,
        "memory_available_bytes": 40,
        "disks": {"storage": {"bytes": 10, "free_bytes": 1}},
        "components": {"worker": 5, "ffmpeg": 7},
        "gpus": [{**gpu, "throttled": {"thermal": 1}}],
    }
    found = {
        (each.name, *each.labels): each.value
        for each in read_host_samples([readings, {**readings, "cpu_ratio": None}])
    }

    assert found["farm_host_cpu_ratio", "a"] == 0.5
    assert found["farm_host_memory_used_ratio", "a"] == pytest.approx(0.6)
    assert found["farm_component_memory_bytes", "a", "ffmpeg"] == 14
    assert found["farm_disk_free_ratio", "a", "storage"] == pytest.approx(0.1)
    assert found["farm_gpu_memory_used_ratio", "a", "0"] == pytest.approx(0.25)
    assert found["farm_gpu_throttled", "a", "0", "thermal"] == 1
    assert ("farm_gpu_encoder_ratio", "a", "0") not in found
    assert all(METRICS[each[0]].type is MetricType.GAUGE for each in found)
