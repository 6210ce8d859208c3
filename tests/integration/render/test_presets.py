"""Every preset, in each of its containers, at a small size."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import pytest

from farm.presets.catalog import load_presets
from tests.here import render_here
from tests.integration.render.measure import check_times, close, decode
from tests.integration.render.timelines import audio, clip, plain, timeline, video

if TYPE_CHECKING:
    from pathlib import Path

    from farm.presets.preset import Preset
    from farm.settings import Settings
    from tests.integration.render.conftest import Render
    from tests.integration.render.media import MediaFolder

PRESETS = load_presets()
#: Those of HDR are looked at in test_hdr_presets.py.
CASES = [
    (name, suffix)
    for name, preset in PRESETS.items()
    for suffix in preset.containers
    if preset.video.range == "sdr"
]


@pytest.fixture
def small(settings: Settings, tmp_path: Path) -> Settings:
    """Return settings in which every preset makes pictures of 96 lines."""
    folder = tmp_path / "presets"
    folder.mkdir()
    for name, preset in PRESETS.items():
        (folder / f"{name}.toml").write_text(_small(preset), encoding="utf-8")
    return settings.model_copy(update={"preset_folders": [folder]})


def _small(preset: Preset) -> str:
    """Write a preset for 96 lines; nothing else of it is changed."""
    import json

    fields = preset.model_dump(mode="json", exclude={"name"}, exclude_none=True)
    fields |= {"lines": 96} if preset.lines else {}
    plain_fields = {k: v for k, v in fields.items() if not isinstance(v, dict)}
    lines = [f"{key} = {json.dumps(value)}" for key, value in plain_fields.items()]
    for key, value in fields.items():
        if isinstance(value, dict):
            lines.append(f"[{key}]")
            lines += [f"{name} = {_inline(entry)}" for name, entry in value.items()]
    return "\n".join(lines) + "\n"


def _inline(value: object) -> str:
    import json

    if isinstance(value, dict):
        inner = ", ".join(
            f"{json.dumps(k)} = {json.dumps(v)}" for k, v in value.items()
        )
        return f"{{ {inner} }}"
    return json.dumps(value)


@pytest.mark.parametrize(("name", "suffix"), CASES, ids="-".join)
def test_a_preset_makes_what_it_says(
    name: str, suffix: str, media: MediaFolder, small: Settings
) -> None:
    rate = Fraction(30000, 1001)
    source = media.numbered("25", film=1, tone=600)
    document = timeline(
        video(
            clip(source, 0, "0.8"),
            plain("#c86432", "0.4"),
            plain("#20a0ff", "0.4"),
        ),
        rate="30000/1001",
    )

    done = render_here(
        document, settings=small, preset=name, suffix=suffix, segments="0.5"
    )
    film = decode(done.file)

    preset = PRESETS[name]
    assert film.codec == preset.video.codec
    assert film.pix_fmt == preset.video.pix_fmt
    assert film.size == (160, 96)
    assert film.tags == (1, 1, 1, 1)
    assert len(film.frames) == 48
    assert len([t for t in done.tasks if t.name.startswith("segment")]) > 1
    clock = Fraction(0) if suffix in {".mp4", ".mov"} else Fraction(1, 1000)
    check_times(film, rate=rate, clock=clock)
    assert [film.number(at) - 2048 for at in (0, 5, 11, 23)] == [0, 4, 9, 19]
    assert close(film.color(30), (0xC8, 0x64, 0x32), by=4)
    assert close(film.color(42), (0x20, 0xA0, 0xFF), by=4)
    samples = round(48 / rate * 48000)
    assert film.audio_codec == preset.audio.codec
    assert film.audio_start == pytest.approx(0, abs=0.0001)
    assert (
        0
        <= film.samples.shape[1] - samples
        <= (0 if preset.audio.exact_samples else 2048)
    )
    assert film.pitch(0.1, 0.7) == pytest.approx(600, abs=1)
    assert film.peak(0.1, 0.7) == pytest.approx(0.25, abs=0.02)
    assert film.peak(0.9, 1.5) < 0.01


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (640, 480), (200, 100)])
def test_a_preset_says_the_shorter_side(size: tuple[int, int], render: Render) -> None:
    width, height = size

    film = render(
        timeline(video(plain("#ff0000", "0.04")), width=width, height=height),
        preset="h264-720p",
        suffix=".mp4",
    )

    factor = 720 / min(size)
    assert film.size == (round(width * factor), round(height * factor))
    assert close(film.color(0), (255, 0, 0))


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_what_the_sources_know_of_people_and_places_stays_there(
    suffix: str, media: MediaFolder, settings: Settings
) -> None:
    secret = "+52.5200+013.4050/"
    source = media.make(
        "tagged.mp4",
        *("-i", str(media.numbered(film=1, tone=300)), "-c", "copy"),
        *("-movflags", "use_metadata_tags"),
        *("-metadata", f"location={secret}", "-metadata", "title=Mine"),
        *("-metadata", "com.apple.quicktime.make=Phone"),
        *("-metadata:s:v", "handler_name=Someone", "-timecode", "01:02:03:04"),
    )
    assert secret.encode() in source.read_bytes()

    done = render_here(
        timeline(video(clip(source, 0, "0.4"))),
        settings=settings,
        preset="source",
        suffix=suffix,
    )

    data = done.file.read_bytes()
    for word in (secret, "Mine", "Phone", "Someone", "01:02:03:04", str(source.parent)):
        assert word.encode() not in data, word
    with av.open(str(done.file)) as container:
        assert len(container.streams) == 2
        known = {"encoder", "major_brand", "minor_version", "compatible_brands"}
        assert {key.lower() for key in container.metadata} <= known


def test_chapters_subtitles_and_data_are_left_behind(
    media: MediaFolder, settings: Settings
) -> None:
    words = media.folder / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:03,000\nHello\n", encoding="utf-8")
    source = media.make(
        "with-words.mkv",
        *("-i", str(media.numbered(film=1)), "-i", str(words), "-c", "copy"),
    )

    done = render_here(timeline(video(clip(source, 0, "0.4"))), settings=settings)

    with av.open(str(done.file)) as container:
        assert [stream.type for stream in container.streams] == ["video"]


def test_audio_at_a_rate_that_the_codec_does_not_take(
    media: MediaFolder, render: Render
) -> None:
    film = render(
        timeline(
            video(plain("#000000", "0.4")),
            audio(clip(media.tone(500), 0, "0.4")),
            sample_rate=44100,
        ),
        preset="vp9-1080p",
        suffix=".webm",
    )

    assert film.sample_rate == 48000
    assert film.pitch(0.05, 0.35) == pytest.approx(500, abs=2)
    assert abs(film.samples.shape[1] - 19200) <= 2048
