"""Joined files: copied where they fit, rendered where they do not."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from farm.errors import InvalidJob, InvalidOption, MediaUnreadable
from farm.ffmpeg.verify import scan_picture, scan_sound
from farm.jobs.status import JobKind
from tests.here import Done, do_here
from tests.integration.sounds.test_gif import greys

if TYPE_CHECKING:
    from pathlib import Path

    from farm.settings import Settings
    from tests.integration.sounds.conftest import Make

_SOUND = ("-f", "lavfi", "-i", "sine=f=500:r=48000:d=1", "-c:a", "aac")
_CODED = (
    *("-c:v", "libx264", "-crf", "10", "-colorspace", "bt709"),
    *("-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"),
)


def film(
    make: Make, name: str, luma: int, *more: str, size: str = "64x48", rate: int = 25
) -> Path:
    """Return a second of a film of one luma."""
    return make(
        name,
        *("-f", "lavfi", "-i", f"color=s={size}:r={rate}:d=1"),
        *more,
        *("-vf", f"geq=lum={luma}:cb=128:cr=128,format=yuv420p", *_CODED),
    )


def concat_here(settings: Settings, *media: Path, **spec: Any) -> Done:  # noqa: ANN401
    """Join files in this process."""
    given = {"media": [*map(str, media)], "output": "/nowhere/out.mp4", **spec}
    return do_here(JobKind.CONCAT, given, settings=settings)


COPIED = ["the streams of the files were copied: all files fit together"]


def said(done: Done) -> Any:  # noqa: ANN401
    """Return what the task that made the file told."""
    output = done.results["output"]
    assert isinstance(output, dict)
    return output.get("warnings")


def kinds(done: Done) -> set[str]:
    """Return the kinds of the tasks."""
    return {task.kind.value for task in done.tasks}


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_files_that_fit_are_copied(make: Make, settings: Settings, suffix: str) -> None:
    one = film(make, "it's one.mp4", 80, *_SOUND)
    two = film(make, "two.mp4", 160, *_SOUND)
    done = concat_here(settings, one, two, one, output=f"/nowhere/out{suffix}")
    assert kinds(done) == {"probe", "copy"}
    assert said(done) == COPIED
    dark, light = round(64 * 255 / 219), round(144 * 255 / 219)
    seen = greys(done.file)
    assert seen == pytest.approx([dark] * 25 + [light] * 25 + [dark] * 25, abs=3)
    sound = scan_sound(done.file)
    assert sound.samples == pytest.approx(3 * 48_000, abs=3 * 2048)
    assert scan_picture(done.file, decode=False).longest_step < 0.06


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"size": "32x32"}, "differ in their width"),
        ({"rate": 30}, "differ in their frame rate"),
        ({"more": ("-an",)}, "only one has sound"),
        ({"more": (*_SOUND, "-x264-params", "ref=1:cabac=0")}, "differ|other settings"),
    ],
)
def test_unlike_files_are_rendered(
    make: Make, settings: Settings, other: dict[str, Any], why: str
) -> None:
    one = film(make, "one.mp4", 80, *_SOUND)
    two = film(make, "two.mp4", 160, *other.pop("more", _SOUND), **other)
    done = concat_here(settings, one, two)
    assert "copy" not in kinds(done)
    assert done.warnings[0].startswith("the files were rendered, not copied: ")
    assert re.search(why, done.warnings[0])
    found = scan_picture(done.file, decode=True)
    assert (found.width, found.height, found.frames) == (64, 48, 50)
    assert scan_sound(done.file).samples == pytest.approx(96_000, abs=2048)
    assert greys(done.file)[10] == pytest.approx(round(64 * 255 / 219), abs=3)
    assert greys(done.file)[40] == pytest.approx(round(144 * 255 / 219), abs=3)


def test_copying_can_be_forbidden(make: Make, settings: Settings) -> None:
    one = film(make, "one.mp4", 80)
    done = concat_here(settings, one, one, copied="off")
    assert "copy" not in kinds(done)
    assert scan_picture(done.file, decode=True).frames == 50


def test_what_cannot_be(make: Make, settings: Settings, tmp_path: Path) -> None:
    one = film(make, "one.mp4", 80)
    sound = make("sound.wav", "-f", "lavfi", "-i", "sine=d=1")
    text = tmp_path / "text.mp4"
    text.write_text("no film\n")
    with pytest.raises(InvalidOption, match="cannot be written to"):
        concat_here(settings, one, output="/nowhere/out.txt")
    with pytest.raises(InvalidJob, match=r"holds a picture.*name the output \*\.m4a"):
        concat_here(settings, sound, sound)
    with pytest.raises(InvalidJob, match=r"one\.mp4 holds no sound"):
        concat_here(settings, sound, one, output="/nowhere/out.wav")
    with pytest.raises(InvalidOption, match="presets are of films"):
        concat_here(settings, sound, output="/nowhere/out.wav", preset="lossless")
    cut = film(make, "cut.mp4", 80, *_SOUND, "-movflags", "+faststart")
    os.truncate(cut, cut.stat().st_size * 6 // 10)
    with pytest.raises(InvalidJob, match=r"cut\.mp4 is truncated: .* of .* are there"):
        concat_here(settings, one, cut)
    with pytest.raises(MediaUnreadable, match=r"text\.mp4"):
        concat_here(settings, one, text)


def test_a_copy_that_does_not_decode_is_rendered_instead(
    make: Make, settings: Settings
) -> None:
    one = film(make, "one.mp4", 80, *_SOUND)
    two = film(make, "two.mp4", 160, *_SOUND, "-g", "5")
    data = bytearray(two.read_bytes())
    at = data.index(b"mdat") + 2000
    data[at : at + 60] = bytes(60)
    two.write_bytes(data)

    done = concat_here(settings, one, two)

    assert kinds(done) >= {"copy", "segment", "concat"}
    assert re.match(r"the files were rendered, not copied: a copy", done.warnings[0])
    assert scan_picture(done.file, decode=True).frames == 50
    assert scan_sound(done.file).samples == pytest.approx(96_000, abs=2048)


def tone(
    make: Make, name: str, frequency: int, *options: str, rate: int = 48000
) -> Path:
    """Return a second of a tone."""
    source = f"sine=f={frequency}:r={rate}:d=1"
    return make(name, "-f", "lavfi", "-i", source, *options)


def samples(path: Path) -> Any:  # noqa: ANN401
    """Return the samples of the first channel, from -1 to 1."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="fltp")
        frames = [
            each.to_ndarray()[0]
            for frame in container.decode(audio=0)
            for each in resampler.resample(frame)
        ]
    return np.concatenate(frames)


