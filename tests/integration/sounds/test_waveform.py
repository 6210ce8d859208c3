"""Waveforms of sounds that are known to the sample."""

from __future__ import annotations

import json
import struct
import tarfile
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from farm.errors import InvalidJob, MediaForbidden, MediaUnreadable
from farm.jobs.status import JobKind
from farm.timeline.load import load_timeline
from tests.here import Done, do_here, render_here

if TYPE_CHECKING:
    from pathlib import Path

    from farm.settings import Settings
    from tests.integration.sounds.conftest import Make

#: One second of a low square, one of silence, one of a high square on one side alone.
_STEPS = (
    "aevalsrc=if(lt(t\\,1)\\,0.25\\,if(lt(t\\,2)\\,0\\,-0.5))"
    "|if(lt(t\\,1)\\,0.25\\,0):s=8000:d=3"
)


def waveform_here(settings: Settings, **spec: Any) -> Done:  # noqa: ANN401
    """Make a waveform in this process."""
    kind = spec.setdefault("format", "dat")
    given = {"output": f"/nowhere/out.{kind}", **spec}
    return do_here(JobKind.WAVEFORM, given, settings=settings)


def read_dat(path: Path) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return header and values of 16 bits."""
    data = path.read_bytes()
    count = (len(data) - 24) // 2
    return struct.unpack("<iIiiIi", data[:24]), struct.unpack(f"<{count}h", data[24:])


@pytest.fixture
def steps(make: Make) -> Path:
    """Return three seconds of known levels, in PCM."""
    return make("steps.wav", "-f", "lavfi", "-i", _STEPS, "-c:a", "pcm_s16le")


def test_peaks_of_a_file(steps: Path, settings: Settings) -> None:
    done = waveform_here(settings, media=str(steps), samples_per_pixel=4000)
    header, values = read_dat(done.file)
    assert header == (2, 0, 8000, 4000, 6, 1)
    low, high = values[::2], values[1::2]
    assert [*low] == pytest.approx([8192, 8192, 0, 0, -8192, -8192], abs=1)
    assert [*high] == pytest.approx([8192, 8192, 0, 0, -8192, -8192], abs=1)


def test_peaks_of_each_channel_as_json(steps: Path, settings: Settings) -> None:
    done = waveform_here(
        settings,
        media=str(steps),
        samples_per_pixel=8000,
        split_channels=True,
        bits=8,
        format="json",
    )
    document = json.loads(done.file.read_text())
    assert document["channels"] == 2
    assert document["length"] == 3
    pairs = [32, 32, 32, 32, 0, 0, 0, 0, -64, -64, 0, 0]
    assert document["data"] == pytest.approx(pairs, abs=1)


def test_zoom_levels_agree(steps: Path, settings: Settings) -> None:
    done = waveform_here(
        settings, media=str(steps), zoom=[100, 4000], output="/nowhere/folder"
    )
    folder = settings.storage_folder / "unpacked"
    with tarfile.open(done.file) as archive:
        names = archive.getnames()
        archive.extractall(folder, filter="data")
    assert names == ["waveform-100.dat", "waveform-4000.dat"]
    fine, coarse = (read_dat(folder / name)[1] for name in names)
    assert len(fine) == 2 * 240
    assert [min(fine[at : at + 80]) for at in range(0, 480, 80)] == [*coarse[::2]]


def test_sound_that_starts_late_is_drawn_late(make: Make, settings: Settings) -> None:
    film = make(
        "late.mkv",
        *("-f", "lavfi", "-i", "testsrc2=s=64x64:r=10:d=3"),
        *("-itsoffset", "1", "-f", "lavfi", "-i", "aevalsrc=0.5:s=8000:d=2"),
        *("-c:v", "ffv1", "-c:a", "pcm_s16le"),
    )
    done = waveform_here(settings, media=str(film), samples_per_pixel=4000)
    _, values = read_dat(done.file)
    assert [*values[1::2]] == pytest.approx([0, 0, *[16384] * 4], abs=1)


def test_a_drawing_shows_where_it_is_loud(steps: Path, settings: Settings) -> None:
    done = waveform_here(
        settings, media=str(steps), format="png", width=300, height=100
    )
    with Image.open(done.file) as drawing:
        assert drawing.size == (300, 100)
        alpha = drawing.convert("RGBA").getchannel("A")
        rows = [alpha.crop((x, 0, x + 1, 100)).getbbox() for x in (50, 150, 250)]
    tops = [box[1] for box in rows if box]
    assert tops == pytest.approx([37, 50, 62], abs=1)


def test_the_mix_of_a_timeline_is_that_of_the_render(
    steps: Path, settings: Settings
) -> None:
    clip = {"type": "clip", "media": {"type": "file", "path": str(steps)}}
    document = {
        "format": "farm-timeline/1",
        "rate": 25,
        "width": 64,
        "height": 64,
        "sample_rate": 8000,
        "tracks": [
            {"kind": "audio", "items": [{**clip, "fade_in": 1}]},
            {"kind": "audio", "volume": 0.5, "items": [{**clip, "start": 1}]},
        ],
    }
    timeline = load_timeline(document).timeline.model_dump(mode="json")
    ours = waveform_here(
        settings, timeline=timeline, samples_per_pixel=400, split_channels=True
    )
    render = render_here(document, settings=settings)
    theirs = waveform_here(
        settings, media=str(render.file), samples_per_pixel=400, split_channels=True
    )
    assert read_dat(ours.file) == read_dat(theirs.file)
    assert max(read_dat(ours.file)[1]) > 7000


def test_a_file_without_sound(make: Make, settings: Settings) -> None:
    film = make("silent.mkv", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=10:d=1")
    with pytest.raises(MediaUnreadable, match=r"silent\.mkv holds no sound"):
        waveform_here(settings, media=str(film))


def test_a_timeline_without_sound(settings: Settings) -> None:
    color = {"type": "clip", "media": {"type": "color"}, "duration": 1}
    document = {
        "format": "farm-timeline/1",
        "tracks": [{"kind": "video", "items": [color]}],
    }
    timeline = load_timeline(document).timeline.model_dump(mode="json")
    with pytest.raises(InvalidJob, match="no sound"):
        waveform_here(settings, timeline=timeline)


def test_a_file_outside_the_roots(steps: Path, tmp_path: Path) -> None:
    from farm.settings import Settings as Own

    own = Own(storage=tmp_path / "storage", media_roots=[tmp_path / "elsewhere"])
    with pytest.raises(MediaForbidden):
        waveform_here(own, media=str(steps))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"output": "/nowhere/out.wav"}, "png"),
        ({"format": "png", "zoom": [1, 2]}, "zoom"),
        ({"zoom": [2, 2]}, "twice"),
        ({"samples_per_pixel": 0}, "greater than or equal to 1"),
        ({"width": 100_000}, "less than or equal to 16384"),
    ],
)
def test_what_cannot_be(settings: Settings, wrong: dict[str, Any], why: str) -> None:
    with pytest.raises((InvalidJob, ValueError), match=why):
        waveform_here(settings, media="/nowhere/in.wav", **wrong)
