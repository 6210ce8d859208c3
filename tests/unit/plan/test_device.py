"""Which device makes the picture of a job, and what its tasks take of a GPU."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from farm.errors import InvalidOption
from farm.jobs.demands import GpuOffer
from farm.jobs.status import JobKind, Queue, TaskKind
from farm.kinds.payload import SegmentPayload
from farm.plan.device import check_device, leave_gpu, place_on_gpu, wanted_device
from farm.plan.jobs import next_tasks
from farm.presets.catalog import find_preset
from farm.settings import Settings
from farm.timeline.load import load_timeline
from farm.timeline.media import MediaFacts
from tests.factories import (
    Json,
    make_clip,
    make_document,
    make_media_facts,
    make_track,
    make_video_facts,
)

if TYPE_CHECKING:
    from farm.jobs.records import NewTask
    from farm.plan.device import Wanted
    from farm.plan.job import Planned

SETTINGS = Settings(storage=Path("/nowhere"))
GIB = 1024**3
_FACTS = TypeAdapter(MediaFacts)
T4 = GpuOffer(
    id="GPU-1",
    index=0,
    model="Tesla T4",
    driver="550",
    encoders=("h264-8", "hevc-10", "hevc-8"),
    decoders=("h264-8", "hevc-10", "hevc-8"),
    why_not={"encode av1-10": "this GPU has no encoder for it"},
    sessions=None,
    memory_bytes=14 * GIB,
)
L4 = replace(T4, id="GPU-2", model="NVIDIA L4", encoders=(*T4.encoders, "av1-10"))
H100 = replace(
    T4,
    id="GPU-3",
    model="NVIDIA H100",
    encoders=(),
    why_not={"encode h264-8": "this GPU has no encoder for it"},
)
LARGE = {"codec": "hevc", "width": 3840, "height": 2160}


def plan(
    wanted: Wanted, *offers: GpuOffer, video: Json | None = None, **options: object
) -> Planned:
    """Plan a render of ten clips of one film, and place it."""
    found = make_media_facts(video=(make_video_facts(**video or {}),))
    probed = {found.path: _FACTS.dump_python(found, mode="json")}
    timeline = load_timeline(make_document(make_track(*[make_clip()] * 10))).timeline
    spec: Any = {
        "timeline": timeline.model_dump(mode="json"),
        "output": "/out/film.mp4",
        "device": wanted,
        **options,
    }
    planned = next_tasks(
        JobKind.RENDER, spec, {"probe-0": {"sources": probed}}, settings=SETTINGS
    )
    return place_on_gpu(
        planned, wanted=wanted_device(JobKind.RENDER, spec), offers=offers
    )


def segments(planned: Planned) -> list[NewTask]:
    return [task for task in planned.tasks if task.kind is TaskKind.SEGMENT]


def whys(planned: Planned) -> set[str]:
    """Return why segments are made by the CPU; all of them must be."""
    assert {task.queue for task in segments(planned)} == {Queue.CPU_BATCH}
    payloads = [SegmentPayload.model_validate(t.payload) for t in segments(planned)]
    assert {payload.gpu for payload in payloads} == {None}
    return {payload.not_gpu for payload in payloads}


@pytest.mark.parametrize("wanted", ["auto", "gpu"])
def test_all_segments_go_to_gpus_of_one_model(wanted: Wanted) -> None:
    planned = plan(wanted, L4, T4, replace(T4, id="GPU-9"))

    made = segments(planned)

    assert len(made) > 2
    assert {task.queue for task in made} == {Queue.GPU_BATCH}
    for task in made:
        payload = SegmentPayload.model_validate(task.payload)
        assert payload.gpu is not None
        assert (payload.gpu.model, payload.gpu.encode) == ("Tesla T4", True)
        assert payload.preset.video.encoder == "libx264"  # what a fallback takes
        assert task.demand is not None
        assert (task.demand.model, task.demand.driver) == ("Tesla T4", "550")
        assert task.demand.needs == ("decode h264-8", "encode h264-8")
        assert task.demand.sessions == 1
        assert 320 * 1024**2 < task.demand.memory_bytes < GIB
        assert T4.find_missing(task.demand) is None
    rest = [task for task in planned.tasks if task.kind is not TaskKind.SEGMENT]
    assert rest
    assert {task.queue for task in rest} == {Queue.CPU_BATCH}
    assert {task.demand for task in rest} == {None}


def test_the_cpu_does_what_is_wanted_of_it() -> None:
    assert whys(plan("cpu", T4)) == {""}


def test_nothing_is_said_where_there_is_no_gpu() -> None:
    assert whys(plan("auto")) == {""}


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"preset": "lossless", "output": "/out/a.mkv"}, "no GPU encodes what ffv1"),
        ({"preset": "prores-422", "output": "/out/a.mov"}, "what prores_ks does"),
        ({"preset": "vp9-1080p", "output": "/out/a.webm"}, "what libvpx-vp9 does"),
        ({"preset": "hevc-hdr10"}, "written by encoders on the CPU alone"),
        ({"preset": "preview"}, "the option tune of the preset"),
        (
            {"preset": "av1-1080p"},
            "encodes av1-10 (Tesla T4: this GPU has no encoder for it)",
        ),
        ({"vmaf": 90}, "its quality or size is searched for"),
        ({"max_bytes": 10_000_000}, "its quality or size is searched for"),
    ],
)
def test_auto_says_why_a_gpu_is_not_taken(options: Json, why: str) -> None:
    (said,) = whys(plan("auto", T4, **options))
    assert why in said


def test_a_gpu_that_encodes_it_is_found_among_others() -> None:
    (first, *_) = segments(plan("auto", T4, H100, L4, preset="av1-1080p"))
    assert first.demand is not None
    assert first.demand.model == "NVIDIA L4"


@pytest.mark.parametrize(
    ("video", "is_on_gpu"), [(LARGE, True), ({}, False), ({"codec": "vp9"}, False)]
)
def test_auto_lets_a_gpu_decode_where_that_is_most_work(
    video: Json, *, is_on_gpu: bool
) -> None:
    (first, *_) = segments(plan("auto", H100, video=video))
    assert (first.demand is not None) == is_on_gpu


def test_a_gpu_without_an_encoder_decodes_where_it_is_wanted() -> None:
    (first, *_) = segments(plan("gpu", H100))
    payload = SegmentPayload.model_validate(first.payload)
    assert payload.gpu is not None
    assert not payload.gpu.encode
    assert first.demand is not None
    assert (first.demand.sessions, first.demand.needs) == (0, ("decode h264-8",))


def test_what_needs_more_memory_than_allowed_stays_on_the_cpu() -> None:
    small = replace(T4, memory_bytes=300 * 1024**2)
    (why,) = whys(plan("auto", small))
    assert "MiB of a GPU's memory" in why


def test_a_gpu_without_sessions_is_not_taken() -> None:
    (why,) = whys(plan("auto", replace(T4, sessions=0)))
    assert "a session of its encoder" in why


@pytest.mark.parametrize(
    ("offers", "options", "why"),
    [
        ((), {}, "no GPU worker is online: start one with `farm worker gpu"),
        (
            (replace(H100, decoders=()),),
            {},
            r"no GPU worker that is online encodes h264-8 \(NVIDIA H100",
        ),
        ((H100,), {"video": {"codec": "vp9"}}, "no GPU worker that is online encodes"),
        (
            (T4,),
            {
                "preset": "lossless",
                "output": "/out/a.mkv",
                "video": {"codec": "prores", "pix_fmt": "yuv422p10le"},
            },
            "no GPU encodes what ffv1 does",
        ),
    ],
)
def test_a_gpu_that_is_wanted_and_not_to_be_had_is_refused(
    offers: tuple[GpuOffer, ...], options: Json, why: str
) -> None:
    with pytest.raises(InvalidOption, match=f"--device gpu cannot be used: .*{why}"):
        plan("gpu", *offers, **options)


def test_it_is_refused_before_the_media_are_read_where_that_is_clear() -> None:
    with pytest.raises(InvalidOption, match="no GPU worker is online"):
        check_device("gpu", find_preset("source"), [])
    blind = replace(H100, decoders=())
    with pytest.raises(InvalidOption, match="with the preset source: no GPU worker"):
        check_device("gpu", find_preset("source"), [blind])
    check_device("gpu", find_preset("source"), [T4])
    check_device("gpu", find_preset("source"), [H100])
    check_device("auto", find_preset("source"), [])


def test_a_segment_leaves_the_gpu_as_the_cpu_would_have_made_it() -> None:
    on_gpu, on_cpu = segments(plan("gpu", T4)), segments(plan("cpu", T4))
    left = SegmentPayload.model_validate(leave_gpu(on_gpu[0].payload, "it broke"))
    made = SegmentPayload.model_validate(on_cpu[0].payload)
    changed = {"not_gpu": "it broke", "not_copied": ""}  # nothing was to be copied
    assert left == made.model_copy(update=changed)


def test_other_kinds_are_for_the_cpu() -> None:
    assert wanted_device(JobKind.PREVIEW, {"device": "gpu"}) == "cpu"
    assert wanted_device(JobKind.RENDER, {}) == "auto"
