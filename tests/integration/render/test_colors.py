"""Colours of sources in every render: patches of known codes, and what they become.

What is wanted is reckoned by `light.py`, from the recommendations alone. Tolerances are
in codes of the output: 1 of 8 bits, 1.5 of 10 bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from farm.ffmpeg.locate import find_ffmpeg
from farm.presets.catalog import find_preset
from farm.settings import Settings
from tests.here import frame_here, render_here
from tests.integration.render.light import (
    between,
    from_hlg,
    from_pq,
    from_sdr,
    hdr_to_sdr,
    rgb_of,
    roll_off,
    to_hlg,
    to_pq,
    to_sdr,
    ycbcr,
)
from tests.integration.render.patches import SIDE, read_patches, write_patches
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

    from tests.integration.render.light import Array

#: Signals of SDR: greys, skin, and colours near the edge of the gamut.
SDR = np.array(
    [
        *([1, 1, 1], [0.5, 0.5, 0.5], [0.1, 0.1, 0.1], [0.03, 0.03, 0.03], [0, 0, 0]),
        *([0.9, 0.1, 0.1], [0.1, 0.8, 0.2], [0.1, 0.2, 0.9], [0.8, 0.6, 0.5]),
        *([0.95, 0.05, 0.05], [0.05, 0.95, 0.05], [0.05, 0.05, 0.95]),
        [0.95, 0.9, 0.1],
    ]
)
#: Light above SDR white in BT.709, cd/m².
BRIGHT = np.array(
    [[300, 300, 300], [600, 600, 600], [1000, 1000, 1000], [600, 300, 150],
     [100, 500, 300], [900, 850, 100]]
)  # fmt: skip
LIGHT = between(np.concatenate([from_sdr(SDR), BRIGHT]), "bt709", "bt2020")
_TAGS = ("color_primaries", "color_trc", "colorspace", "range")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How a film is stored."""

    primaries: str = ""
    transfer: str = ""
    matrix: str = ""
    is_full: bool = False
    bits: int = 8
    #: What an untold part is, where it is told to be something.
    really: tuple[str, str] = ("bt709", "bt709")
    """Primaries and matrix."""

    @property
    def tags(self) -> dict[str, str]:
        """Return what the film says."""
        said = self.primaries, self.transfer, self.matrix
        told = dict(zip(_TAGS, said, strict=False))
        told["range"] = "pc" if self.is_full else "tv"
        return {key: value for key, value in told.items() if value}


