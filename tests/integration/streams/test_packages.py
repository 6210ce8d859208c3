"""Packages for players: HLS previews and ladders, made in this process."""

from __future__ import annotations

import itertools
import math
import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import av
import numpy as np
import pytest

from farm.api.source import read_timeline_or_media
from farm.cache.stamp import read_stamp
from farm.errors import InvalidOption
from farm.ffmpeg.probe import probe_media
from farm.jobs.status import JobKind, Queue, TaskKind
from farm.jobs.table import JobTable
from farm.plan.jobs import first_tasks
from farm.settings import Settings
from tests.factories import make_color, make_timeline, make_track
from tests.here import Done, do_here
from tests.integration.streams.packages import (
    joined,
    packet_times,
    picture_hashes,
    put_together,
    read_playlist,
    read_renditions,
    read_variants,
    sound_bytes,
)
from tests.numbered import make_numbered_film, read_number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic import JsonValue

SECONDS, RATE = 13, Fraction(30000, 1001)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    path = folder / "film.mp4"
    make_numbered_film(path, seconds=SECONDS, rate="30000/1001")
    while not is_settled(path):  # what is made of it is not kept before
        time.sleep(0.1)
    return path


def is_settled(path: Path) -> bool:
    stamp = read_stamp(path)
    assert stamp is not None
    return stamp.is_settled


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(storage=tmp_path_factory.mktemp("storage"), segment_seconds=2)


@pytest.fixture(scope="module")
def table(settings: Settings) -> Iterator[JobTable]:
    table = JobTable.open(f"sqlite:///{settings.storage_folder}/farm.db")
    yield table
    table.close()


def do(
    kind: JobKind,
    source: Any,  # noqa: ANN401  # whatever a test gives
    settings: Settings,
    *,
    table: JobTable | None = None,
    **spec: Any,  # noqa: ANN401  # as the kind has it
) -> Done:
    timeline = read_timeline_or_media(source, facts_of=probe_media).timeline
    given = {
        "timeline": timeline.model_dump(mode="json"),
        "output": "/nowhere/out",
        **spec,
    }
    return do_here(kind, given, settings=settings, table=table)


@pytest.fixture(scope="module")
def plain(film: Path, settings: Settings, table: JobTable) -> Path:
    """Return the preview in one file."""
    output = "/nowhere/out.mp4"
    return do(JobKind.PREVIEW, film, settings, table=table, output=output).file


@pytest.fixture(scope="module")
def done(film: Path, settings: Settings, table: JobTable, plain: Path) -> Done:
    """Return what came of the preview for players, after the other."""
    return do(JobKind.HLS_PREVIEW, film, settings, table=table)


