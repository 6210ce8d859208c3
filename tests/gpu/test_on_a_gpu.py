"""The whole of it on a machine with a GPU of NVIDIA; skipped on any other.

    .venv/bin/python -m pytest tests/gpu -v -s

It makes its own media, and takes one or two minutes. What is measured is printed.
"""

from __future__ import annotations

import json
import re
import subprocess
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pynvml
import pytest

from farm.api import Farm
from farm.embedded import EmbeddedFarm
from farm.ffmpeg.capabilities import find_gpus
from farm.ffmpeg.locate import find_ffmpeg
from farm.ffmpeg.prove_gpu import Abilities, prove_gpu
from farm.metrics.gpu import read_gpus
from farm.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from farm.api import Result
    from farm.jobs.demands import GpuOffer

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not find_gpus(), reason="there is no GPU"),
    pytest.mark.timeout(600),
]

SECONDS = 12
LEAST_VMAF = 90.0
LEAST_PSNR = 30.0
#: Films that are rendered: name, what FFmpeg makes them with, and their GPU coding.
FILMS = {
    "h264-8": ("1920x1080", ("-c:v", "libx264", "-pix_fmt", "yuv420p")),
    "hevc-10": ("3840x2160", ("-c:v", "libx265", "-pix_fmt", "yuv420p10le")),
}


@pytest.fixture(scope="module")
def ffmpeg() -> Path:
    return find_ffmpeg(Settings())


@pytest.fixture(scope="module")
def abilities(ffmpeg: Path) -> Abilities:
    found = prove_gpu(ffmpeg)
    print(f"\nGPUs: {find_gpus()}")
    print(f"encodes: {found.encoders}\ndecodes: {found.decoders}")
    print(f"why not: {json.dumps(found.why_not, indent=2)}")
    return found