NTSC, PAL = ("smpte170m", "bt601"), ("bt470bg", "bt601")
WIDE = ("bt2020", "bt2020")
KINDS = {
    "601-525": Kind(primaries="smpte170m", transfer="smpte170m", matrix="smpte170m",
                    really=NTSC),
    "601-525-full": Kind(primaries="smpte170m", transfer="smpte170m",
                         matrix="smpte170m", is_full=True, really=NTSC),
    "601-625": Kind(primaries="bt470bg", transfer="bt709", matrix="bt470bg",
                    really=PAL),
    "601-matrix-709": Kind(primaries="bt709", transfer="bt709", matrix="smpte170m",
                           really=("bt709", "bt601")),
    "small-untold": Kind(really=("bt709", "bt601")),
    "small-untold-full": Kind(is_full=True, really=("bt709", "bt601")),
    "709": Kind(primaries="bt709", transfer="bt709", matrix="bt709"),
    "709-full": Kind(primaries="bt709", transfer="bt709", matrix="bt709",
                     is_full=True),
    "709-10": Kind(primaries="bt709", transfer="bt709", matrix="bt709", bits=10),
    "2020": Kind(primaries="bt2020", transfer="bt2020-10", matrix="bt2020nc", bits=10,
                 really=WIDE),
    "2020-full": Kind(primaries="bt2020", transfer="bt2020-10", matrix="bt2020nc",
                      bits=10, is_full=True, really=WIDE),
    "2020-of-709": Kind(primaries="bt2020", transfer="bt709", bits=10, really=WIDE),
    "hlg": Kind(primaries="bt2020", transfer="arib-std-b67", matrix="bt2020nc",
                bits=10, really=WIDE),
    "hlg-full": Kind(primaries="bt2020", transfer="arib-std-b67", matrix="bt2020nc",
                     bits=10, is_full=True, really=WIDE),
    "hlg-bare": Kind(transfer="arib-std-b67", bits=10, really=WIDE),
    "pq": Kind(primaries="bt2020", transfer="smpte2084", matrix="bt2020nc", bits=10,
               really=WIDE),
    "pq-full": Kind(primaries="bt2020", transfer="smpte2084", matrix="bt2020nc",
                    bits=10, is_full=True, really=WIDE),
    "pq-bare": Kind(transfer="smpte2084", bits=10, really=WIDE),
}  # fmt: skip


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings with lossless presets of each dynamic range."""
    folder = tmp_path_factory.mktemp("presets")
    text = (
        'what = "exact"\ncontainers = [".mkv"]\n[video]\nencoder = "ffv1"\n'
        'codec = "ffv1"\npix_fmt = "yuv420p10le"\npiece_suffix = ".mov"\n'
        'range = "{range}"\nkeyframe_seconds = 0\n[audio]\nencoder = "pcm_s24le"\n'
        'codec = "pcm_s24le"\npiece_suffix = ".wav"\nexact_samples = true\n'
    )
    for name in ("sdr", "pq", "hlg"):
        (folder / f"exact-{name}.toml").write_text(text.replace("{range}", name))
    storage = tmp_path_factory.mktemp("storage")
    return Settings(storage=storage, preset_folders=[folder])


def store(folder: Path, kind: Kind, signal: Array, **more: Any) -> tuple[Path, Array]:  # noqa: ANN401
    """Write a film of patches; return it with the signal that its codes stand for."""
    _, matrix = kind.really
    codes = ycbcr(signal, matrix, bits=kind.bits, full=kind.is_full)
    path = write_patches(
        folder / "patches.mkv",
        codes,
        ffmpeg=find_ffmpeg(Settings()),
        tags=kind.tags,
        bits=kind.bits,
        **more,
    )
    step = 2 ** (kind.bits - 8)
    found = np.clip(np.round(codes), 0, 2**kind.bits - 1)
    if kind.is_full:  # as codes of limited range, so that one function reads both
        top, middle = 2**kind.bits - 1, 128 * step
        y = step * (16 + 219 * found[:, :1] / top)
        chroma = middle + (found[:, 1:] - middle) * 224 * step / top
        found = np.concatenate([y, chroma], axis=1)
    return path, np.clip(rgb_of(found, matrix, bits=kind.bits), 0, 1)


def signal_of(kind: Kind) -> Array:
    """Return what is stored in a film of a kind."""
    if kind.transfer == "smpte2084":
        return to_pq(LIGHT)
    if kind.transfer == "arib-std-b67":
        return np.clip(to_hlg(LIGHT), 0, 1)
    light = between(from_sdr(SDR), "bt709", kind.really[0])
    return np.asarray(np.clip(light / 203, 0, 1) ** (1 / 2.4))


def light_of(kind: Kind, signal: Array) -> Array:
    """Return the light of a signal in BT.2020."""
    if kind.transfer == "smpte2084":
        return from_pq(signal)
    if kind.transfer == "arib-std-b67":
        return from_hlg(signal)
    return between(from_sdr(signal), kind.really[0], "bt2020")


def show(path: Path, settings: Settings, preset: str, count: int) -> Array:
    """Return the patches of a film as a preset renders them."""
    document = timeline(
        video(clip(path, 0, "0.08")), rate="25", width=SIDE * count, height=SIDE
    )
    done = render_here(document, settings=settings, preset=preset)
    assert done.warnings == ()
    return read_patches(done.file, count)


@pytest.mark.parametrize("name", KINDS)
def test_a_source_comes_out_right_in_sdr(
    name: str, settings: Settings, tmp_path: Path
) -> None:
    kind = KINDS[name]
    path, signal = store(tmp_path, kind, signal_of(kind))

    seen = show(path, settings, "lossless", len(signal))

    light = light_of(kind, signal)
    is_hdr = kind.transfer in {"smpte2084", "arib-std-b67"}
    if is_hdr:
        wanted = hdr_to_sdr(light, 1000)
    elif kind.really[0] == "bt709":
        wanted = signal
    else:
        wanted = to_sdr(between(light, "bt2020", "bt709"))
    assert np.abs(seen - ycbcr(wanted, "bt709", bits=8)).max() < 1.05
    if not is_hdr:  # what was meant, but for what 8 bits cannot say at the edge
        inner = np.minimum(signal, SDR).min(axis=1) > 0.06
        meant = ycbcr(SDR[inner], "bt709", bits=8)
        assert np.abs(seen[inner] - meant).max() < 3


@pytest.mark.parametrize("canvas", ["pq", "hlg"])
@pytest.mark.parametrize("name", ["601-525", "709-full", "2020", "hlg", "pq"])
def test_a_source_comes_out_right_in_hdr(
    name: str, canvas: str, settings: Settings, tmp_path: Path
) -> None:
    kind = KINDS[name]
    path, signal = store(tmp_path, kind, signal_of(kind))

    seen = show(path, settings, f"exact-{canvas}", len(signal))

    if kind.transfer == {"pq": "smpte2084", "hlg": "arib-std-b67"}[canvas]:
        wanted = signal
    else:
        light = np.maximum(light_of(kind, signal), 0)
        wanted = to_pq(light) if canvas == "pq" else np.clip(to_hlg(light), 0, 1)
    assert np.abs(seen - ycbcr(wanted, "bt2020", bits=10)).max() < 1.5


@pytest.mark.parametrize(("peak", "told"), [(4000, 4000), (1000, 1000), (600, 600)])
def test_how_bright_a_film_gets_is_what_it_tells(
    peak: int, told: int, settings: Settings, tmp_path: Path
) -> None:
    kind = KINDS["pq"]
    grey = np.array([[peak], [peak / 2], [400], [203], [100], [20]]) * np.ones(3)
    path, signal = store(
        tmp_path, kind, to_pq(grey), before=("-content_light", f"{told},200")
    )
    # a raw film tells nothing: Matroska gets it from the option of the input

    seen = show(path, settings, "exact-sdr", len(signal))
    in_hlg = show(path, settings, "exact-hlg", len(signal))

    light = from_pq(signal)
    wanted = ycbcr(hdr_to_sdr(light, peak), "bt709", bits=10)
    assert np.abs(seen - wanted).max() < 1.5
    assert seen[0, 0] == pytest.approx(940, abs=1)  # its brightest is white
    wanted = np.clip(
        to_hlg(roll_off(light, peak, 1000) if peak > 1000 else light), 0, 1
    )
    assert np.abs(in_hlg - ycbcr(wanted, "bt2020", bits=10)).max() < 1.5


def test_dark_and_middle_light_stays_as_it_is_in_sdr(
    settings: Settings, tmp_path: Path
) -> None:
    path, signal = store(tmp_path, KINDS["pq"], to_pq(LIGHT))

    seen = show(path, settings, "exact-sdr", len(signal))

    for at, sdr in enumerate(SDR):
        if from_sdr(sdr).max() < 85:  # the knee of the curve is at 88 cd/m²
            meant = ycbcr(sdr, "bt709", bits=10)
            assert np.abs(seen[at] - meant).max() < 6


def white_of(canvas: str) -> int:
    """Return the code of SDR white, 203 cd/m²."""
    return {"pq": 573, "hlg": 721}[canvas]


def color(canvas: str, rgb: tuple[int, int, int]) -> Array:
    """Return the codes of a colour of SDR in HDR."""
    light = between(from_sdr(np.array(rgb) / 255), "bt709", "bt2020")
    return ycbcr(to_pq(light) if canvas == "pq" else to_hlg(light), "bt2020", bits=10)


@pytest.mark.parametrize("canvas", ["pq", "hlg"])
def test_what_is_drawn_is_as_bright_as_sdr(canvas: str, settings: Settings) -> None:
    """From the left: ground, title, small clip in the middle."""
    left = {"transform": {"x": 0.2}}
    document = timeline(
        video(plain("#20a0ff", "0.08", transform={"scale": 0.2})),
        video(title("M", "0.08", size=60, box_color="#ffffff", at=left)),
        background="#204080",
    )

    done = render_here(document, settings=settings, preset=f"exact-{canvas}")
    seen = read_patches(done.file, 16)

    assert np.abs(seen[15] - color(canvas, (0x20, 0x40, 0x80))).max() < 1.5
    whites = [patch for patch in seen[2:6] if abs(patch[0] - white_of(canvas)) < 1.5]
    assert whites
    assert np.abs(whites[0][1:] - 512).max() < 1.5
    assert seen[:, 0].max() < white_of(canvas) + 1.5
    assert (
        np.abs(read_patches(done.file, 5)[2] - color(canvas, (0x20, 0xA0, 0xFF))).max()
        < 1.5
    )


@pytest.mark.parametrize("canvas", ["pq", "hlg"])
def test_cells_and_opacity_in_hdr(canvas: str, settings: Settings) -> None:
    """Left a cell with ground and border; right a colour that is see-through."""
    look = {"background": "#204080", "border_color": "#ffffff", "border": 8}
    cell = {"layout": "split-vertical-landscape", "index": 0, **look}
    document = timeline(
        video(plain("#ffffff", "0.08")),
        video(plain("#c86432", "0.08", opacity=0.5)),
        video(plain("#20a0ff", "0.08", transform={"scale": 0.5}, cell=cell)),
    )

    done = render_here(document, settings=settings, preset=f"exact-{canvas}")
    seen = read_patches(done.file, 16)

    half = (color(canvas, (255, 255, 255)) + color(canvas, (0xC8, 0x64, 0x32))) / 2
    assert np.abs(seen[14] - half).max() < 2
    assert np.abs(seen[0] - [white_of(canvas), 512, 512]).max() < 1.5
    assert np.abs(seen[1] - color(canvas, (0x20, 0x40, 0x80))).max() < 1.5
    assert np.abs(seen[3] - color(canvas, (0x20, 0xA0, 0xFF))).max() < 1.5


@pytest.mark.parametrize("canvas", ["pq", "hlg"])
def test_transitions_go_through_white_of_sdr(canvas: str, settings: Settings) -> None:
    first, last = color(canvas, (0xC8, 0x64, 0x32)), color(canvas, (0x20, 0xA0, 0xFF))
    for kind in ("dissolve", "fadewhite"):
        document = timeline(
            video(plain("#c86432", "0.8"), change("0.8", kind), plain("#20a0ff", "0.8"))
        )
        done = render_here(document, settings=settings, preset=f"exact-{canvas}")
        frames = [read_patches(done.file, 5, at)[2] for at in range(10, 31)]
        first, last = (
            color(canvas, (0xC8, 0x64, 0x32)),
            color(canvas, (0x20, 0xA0, 0xFF)),
        )
        assert np.abs(frames[0] - first).max() < 1.5
        assert np.abs(frames[-1] - last).max() < 1.5
        most = max(frame[0] for frame in frames)
        if kind == "dissolve":
            assert np.abs(frames[10] - (first + last) / 2).max() < 2
        else:
            assert most <= white_of(canvas) + 1.5
            assert most > max(first[0], last[0]) + 20


def test_stills_of_hdr_are_brought_to_sdr(settings: Settings, tmp_path: Path) -> None:
    path, signal = store(tmp_path, KINDS["pq"], to_pq(LIGHT))
    document = timeline(
        video(clip(path, 0, "0.08")),
        rate="25", width=SIDE * len(signal), height=SIDE,
    )  # fmt: skip

    done = frame_here(document, "0", settings=settings)
    image = rgb_picture(done.file)
    middles = image[SIDE // 2, SIDE // 2 :: SIDE].astype(float)

    wanted = 255 * hdr_to_sdr(from_pq(signal), 1000)
    inner = wanted.min(axis=1) > 20  # colours at the edge are halved in 4:2:0
    assert np.abs(middles - wanted)[inner].max() < 3


def rgb_picture(path: Path) -> Array:
    """Decode a picture."""
    import av

    with av.open(str(path)) as container:
        (frame,) = container.decode(video=0)
        return frame.to_ndarray(format="rgb24")


def test_presets_say_their_range() -> None:
    assert find_preset("hevc-hdr10").video.range == "pq"
    assert find_preset("source").video.range == "sdr"