def pitch(sound: Any, rate: int, start: float) -> float:  # noqa: ANN401
    """Return the strongest frequency of half a second."""
    part = sound[int(start * rate) :][: rate // 2]
    return float(np.abs(np.fft.rfft(part)).argmax() * 2)


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        (".wav", ("-c:a", "pcm_s24le")),
        (".mp3", ("-c:a", "libmp3lame")),
        (".m4a", ("-c:a", "aac")),
        (".m4a", ("-c:a", "alac")),
        (".opus", ("-c:a", "libopus")),
    ],
)
def test_sounds_that_fit_are_copied(
    make: Make, settings: Settings, suffix: str, options: tuple[str, ...]
) -> None:
    one = tone(make, f"one{suffix}", 400, *options)
    two = tone(make, f"two{suffix}", 1000, *options)

    done = concat_here(settings, one, two, output=f"/nowhere/out{suffix}")

    assert kinds(done) == {"probe", "copy"}
    assert said(done) == COPIED
    heard = samples(done.file)
    assert [pitch(heard, 48000, at) for at in (0.25, 1.25)] == [400, 1000]
    assert len(heard) == pytest.approx(96_000, abs=2 * 4096)
    if options[-1] in {"pcm_s24le", "alac"}:
        assert (heard == np.concatenate([samples(one), samples(two)])).all()


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".mp3", ".m4a", ".opus"])
def test_unlike_sounds_are_encoded(make: Make, settings: Settings, suffix: str) -> None:
    """Also that of a film, whose sound begins late: what is missing is silence."""
    one = tone(make, "one.wav", 400, rate=44100)
    two = tone(make, "two.mp3", 1000, "-c:a", "libmp3lame", "-ac", "2")
    three = film(make, "three.mp4", 80, "-itsoffset", "0.5", *_SOUND[:4], "-c:a", "aac")

    done = concat_here(settings, one, two, three, output=f"/nowhere/out{suffix}")

    assert kinds(done) == {"probe", "join_sound"}
    assert "of three.mp4 only the sound is taken" in done.warnings
    rate = 48000 if suffix == ".opus" else 44100
    found = scan_sound(done.file)
    assert (found.sample_rate, found.channels) == (rate, 1)
    heard = samples(done.file)
    assert len(heard) == pytest.approx(3.5 * rate, abs=3 * 2048)
    assert [pitch(heard, rate, at) for at in (0.25, 1.25, 2.8)] == [400, 1000, 500]
    assert np.abs(heard[int(2.1 * rate) : int(2.4 * rate)]).max() < 0.01


def test_more_sounds_than_are_open_at_once_are_joined_to_the_sample(
    make: Make, settings: Settings
) -> None:
    one = make("one.wav", "-f", "lavfi", "-i", "aevalsrc=n/9000:d=0.01:s=8000")

    done = concat_here(settings, *[one] * 150, output="/nowhere/out.flac")

    assert kinds(done) == {"probe", "join_sound"}
    assert (samples(done.file) == np.tile(samples(one), 150)).all()