@pytest.fixture(scope="module")
def films(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Make films of moving pictures in the colours of HD."""
    folder = tmp_path_factory.mktemp("films")
    made = {}
    for name, (size, options) in FILMS.items():
        made[name] = folder / f"{name}.mp4"
        colors = ("-colorspace", "bt709", "-color_primaries", "bt709")
        run_ffmpeg(
            ffmpeg,
            *("-f", "lavfi", "-i", f"testsrc2=size={size}:rate=25:duration={SECONDS}"),
            *("-preset", "ultrafast", "-crf", "12", "-g", "50"),
            *(*options, *colors, "-color_trc", "bt709", "-color_range", "tv"),
            str(made[name]),
        )
    return made


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    """A farm whose GPU may have one session for encoding."""
    root = tmp_path_factory.mktemp("farm")
    settings = Settings.read(storage=root, gpu_sessions=1, segment_seconds=3.0)
    with EmbeddedFarm(settings, gpus=[0]) as running:
        running.wait_ready(120)
        with Farm.connect(storage=root) as farm:
            yield farm


def run_ffmpeg(ffmpeg: Path, *arguments: str) -> str:
    done = subprocess.run(
        [ffmpeg, "-hide_banner", "-y", *arguments],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr


def timeline(
    *films: Path, size: tuple[int, int] = (1280, 720), **fields: Any
) -> dict[str, Any]:
    items = [
        {
            "type": "clip",
            "media": {"type": "file", "path": str(film)},
            "source_range": {"start": 0, "duration": SECONDS},
            **fields,
        }
        for film in films
    ]
    return {
        "format": "farm-timeline/1",
        "rate": "25",
        "width": size[0],
        "height": size[1],
        "tracks": [{"kind": "video", "items": items}],
    }


def offer_of(farm: Farm) -> GpuOffer:
    (offer,) = [worker.gpu for worker in farm.workers() if worker.gpu is not None]
    return offer


def render_both(
    farm: Farm, document: dict[str, Any], folder: Path, **options: Any
) -> tuple[Result, Result]:
    """Render on the GPU and by the CPU; print how long each took."""
    results = []
    for device in ("gpu", "cpu"):
        output = folder / f"{device}.mp4"
        job = farm.render(
            document, output, device=device, segments=3, use_cache=False, **options
        )
        results.append(job.result(timeout=300))
        print(f"\n{device}: {results[-1].seconds:.2f} s, {output.stat().st_size} bytes")
        for task in job.tasks():
            print(f"  {task.name} {task.queue} {task.worker}")
    return results[0], results[1]


def compare(ffmpeg: Path, folder: Path) -> tuple[float, float]:
    """Return VMAF and PSNR of the GPU's film against the CPU's; it decodes strictly."""
    run_ffmpeg(ffmpeg, "-xerror", "-i", str(folder / "gpu.mp4"), "-f", "null", "-")
    both = ("-i", str(folder / "gpu.mp4"), "-i", str(folder / "cpu.mp4"))
    vmaf = run_ffmpeg(ffmpeg, *both, "-lavfi", "libvmaf", "-f", "null", "-")
    psnr = run_ffmpeg(ffmpeg, *both, "-lavfi", "psnr", "-f", "null", "-")
    found = (
        float(re.findall(r"VMAF score: ([\d.]+)", vmaf)[-1]),
        float(re.findall(r"average:([\d.]+|inf)", psnr)[-1]),
    )
    print(f"VMAF {found[0]:.2f}, PSNR {found[1]:.2f} dB")
    return found


@contextmanager
def watching() -> Iterator[list[dict[str, Any]]]:
    """Read the first GPU ten times a second while the block runs."""
    read: list[dict[str, Any]] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            read.extend(read_gpus()[:1])

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield read
    finally:
        over.set()
        thread.join()


def highest(read: Sequence[dict[str, Any]], name: str) -> float:
    return max((float(each.get(name, 0)) for each in read), default=0.0)


def test_the_gpu_does_something(abilities: Abilities) -> None:
    assert abilities.is_any, abilities.why_not


def test_the_driver_tells_how_the_gpu_is() -> None:
    found, *_ = read_gpus()
    print(f"\n{json.dumps(found, indent=2)}")
    assert {"utilisation_ratio", "memory_bytes", "temperature_celsius"} <= set(found)
    assert pynvml.NVML_TEMPERATURE_GPU == 0


def test_a_worker_offers_what_was_seen(farm: Farm, abilities: Abilities) -> None:
    offer = offer_of(farm)
    assert (offer.encoders, offer.decoders) == (abilities.encoders, abilities.decoders)
    assert offer.sessions == 1


@pytest.mark.parametrize("name", list(FILMS))
def test_a_film_alone(
    name: str,
    farm: Farm,
    abilities: Abilities,
    films: dict[str, Path],
    ffmpeg: Path,
    tmp_path: Path,
) -> None:
    """Decoded and scaled on the GPU, and encoded there where it has an encoder."""
    if name not in abilities.decoders:
        pytest.skip(f"this GPU does not decode {name}")
    with watching() as read:
        on_gpu, _ = render_both(
            farm, timeline(films[name]), tmp_path, preset="h264-720p"
        )

    assert on_gpu.warnings == ()
    assert {each.gpu for each in on_gpu.segments} == {offer_of(farm).model}
    assert len(on_gpu.segments) > 2
    print(f"decoder up to {highest(read, 'decoder_ratio'):.0%}", end=", ")
    print(f"encoder sessions up to {highest(read, 'encoder_sessions'):.0f}", end=", ")
    print(f"memory up to {highest(read, 'memory_used_bytes') / 1024**2:.0f} MiB")
    vmaf, psnr = compare(ffmpeg, tmp_path)
    assert vmaf >= LEAST_VMAF
    assert psnr >= LEAST_PSNR


def test_an_effect_between_decoder_and_encoder(
    farm: Farm,
    abilities: Abilities,
    films: dict[str, Path],
    ffmpeg: Path,
    tmp_path: Path,
) -> None:
    if "h264-8" not in abilities.decoders:
        pytest.skip("this GPU does not decode h264-8")
    document = timeline(films["h264-8"], effects=[{"name": "mirror"}])
    on_gpu, _ = render_both(farm, document, tmp_path, preset="h264-720p")

    assert on_gpu.warnings == ()
    vmaf, _ = compare(ffmpeg, tmp_path)
    assert vmaf >= LEAST_VMAF


@pytest.mark.parametrize("preset", ["h264-720p", "hevc-1080p", "av1-1080p"])
def test_presets(
    preset: str,
    farm: Farm,
    abilities: Abilities,
    films: dict[str, Path],
    ffmpeg: Path,
    tmp_path: Path,
) -> None:
    coding = {"h264-720p": "h264-8", "hevc-1080p": "hevc-10", "av1-1080p": "av1-10"}
    if coding[preset] not in abilities.encoders:
        pytest.skip(f"this GPU does not encode {coding[preset]}")
    document = timeline(films["h264-8"], size=(1920, 1080))
    on_gpu, _ = render_both(farm, document, tmp_path, preset=preset)

    assert on_gpu.warnings == ()
    vmaf, _ = compare(ffmpeg, tmp_path)
    assert vmaf >= LEAST_VMAF


def test_sessions_are_bounded(
    farm: Farm, abilities: Abilities, films: dict[str, Path], tmp_path: Path
) -> None:
    """Two jobs at once, two slots, one session: never two films are encoded."""
    if "h264-8" not in abilities.encoders:
        pytest.skip("this GPU does not encode")
    document = timeline(films["h264-8"])
    before = highest(read_gpus()[:1], "encoder_sessions")
    with watching() as read:
        jobs = [
            farm.render(
                document,
                tmp_path / f"{number}.mp4",
                preset="h264-720p",
                device="gpu",
                use_cache=False,
            )
            for number in range(2)
        ]
        for job in jobs:
            assert job.result(timeout=300).warnings == ()
    assert highest(read, "encoder_sessions") <= before + 1


def test_memory_is_estimated_on_the_high_side(
    farm: Farm, abilities: Abilities, films: dict[str, Path], tmp_path: Path
) -> None:
    if "hevc-10" not in abilities.decoders:
        pytest.skip("this GPU does not decode hevc-10")
    time.sleep(1)  # what ran before has given its memory back
    before = highest(read_gpus()[:1], "memory_used_bytes")
    with watching() as read:
        job = farm.render(
            timeline(films["hevc-10"]),
            tmp_path / "out.mp4",
            preset="h264-720p",
            segments="off",
            device="gpu",
            use_cache=False,
        )
        job.result(timeout=300)
    used = highest(read, "memory_used_bytes") - before
    demands = farm._table.gpu_demands(job.id)
    (estimated,) = [demand.memory_bytes for demand in demands.values()]
    print(f"\nused {used / 1024**2:.0f} MiB, estimated {estimated / 1024**2:.0f} MiB")
    assert used <= estimated