@pytest.fixture(scope="module")
def preview(
    done: Done, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("made") / "preview"
    return put_together(done, folder, settings=settings)


@pytest.fixture(scope="module")
def ladder(
    film: Path, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    timeline = read_timeline_or_media(film, facts_of=probe_media).timeline
    larger = timeline.model_copy(update={"width": 640, "height": 360})
    done = do(JobKind.LADDER, larger, settings, range=["2", "9.5"])
    folder = tmp_path_factory.mktemp("made") / "ladder"
    return put_together(done, folder, settings=settings)


def numbers_of(path: Path) -> list[int]:
    with av.open(str(path)) as container:
        return [
            read_number(frame.to_ndarray(format="gray"))
            for frame in container.decode(video=0)
        ]


def test_a_preview_is_the_plain_preview(preview: Path, plain: Path) -> None:
    video = joined(preview, read_playlist(preview / "video.m3u8"))
    audio = joined(preview, read_playlist(preview / "audio.m3u8"))
    assert picture_hashes(video) == picture_hashes(plain)
    assert picture_hashes(preview / "index.m3u8") == picture_hashes(plain)
    made, wanted = sound_bytes(audio), sound_bytes(plain)
    assert made[: len(wanted)] == wanted  # the last block is played to its end
    assert len(made) - len(wanted) < 1024 * 2 * 4
    assert sound_bytes(preview / "index.m3u8") == made
    assert numbers_of(video) == [*range(len(picture_hashes(plain)))]


def test_all_of_a_preview_can_be_read(preview: Path) -> None:
    ((variant, name),) = read_variants(preview / "index.m3u8")
    (sound,) = read_renditions(preview / "index.m3u8")
    assert name == "video.m3u8"
    assert (sound["URI"], sound["CHANNELS"]) == ("audio.m3u8", "2")
    assert variant["CODECS"] == "avc1.42C01E,mp4a.40.2" or variant["CODECS"].startswith(
        "avc1."
    )
    assert (variant["RESOLUTION"], variant["FRAME-RATE"]) == ("352x192", "29.970")
    assert variant["AUDIO"] == sound["GROUP-ID"]
    video, audio = (
        read_playlist(preview / each) for each in ("video.m3u8", "audio.m3u8")
    )
    for playlist in (video, audio):
        assert playlist.has_ended
        assert playlist.tags["PLAYLIST-TYPE"] == "EVENT"
        target = int(playlist.tags["TARGETDURATION"])
        assert all(seconds <= target for seconds in playlist.seconds)
    assert video.tags["TARGETDURATION"] == audio.tags["TARGETDURATION"]
    assert len(video.segments) == len(audio.segments) > 3
    named = {video.init, audio.init, *video.segments, *audio.segments}
    lists = {"index.m3u8", "video.m3u8", "audio.m3u8"}
    assert {path.name for path in preview.iterdir()} == named | lists
    frames = math.ceil(SECONDS * RATE)
    assert sum(video.seconds) == pytest.approx(frames / RATE, abs=1e-6)
    drift = [
        abs(one - other)
        for one, other in zip(
            itertools.accumulate(video.seconds),
            itertools.accumulate(audio.seconds),
            strict=True,
        )
    ]
    assert max(drift[:-1]) <= Fraction(512, 48000) + Fraction(1, 10**6)


@pytest.mark.parametrize(("name", "kind"), [("video", "video"), ("audio", "audio")])
def test_a_segment_begins_where_the_one_before_it_ends(
    preview: Path, name: str, kind: str
) -> None:
    playlist = read_playlist(preview / f"{name}.m3u8")
    at = None
    for number, segment in enumerate(playlist.segments):
        path = preview / "one.mp4"
        data = (preview / playlist.init).read_bytes()
        path.write_bytes(data + (preview / segment).read_bytes())
        times = packet_times(path, kind)
        tick = times[0][2]
        start, length = min(times)[0], sum(each[1] for each in times)
        first = 0 if kind == "video" else start if number == 0 else None
        assert start == (first if at is None else at), segment
        at = start + length
        # what comes before the start of a sound is not played, and not counted
        played = length + min(0, start)
        assert float(played * tick) == pytest.approx(
            float(playlist.seconds[number]), abs=1e-6
        )
        # a decoder of sound gives nothing for the first block, with which it settles
        assert decoded(path, kind) == len(times) - (kind == "audio")
    path.unlink()


def decoded(path: Path, kind: str) -> int:
    """Decode a segment by itself; return how many frames or blocks came out."""
    with av.open(str(path)) as container:
        stream = next(each for each in container.streams if each.type == kind)
        return sum(1 for _ in container.decode(stream))


def test_what_a_plain_preview_made_is_not_made_again(done: Done) -> None:
    made = {
        name: result
        for name, result in done.results.items()
        if isinstance(result, dict) and name not in {"output", "probe-0"}
    }
    assert len(made) > 4
    assert [name for name, result in made.items() if "reused_from" not in result] == []


def test_a_ladder_is_cut_alike_in_every_size(ladder: Path) -> None:
    variants = read_variants(ladder / "index.m3u8")
    assert [(each["RESOLUTION"], name) for each, name in variants] == [
        ("640x360", "360p.m3u8"),
        ("426x240", "240p.m3u8"),
    ]
    playlists = [read_playlist(ladder / name) for _, name in variants]
    assert len({playlist.seconds for playlist in playlists}) == 1
    assert {playlist.tags["PLAYLIST-TYPE"] for playlist in playlists} == {"VOD"}
    keys = []
    for (attributes, _), playlist in zip(variants, playlists, strict=True):
        path = joined(ladder, playlist)
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            avcc = stream.codec_context.extradata or b""
            assert attributes["CODECS"] == f"avc1.{avcc[1:4].hex().upper()},mp4a.40.2"
            tick = stream.time_base or Fraction(1)
            packets = [packet for packet in container.demux(stream) if packet.size]
        keys.append(
            [round((p.pts or 0) * tick * RATE) for p in packets if p.is_keyframe]
        )
        assert numbers_of(path) == [*range(60, 60 + len(packets))]
        sizes = [(ladder / name).stat().st_size * 8 for name in playlist.segments]
        sound = read_playlist(ladder / "audio.m3u8")
        others = [(ladder / name).stat().st_size * 8 for name in sound.segments]
        peak = max(map(_rate, sizes, playlist.seconds))
        peak_of_sound = max(map(_rate, others, sound.seconds))
        assert int(attributes["BANDWIDTH"]) == pytest.approx(
            peak + peak_of_sound, abs=3
        )
        mean = sum(sizes) / sum(playlist.seconds) + sum(others) / sum(sound.seconds)
        assert int(attributes["AVERAGE-BANDWIDTH"]) == pytest.approx(mean, abs=3)
    assert keys[0] == keys[1]
    starts = [
        round(at * RATE)
        for at in itertools.accumulate(playlists[0].seconds[:-1], initial=Fraction(0))
    ]
    # FFmpeg shows all later by what pictures wait for, which is no time of the film
    assert set(starts) <= {key - keys[0][0] for key in keys[0]}


def _rate(bits: int, seconds: Fraction) -> float:
    return float(bits / seconds)


def test_a_ladder_shows_its_first_picture_with_its_first_sound(ladder: Path) -> None:
    """Readers that take no edit list of a fragment into account, too."""
    for kind in ("video", "audio"):
        with av.open(str(ladder / "index.m3u8")) as container:
            (stream, *_) = container.streams.get({kind: 0})
            packets = [packet for packet in container.demux(stream) if packet.size]
        times = [float((packet.pts or 0) * packet.time_base) for packet in packets]
        assert times == sorted(times)  # no picture is shown after a later one
        assert times[0] == pytest.approx(0, abs=0.025)


def test_dash_points_at_the_same_files(ladder: Path) -> None:
    names = {"": "urn:mpeg:dash:schema:mpd:2011"}
    root = ET.parse(ladder / "manifest.mpd").getroot()  # noqa: S314  # our own
    assert root.get("type") == "static"
    found = {}
    for adaptation in root.iterfind("Period/AdaptationSet", names):
        template = adaptation.find("SegmentTemplate", names)
        assert template is not None
        clock = int(template.get("timescale", ""))
        lengths: list[Fraction] = []
        for each in template.iterfind("SegmentTimeline/S", names):
            assert Fraction(int(each.get("t", "")), clock) == sum(lengths)
            length = Fraction(int(each.get("d", "")), clock)
            lengths += [length] * (int(each.get("r", 0)) + 1)
        for representation in adaptation.iterfind("Representation", names):
            name = representation.get("id", "")
            media = template.get("media", "").replace("$RepresentationID$", name)
            segments = [
                media.replace("$Number%05d$", f"{number:05}")
                for number in range(1, len(lengths) + 1)
            ]
            found[name] = segments, [round(float(each), 5) for each in lengths]
    assert [*found] == ["360p", "240p", "audio"]
    for name, (segments, lengths_of) in found.items():
        playlist = read_playlist(ladder / f"{name}.m3u8")
        assert segments == [*playlist.segments]
        assert lengths_of == pytest.approx([*map(float, playlist.seconds)], abs=2e-5)
    hashes = picture_hashes(ladder / "manifest.mpd")
    assert hashes == picture_hashes(joined(ladder, read_playlist(ladder / "360p.m3u8")))


def test_the_sound_of_a_ladder_is_one_tone_without_a_gap(ladder: Path) -> None:
    path = joined(ladder, read_playlist(ladder / "audio.m3u8"))
    samples = np.frombuffer(sound_bytes(path), np.float32).reshape(-1, 2)[:, 0]
    phase = np.unwrap(np.angle(_analytic(samples.astype(np.float64))))
    steps = np.diff(phase[4800:-4800])
    assert steps == pytest.approx(2 * np.pi * 500 / 48_000, rel=0.02)


def _analytic(samples: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    spectrum = np.fft.fft(samples)
    spectrum[len(samples) // 2 :] = 0
    return np.fft.ifft(spectrum)


def test_without_sound_there_is_no_track_of_it(
    settings: Settings, tmp_path: Path
) -> None:
    timeline = make_timeline(make_track(make_color(3)))
    spec: JsonValue = {
        "timeline": timeline.model_dump(mode="json"),
        "output": "/nowhere/out",
    }
    done = do_here(JobKind.LADDER, spec, settings=settings)
    folder = put_together(done, tmp_path / "silent", settings=settings)
    assert not list(folder.glob("audio*"))
    assert read_renditions(folder / "index.m3u8") == []
    ((variant, _), _) = read_variants(folder / "index.m3u8")
    assert "AUDIO" not in variant
    assert "," not in variant["CODECS"]
    assert len(picture_hashes(folder / "manifest.mpd")) == 75


def test_what_is_played_first_is_made_first(film: Path, settings: Settings) -> None:
    tasks = do(JobKind.HLS_PREVIEW, film, settings, range=["0", "12"]).tasks
    made = [task for task in tasks if task.kind is not TaskKind.PROBE]
    segments = sorted(t.name for t in made if t.kind is TaskKind.SEGMENT)
    assert [task.name for task in made] == ["mix", *segments, "output"]
    assert [task.is_urgent for task in made[:2]] == [True, False]
    assert {task.queue for task in made} == {Queue.CPU_INTERACTIVE}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"rungs": ["1080p"]}, "larger than the picture, which is 352x192"),
        ({"rungs": ["12p"]}, "no rung '12p'; there are: 2160p"),
        ({"rungs": ["240p", "240p"]}, "larger|twice"),
        ({"hls": False, "dash": False}, "for HLS, for DASH, or for both"),
        ({"range": ["3", "3"]}, "is empty"),
    ],
)
def test_what_cannot_be(
    film: Path, settings: Settings, wrong: dict[str, Any], why: str
) -> None:
    timeline = read_timeline_or_media(film, facts_of=probe_media).timeline
    spec = {
        "timeline": timeline.model_dump(mode="json"),
        "output": "/nowhere/out",
        **wrong,
    }
    with pytest.raises(InvalidOption, match=why):
        first_tasks(JobKind.LADDER, spec, settings=settings)
