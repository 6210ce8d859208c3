"""A quality is searched for, reached, and told; the pieces join."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
import pytest

from farm.errors import InvalidOption
from farm.ffmpeg.crf import find_crf_scale, with_crf
from farm.ffmpeg.encode import build_segment_command
from farm.ffmpeg.locate import find_ffmpeg
from farm.ffmpeg.run import run
from farm.ffmpeg.trial import (
    build_compose_command,
    build_trial_command,
    build_vmaf_command,
    read_vmaf,
)
from farm.ffmpeg.verify import scan_picture
from farm.jobs.table import JobTable
from farm.plan.render_spec import RenderSpec, check_render
from farm.presets.catalog import find_preset
from farm.timeline.load import load_timeline
from farm.timeline.slice import slice_picture
from tests.here import render_here
from tests.integration.render.measure import decode
from tests.integration.render.pieces import Cutter
from tests.integration.render.timelines import change, clip, timeline, video

if TYPE_CHECKING:
    from pathlib import Path

    from farm.ffmpeg.command import Command
    from farm.settings import Settings
    from tests.integration.render.media import MediaFolder

SIZE = (320, 192)
SEGMENTS = "0.8"


@pytest.fixture
def document(media: MediaFolder) -> dict[str, Any]:
    """Return a timeline of a still part, a noisy part, and a dissolve between them."""
    noisy = media.make(
        "noisy.mkv",
        *("-f", "lavfi", "-i", "testsrc2=size=320x192:rate=25:duration=2"),
        *("-vf", "noise=alls=24:allf=t:all_seed=7,format=yuv420p"),
        *("-c:v", "ffv1", "-color_range", "tv", "-colorspace", "bt709"),
    )
    calm = media.numbered(film=3)
    return timeline(
        video(clip(calm, 0, "1.2"), change("0.4"), clip(noisy, "0.4", "1.2")),
        width=SIZE[0],
        height=SIZE[1],
    )


@pytest.fixture
def run_in(tmp_path: Path, settings: Settings) -> Any:  # noqa: ANN401  # a function
    """Return what runs a command in one folder."""

    def do(command: Command) -> Path:
        run(
            command,
            ffmpeg=find_ffmpeg(settings),
            scratch=tmp_path,
            stall_seconds=60,
            limit_seconds=120,
        )
        return tmp_path / command.output

    return do


@pytest.mark.parametrize("preset", ["source", "hevc-1080p"])
def test_a_trial_is_byte_for_byte_what_a_segment_is(
    preset: str,
    document: dict[str, Any],
    settings: Settings,
    run_in: Any,  # noqa: ANN401
) -> None:
    composition = Cutter(settings=settings).compose(document)
    picture = slice_picture(composition, 10, 45)
    found = find_preset(preset)
    scale = find_crf_scale(found.video)
    assert scale is not None
    tried = with_crf(found, scale.value(40))

    plain = run_in(build_segment_command(picture, tried, size=SIZE, threads=1))
    wanted = plain.read_bytes()
    run_in(build_compose_command(picture, tried, size=SIZE, threads=1))
    made = run_in(build_trial_command(picture, tried, threads=1, set_number=21))

    assert made.read_bytes() == wanted


def test_what_is_like_the_composed_picture_is_perfect(
    document: dict[str, Any],
    settings: Settings,
    run_in: Any,  # noqa: ANN401
) -> None:
    """No frame is compared with its neighbour, no colour converted on the way."""
    picture = slice_picture(Cutter(settings=settings).compose(document), 0, 50)
    lossless = find_preset("lossless")

    run_in(build_compose_command(picture, lossless, size=SIZE, threads=1))
    made = run_in(build_segment_command(picture, lossless, size=SIZE, threads=1))
    told = run_in(build_vmaf_command(made.name, picture, size=SIZE, threads=1))

    # VMAF does not give 100 to all that is alike where little moves
    assert read_vmaf(told, frames=50) > 99
    assert _lowest_detail(told) > 0.999


def _lowest_detail(told: Path) -> float:
    import json

    frames = json.loads(told.read_text(encoding="utf-8"))["frames"]
    return min(float(frame["metrics"]["integer_vif_scale0"]) for frame in frames)


def _check_search(
    document: dict[str, Any], settings: Settings, *, preset: str, suffix: str
) -> None:
    target = 90.0
    done = render_here(
        document,
        settings=settings,
        preset=preset,
        suffix=suffix,
        segments=SEGMENTS,
        vmaf=target,
    )

    pieces = [
        result
        for name, result in sorted(done.results.items())
        if name.startswith("segment-") and isinstance(result, dict)
    ]
    scores = [float(str(piece["vmaf"])) for piece in pieces]
    crfs = {float(str(piece["crf"])) for piece in pieces}
    assert len(pieces) > 1
    assert min(scores) >= target
    assert len(crfs) > 1, "these segments need different quality"
    output = done.results["output"]
    assert isinstance(output, dict)
    facts = output["facts"]
    assert isinstance(facts, dict)
    assert facts["vmaf"] == {
        "target": target,
        "mean": pytest.approx(sum(scores) / len(scores), abs=2),
        "lowest_segment": min(scores),
    }
    # joined, the pieces are what they were: one set of parameters, every frame alike
    whole = decode(done.file).digests
    apart = [
        digest
        for piece in pieces
        for digest in decode(settings.storage_folder / str(piece["file"])).digests
    ]
    assert list(whole) == apart
    assert scan_picture(done.file, decode=True).frames == len(whole) == 60
    headers = set()
    for piece in pieces:
        with av.open(str(settings.storage_folder / str(piece["file"]))) as container:
            headers.add(container.streams.video[0].codec_context.extradata)
    assert len(headers) == 1


def test_h264_has_the_quality_that_is_wanted(
    document: dict[str, Any], own_size: Settings
) -> None:
    _check_search(document, own_size, preset="source", suffix=".mp4")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("preset", "suffix"),
    [
        ("hevc-1080p", ".mp4"),
        ("vp9-1080p", ".webm"),
        ("av1-1080p", ".mp4"),
        ("av1-1080p", ".mkv"),
        ("tiktok", ".mp4"),
    ],
)
def test_other_codecs_have_it_too(
    preset: str, suffix: str, document: dict[str, Any], own_size: Settings
) -> None:
    _check_search(document, own_size, preset=preset, suffix=suffix)


def test_a_quality_that_cannot_be_had_is_told(
    document: dict[str, Any], settings: Settings, tmp_path: Path
) -> None:
    """A ceiling of the bit rate keeps the quality low, whatever the CRF."""
    source = find_preset("source")
    options = {**source.video.options, "maxrate": "40k", "bufsize": "40k"}
    video_of = source.video.model_copy(update={"options": options})
    folder = tmp_path / "presets"
    folder.mkdir()
    entries = ", ".join(f'{key} = "{value}"' for key, value in options.items())
    (folder / "narrow.toml").write_text(
        f'what = "narrow"\ncontainers = [".mp4"]\n[video]\nencoder = "libx264"\n'
        f'codec = "h264"\npix_fmt = "{video_of.pix_fmt}"\npiece_suffix = ".mp4"\n'
        f"options = {{ {entries} }}\n[audio]\n"
        'encoder = "aac"\ncodec = "aac"\npiece_suffix = ".m4a"\n'
        "exact_samples = false\n",
        encoding="utf-8",
    )
    narrow = settings.model_copy(update={"preset_folders": [folder]})

    done = render_here(
        document,
        settings=narrow,
        preset="narrow",
        suffix=".mp4",
        segments="off",
        range=["1.2", "2"],
        vmaf=95,
    )

    piece = done.results["segment-0000"]
    assert isinstance(piece, dict)
    assert piece["crf"] == 4
    assert float(str(piece["vmaf"])) < 95
    (warning,) = done.task_warnings
    assert warning.startswith("VMAF 95 is not reached by 1 of 1 segments, ")
    assert warning.endswith(f"the lowest has {piece['vmaf']:.2f}")


def test_a_segment_is_found_again_by_its_target(
    document: dict[str, Any], settings: Settings
) -> None:
    """The CRF of a preset does not count, the target does."""
    table = JobTable.open(settings.database, max_attempts=3)

    def render(preset: str, vmaf: float) -> Any:  # noqa: ANN401
        return render_here(
            document,
            settings=settings,
            preset=preset,
            vmaf=vmaf,
            suffix=".mp4",
            segments=SEGMENTS,
            table=table,
        )

    first = render("source", 80)
    again = render("source", 80)
    other = render("source", 85)

    names = first.segments(reused=False)
    assert again.segments(reused=True) == names
    assert other.segments(reused=False) == names
    assert [again.results[name]["crf"] for name in names] == [
        first.results[name]["crf"] for name in names
    ]
    assert again.file.read_bytes() == first.file.read_bytes()


def test_presets_without_a_constant_quality_are_refused(
    document: dict[str, Any], settings: Settings
) -> None:
    spec = RenderSpec(
        timeline=load_timeline(document).timeline,
        output="/nowhere/out.mov",
        preset="prores-422",
        vmaf=94,
    )

    with pytest.raises(InvalidOption, match="--vmaf cannot be used with the preset"):
        check_render(spec, settings)


def test_an_ffmpeg_that_cannot_measure_it_is_named(
    document: dict[str, Any], settings: Settings, tmp_path: Path
) -> None:
    blind = tmp_path / "ffmpeg"
    real = find_ffmpeg(settings)
    blind.write_text(f"#!/bin/sh\n'{real}' \"$@\" | grep -v libvmaf\n")
    blind.chmod(0o755)
    spec = RenderSpec(
        timeline=load_timeline(document).timeline, output="/nowhere/out.mp4", vmaf=94
    )

    with pytest.raises(InvalidOption, match="was built without libvmaf"):
        check_render(spec, settings.model_copy(update={"ffmpeg_path": blind}))
    check_render(spec, settings)
