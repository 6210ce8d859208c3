"""Previews: what a render shows, small, and quick to seek."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from farm.api.source import read_timeline_or_media
from farm.errors import InvalidOption
from farm.ffmpeg.probe import probe_media
from farm.jobs.status import JobKind, Queue
from farm.plan.jobs import next_tasks
from tests.factories import make_color, make_timeline, make_track
from tests.here import Done, do_here
from tests.integration.sounds.test_gif import greys

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import JsonValue

    from farm.settings import Settings
    from tests.integration.sounds.conftest import Make


@pytest.fixture
def film(make: Make) -> Path:
    """Return two seconds whose frame n has luma 16 + 4n; then a tone of 500 Hz."""
    return make(
        "film.mkv",
        *("-f", "lavfi", "-i", "color=s=128x96:r=25:d=2"),
        *("-f", "lavfi", "-i", "sine=f=500:r=48000:d=2"),
        *(
            "-vf",
            "geq=lum='16+4*N':cb=128:cr=128",
            "-af",
            "volume='gte(t,1)':eval=frame",
        ),
        *("-c:v", "ffv1", "-c:a", "pcm_s16le"),
        *("-colorspace", "bt709", "-color_range", "tv"),
    )


def preview_here(settings: Settings, source: Path, **spec: Any) -> Done:  # noqa: ANN401
    """Make a preview in this process."""
    timeline = read_timeline_or_media(source, facts_of=probe_media).timeline.model_dump(
        mode="json"
    )
    given = {"timeline": timeline, "output": "/nowhere/out.mp4", **spec}
    return do_here(JobKind.PREVIEW, given, settings=settings)


def sound_of(path: Path) -> Any:  # noqa: ANN401
    """Return the samples of one side."""
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    return np.concatenate(frames)


def test_all_of_a_film(film: Path, settings: Settings) -> None:
    made = preview_here(settings, film, width=64).file
    wanted = [round(4 * number * 255 / 219) for number in range(50)]
    assert greys(made) == pytest.approx(wanted, abs=5)
    with av.open(str(made)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (64, 48)
        keys = [p.is_keyframe for p in container.demux(stream) if p.size]
    runs = "".join("K" if key else "." for key in keys).split("K")
    assert max(len(run) for run in runs) <= 6


def test_a_range_at_double_speed_with_its_sound(film: Path, settings: Settings) -> None:
    made = preview_here(settings, film, range=["0.4", "2"], speed=2, width=64).file
    seen = greys(made)
    wanted = [round(4 * (10 + 2 * number) * 255 / 219) for number in range(20)]
    assert seen == pytest.approx(wanted, abs=6)
    sound = sound_of(made)
    quiet, loud = sound[:12_000], sound[18_000:34_000]  # the tone begins at 0.3 s
    assert np.abs(quiet).max() < 0.02
    assert np.abs(loud).max() > 0.05
    spectrum = np.abs(np.fft.rfft(loud * np.hanning(len(loud))))
    assert np.argmax(spectrum) * 48_000 / len(loud) == pytest.approx(500, abs=5)


@pytest.mark.parametrize(
    ("seconds", "queue"), [(15, Queue.CPU_INTERACTIVE), (16, Queue.CPU_BATCH)]
)
def test_long_ones_leave_the_interactive_queue_free(
    settings: Settings, seconds: int, queue: Queue
) -> None:
    timeline = make_timeline(make_track(make_color(seconds)))
    spec: JsonValue = {
        "timeline": timeline.model_dump(mode="json"),
        "output": "/nowhere/out.mp4",
    }
    planned = next_tasks(JobKind.PREVIEW, spec, {}, settings=settings)
    assert {task.queue for task in planned.tasks} == {queue}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"range": [3, 4]}, "holds no frame"),
        ({"output": "/nowhere/out.webm"}, "cannot be written"),
        ({"speed": 17}, "less than or equal to 16"),
        ({"speed": 0}, "greater than or equal to"),
        ({"width": 100_000}, "less than or equal to 4096"),
    ],
)
def test_what_cannot_be(
    film: Path, settings: Settings, wrong: dict[str, Any], why: str
) -> None:
    with pytest.raises((InvalidOption, ValueError), match=why):
        preview_here(settings, film, **wrong)
