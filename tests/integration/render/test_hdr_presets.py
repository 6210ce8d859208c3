"""HDR presets: what their files tell, pieces, and what is refused or said."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest
from PIL import Image

from farm.errors import InvalidOption
from farm.ffmpeg.locate import find_ffmpeg
from farm.ffmpeg.probe import probe_media
from farm.jobs.status import JobKind
from farm.presets.catalog import find_preset, load_presets
from farm.settings import Settings
from farm.timeline.media import Light
from tests.here import do_here, render_here
from tests.integration.render.light import (
    from_pq,
    hdr_to_sdr,
    rgb_of,
    to_hlg,
    to_pq,
    ycbcr,
)
from tests.integration.render.patches import SIDE, read_patches, write_patches
from tests.integration.render.pieces import Cutter
from tests.integration.render.timelines import (
    change,
    clip,
    plain,
    timeline,
    title,
    video,
)

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import JsonValue

PRESETS = {
    name: preset
    for name, preset in load_presets().items()
    if preset.video.range != "sdr"
}
CASES = [
    (name, suffix)
    for name, preset in PRESETS.items()
    if not preset.lines  # those of 2160 lines differ in nothing else
    for suffix in preset.containers
]
#: Greys and colours in BT.2020, cd/m².
LIGHT = np.array(
    [[0, 0, 0], [5, 5, 5], [203, 203, 203], [900, 900, 900], [300, 80, 20],
     [30, 200, 90]]
)  # fmt: skip
DISPLAY = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"
TOLD = Light(
    primaries=((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), (0.3127, 0.329)),
    min_luminance=0.005,
    max_luminance=1000.0,
    max_content_light=900,
    max_frame_light=400,
)
_CODES = {"pq": (9, 16, 9), "hlg": (9, 18, 9)}


def film(folder: Path, dynamic: str, *, frames: int = 25, told: bool = True) -> Path:
    """Write a film of patches in PQ or HLG; the one of PQ tells its light."""
    signal = to_pq(LIGHT) if dynamic == "pq" else to_hlg(LIGHT)
    transfer = {"pq": "smpte2084", "hlg": "arib-std-b67"}[dynamic]
    words = ("-mastering_display", DISPLAY, "-content_light", "900,400")
    return write_patches(
        folder / f"{dynamic}.mkv",
        ycbcr(np.clip(signal, 0, 1), "bt2020", bits=10),
        ffmpeg=find_ffmpeg(Settings()),
        tags={
            "color_primaries": "bt2020",
            "color_trc": transfer,
            "colorspace": "bt2020nc",
            "range": "tv",
        },
        frames=frames,
        before=words if told and dynamic == "pq" else (),
    )


def document_of(path: Path) -> dict[str, Any]:
    """Return a film, and white beside it for a while."""
    return timeline(
        video(clip(path, 0, "1"), plain("#ffffff", "0.4")),
        width=SIDE * len(LIGHT), height=SIDE,
    )  # fmt: skip


@pytest.mark.parametrize(("name", "suffix"), CASES, ids="-".join)
def test_a_joined_file_tells_its_colors_and_light(
    name: str, suffix: str, tmp_path: Path, settings: Settings
) -> None:
    preset = PRESETS[name]
    dynamic = preset.video.range
    path = film(tmp_path, dynamic)

    done = render_here(
        document_of(path), settings=settings, preset=name, suffix=suffix, segments="0.5"
    )

    assert len([t for t in done.tasks if t.name.startswith("segment")]) > 1
    assert done.warnings == ()
    with av.open(str(done.file)) as container:
        context = container.streams.video[0].codec_context
        assert context.pix_fmt == preset.video.pix_fmt
        said = context.color_primaries, context.color_trc, context.colorspace
        assert said == _CODES[dynamic]
        seen = [
            (f.color_range, f.color_primaries, f.color_trc, f.colorspace)
            for f in container.decode(video=0)
        ]
        assert seen == [(1, *_CODES[dynamic])] * 35
    light = probe_media(done.file).video[0].light
    if dynamic == "pq":
        assert light is not None
        assert light.primaries is not None
        assert TOLD.primaries is not None
        assert np.allclose(light.primaries, TOLD.primaries, atol=1e-4)
        assert light.max_luminance == pytest.approx(1000)
        assert light.min_luminance == pytest.approx(0.005, abs=1e-4)
        assert (light.max_content_light, light.max_frame_light) == (900, 400)
        for box in (b"mdcv", b"clli"):
            assert (box in done.file.read_bytes()) == (suffix in {".mp4", ".mov"})
    else:
        assert light is None
    wanted = to_pq(LIGHT) if dynamic == "pq" else to_hlg(LIGHT)
    codes = ycbcr(np.clip(wanted, 0, 1), "bt2020", bits=10)
    assert np.abs(read_patches(done.file, len(LIGHT), 12) - codes).max() < 8
    white = {"pq": 573, "hlg": 721}[dynamic]
    assert np.abs(read_patches(done.file, 6, 30)[3] - [white, 512, 512]).max() < 8


def test_a_file_in_sdr_tells_no_light(tmp_path: Path, settings: Settings) -> None:
    path = film(tmp_path, "pq")

    done = render_here(
        document_of(path), settings=settings, preset="source", suffix=".mp4"
    )

    found = probe_media(done.file).video[0]
    assert found.light is None
    assert not found.is_hdr


@pytest.mark.parametrize("dynamic", ["pq", "hlg"])
def test_pieces_in_hdr_equal_the_whole(
    dynamic: str, tmp_path: Path, settings: Settings
) -> None:
    preset = find_preset("lossless")
    deep = {"pix_fmt": "yuv420p10le", "range": dynamic}
    cutter = Cutter(
        settings=settings,
        preset=preset.model_copy(
            update={"video": preset.video.model_copy(update=deep)}
        ),
    )
    document = timeline(
        video(
            clip(film(tmp_path, "pq"), 0, "0.6"),
            change("0.2", "fadewhite"),
            clip(film(tmp_path, "hlg"), "0.2", "0.6"),
            plain("#c86432", "0.4", effects=[{"name": "blur"}]),
        ),
        video(title("203", "1.2", size=40, at={"opacity": 0.7})),
        width=192, height=32,
    )  # fmt: skip

    assert cutter.differing(document, [4, 13, 15, 17, 29, 33]) == []


def test_effects_that_hdr_changes_are_named(tmp_path: Path, settings: Settings) -> None:
    document = timeline(
        video(
            clip(film(tmp_path, "pq"), 0, "0.2", effects=[{"name": "blur"}]),
            plain("#c86432", "0.2", effects=[
                {"name": "contrast", "parameters": {"amount": 1.5}},
            ]),
        ),
        width=192, height=32,
    )  # fmt: skip

    done = render_here(document, settings=settings, preset="hevc-hdr10", suffix=".mp4")
    plain_done = render_here(
        document, settings=settings, preset="source", suffix=".mp4"
    )

    (warning,) = done.warnings
    assert "the effect contrast was made for SDR" in warning
    assert plain_done.warnings == ()


def test_vmaf_of_hdr_is_refused(settings: Settings) -> None:
    document = timeline(video(plain("#ffffff", "0.2")))

    with pytest.raises(InvalidOption, match="not made for HDR"):
        render_here(
            document, settings=settings, preset="hevc-hlg", suffix=".mp4", vmaf=90
        )


def test_thumbnails_of_hdr_are_sdr(tmp_path: Path, settings: Settings) -> None:
    path = film(tmp_path, "pq")
    spec: JsonValue = {
        "path": str(path),
        "output": "/nowhere/out",
        "count": 1,
        "width": SIDE * len(LIGHT),
        "format": "png",
    }

    done = do_here(JobKind.THUMBNAILS, spec, settings=settings)
    with tarfile.open(done.file) as archive:
        archive.extractall(tmp_path / "made", filter="data")
    (made,) = (tmp_path / "made").iterdir()
    picture = np.asarray(Image.open(made)).astype(float)

    signal = rgb_of(np.round(ycbcr(to_pq(LIGHT), "bt2020", bits=10)), "bt2020", bits=10)
    wanted = 255 * hdr_to_sdr(from_pq(np.clip(signal, 0, 1)), 900)
    seen = picture[SIDE // 2, SIDE // 2 :: SIDE]
    assert np.abs(seen - wanted)[:4].max() < 3
    assert np.abs(seen - wanted).max() < 8  # 8 bits of 4:2:0 at the edge of the gamut
