"""What is untouched is copied: the frames of the source, and no other, to the cut."""

from __future__ import annotations

import shutil
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import pytest

from farm.errors import OutputWrong
from farm.ffmpeg.avc import find_units, read_config
from farm.ffmpeg.probe import probe_media
from farm.jobs.table import JobTable
from tests.here import Done, do_task_here, render_here
from tests.integration.render.measure import check_times, decode
from tests.integration.render.media import CODECS
from tests.integration.render.timelines import audio, clip, timeline, title, video

if TYPE_CHECKING:
    from pathlib import Path

    from farm.settings import Settings
    from tests.integration.render.media import MediaFolder
    from tests.integration.render.timelines import Json

SOURCE: dict[str, Any] = {"preset": "source", "suffix": ".mp4"}
#: Of these, whole groups of pictures can be taken out.
CLOSED = ("h264", "h264-fragmented", "h264-mkv")
H264 = [name for name in CODECS if name.startswith("h264")]


@pytest.fixture(autouse=True)
def small_copies_are_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let films of few pixels be copied, as large ones are."""
    monkeypatch.setattr("farm.plan.copy._TASK_SECONDS", 0)
    monkeypatch.setattr("farm.plan.copy._MOST_BITS", 5)


def copied(done: Done) -> list[str]:
    """Return the segments that were copied."""
    return [
        name
        for name, result in done.results.items()
        if isinstance(result, dict) and "copy_delay" in result
    ]


def reasons(done: Done) -> set[str]:
    """Return why segments were encoded."""
    return {
        str(result["not_copied"])
        for result in done.results.values()
        if isinstance(result, dict) and "not_copied" in result
    }


def spans(done: Done) -> list[tuple[int, int]]:
    """Return the frames of each segment that was copied."""
    found, start = [], 0
    for task in sorted(done.tasks, key=lambda task: task.name):
        if task.name.startswith("segment"):
            end = start + task.frames
            if task.name in copied(done):
                found.append((start, end))
            start = end
    return found


def two_cuts(source: Path, rate: str) -> Json:
    """Return frames 5 to 65 and 27 to 93 of a film."""
    frame = 1 / Fraction(rate)
    return timeline(
        video(
            clip(source, 5 * frame, 60 * frame), clip(source, 27 * frame, 66 * frame)
        ),
        rate=rate,
    )


@pytest.mark.parametrize("rate", ["25", "30000/1001", "60"])
@pytest.mark.parametrize("codec", H264)
def test_each_frame_is_the_one_that_was_asked_for(
    media: MediaFolder, settings: Settings, codec: str, rate: str
) -> None:
    source = media.numbered(rate, codec=codec, film=3)
    done = render_here(two_cuts(source, rate), settings=settings, **SOURCE)
    film, whole = decode(done.file), decode(source)
    shown = [*range(5, 65), *range(27, 93)]

    if "interlaced" not in codec:  # there, a frame is of two numbers
        assert [number for _, number in film.numbers()] == shown
    check_times(film, rate=Fraction(rate), clock=Fraction(1, 900))
    assert bool(spans(done)) == (codec in CLOSED)
    assert bool(reasons(done))
    for start, end in spans(done):
        assert film.digests[start:end] == tuple(
            whole.digests[number] for number in shown[start:end]
        )


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_the_track_names_the_sets_of_both(
    media: MediaFolder, settings: Settings, suffix: str
) -> None:
    """Parameter sets stand in the decoder configuration alone."""
    source = media.numbered(film=3, tone=500)
    document = two_cuts(source, "25")
    document["tracks"].append(audio(clip(source, 0, 4)))
    done = render_here(document, settings=settings, preset="source", suffix=suffix)
    with av.open(done.file) as container:
        stream = container.streams.video[0]
        config = read_config(stream.codec_context.extradata or b"")
        packets = [bytes(p) for p in container.demux(stream) if p.size]

    assert config is not None
    assert {name.number for name in config.sets} == {0, 21}
    types = {unit[0] & 31 for packet in packets for unit in find_units(packet)}
    assert not types & {7, 8}
    film = decode(done.file)
    assert film.pitch(0.5, 2) == pytest.approx(500, abs=2)
    assert spans(done)


def test_a_source_of_our_own_is_copied_beside_other_numbers(
    media: MediaFolder, settings: Settings
) -> None:
    params = ("-x264-params", "sps-id=21")
    source = media.numbered(film=4, extra=params, tag="-21")
    done = render_here(two_cuts(source, "25"), settings=settings, **SOURCE)
    assert spans(done)
    assert decode(done.file).numbers() == [
        (4, number) for number in (*range(5, 65), *range(27, 93))
    ]


def test_of_sources_whose_sets_clash_the_longer_is_copied(
    media: MediaFolder, settings: Settings
) -> None:
    long = media.numbered(film=5)
    short = media.numbered(film=6, extra=("-refs", "2"), tag="-refs")
    document = timeline(video(clip(long, 0, 3), clip(short, 0, 2)))
    done = render_here(document, settings=settings, **SOURCE)
    assert [end <= 75 for _, end in spans(done)] == [True]
    assert any("parameter sets" in why and short.name in why for why in reasons(done))
    assert decode(done.file).numbers() == [
        *((5, number) for number in range(75)),
        *((6, number) for number in range(50)),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"effects": [{"name": "blur"}]},
        {"opacity": 0.5},
        {"speed": 2},
        {"transform": {"scale": 0.5}},
        {"crop": {"left": 16}},
        {"fit": "fill", "transform": {"x": 0.6}},
    ],
)
def test_what_is_touched_is_encoded(
    media: MediaFolder, settings: Settings, change: Json
) -> None:
    source = media.numbered(film=3)
    document = timeline(video(clip(source, 0, 2, **change)))
    done = render_here(document, settings=settings, **SOURCE)
    assert (spans(done), reasons(done)) == ([], set())


@pytest.mark.parametrize(
    ("film", "options", "why"),
    [
        ({"codec": "vp9-webm"}, SOURCE, "its codec is vp9"),
        ({"codec": "h264-open-gop"}, SOURCE, "no whole group"),
        ({"codec": "h264-interlaced"}, SOURCE, "interlaced"),
        ({"rate": "30"}, SOURCE, "its frame rate is 30"),
        (
            {"extra": ("-pix_fmt", "yuv444p"), "tag": "-444"},
            SOURCE,
            "its pixels are yuv444p",
        ),
        ({}, SOURCE | {"segments": "off"}, ""),
        ({}, SOURCE | {"smart": "off"}, ""),
    ],
)
def test_the_report_says_why_it_is_encoded(
    media: MediaFolder, settings: Settings, film: Json, options: Json, why: str
) -> None:
    source = media.numbered(**{"film": 3, **film})
    document = timeline(video(clip(source, 0, 2)))
    done = render_here(document, settings=settings, **options)
    assert spans(done) == []
    assert [why in reason for reason in reasons(done)] == ([True] if why else [])


def test_a_damaged_group_is_encoded(
    media: MediaFolder, settings: Settings, tmp_path: Path
) -> None:
    source = media.numbered(film=3, seconds=4)
    damaged = tmp_path / "damaged.mp4"
    shutil.copy(source, damaged)
    data = bytearray(damaged.read_bytes())
    middle = data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 2
    data[middle : middle + 40] = bytes(range(40))
    damaged.write_bytes(data)

    document = timeline(video(clip(damaged, 0, 4)))
    done = render_here(document, settings=settings, **SOURCE)

    assert spans(done) == []
    assert any("damaged.mp4" in why for why in reasons(done))
    assert len(decode(done.file).frames) == 100


def test_copies_are_looked_through_once(media: MediaFolder, settings: Settings) -> None:
    """A caption elsewhere leaves what is known of the copies as it was."""
    source = media.numbered(film=3)
    table = JobTable.open(settings.database)
    try:
        document = two_cuts(source, "25")
        first = render_here(document, settings=settings, table=table, **SOURCE)
        document["tracks"].append(video(title("A", "0.2", size=30)))
        second = render_here(document, settings=settings, table=table, **SOURCE)
    finally:
        table.close()

    reused = set(second.segments(reused=True))
    assert set(copied(second)) <= reused
    assert spans(second) == spans(first)


def test_a_film_that_starts_late_is_copied_exactly(
    media: MediaFolder, settings: Settings
) -> None:
    source = media.copied(
        media.numbered("25", film=7), "late-copy.mkv", "-output_ts_offset", "3.5"
    )
    done = render_here(two_cuts(source, "25"), settings=settings, **SOURCE)
    assert spans(done)
    assert decode(done.file).numbers() == [
        (7, number) for number in (*range(5, 65), *range(27, 93))
    ]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_film_cut_by_its_container_is_copied_exactly(
    media: MediaFolder, settings: Settings, suffix: str
) -> None:
    """An edit list hides frames before the first that is shown."""
    source = media.copied(
        media.numbered("25", 6, film=7), f"cut-copy{suffix}", "<-ss", "<0.6"
    )
    done = render_here(two_cuts(source, "25"), settings=settings, **SOURCE)
    plain = render_here(
        two_cuts(source, "25"), settings=settings, smart="off", **SOURCE
    )
    assert spans(done)
    assert decode(done.file).numbers() == decode(plain.file).numbers()


@pytest.mark.parametrize("lead", [1, 2, 3, 5])
@pytest.mark.parametrize("tail", [1, 2, 3, 6])
def test_pieces_of_a_few_frames_go_with_all_others(
    media: MediaFolder, settings: Settings, lead: int, tail: int
) -> None:
    """Their encoder writes the same parameter sets as for long ones."""
    source = media.numbered(film=3)
    first, last = 24 - lead, 60 + tail
    document = timeline(
        video(clip(source, Fraction(first, 25), Fraction(last - first, 25)))
    )
    done = render_here(document, settings=settings, **SOURCE)
    assert spans(done) == [(lead, lead + 36)]
    assert decode(done.file).numbers() == [(3, n) for n in range(first, last)]


@pytest.mark.parametrize("preset", ["veryfast", "medium", "slow"])
def test_references_that_are_b_frames_are_no_damage(
    media: MediaFolder, settings: Settings, preset: str
) -> None:
    usual = ("-preset", preset, "-crf", "20", "-g", "40", "-bf", "3")
    source = media.numbered("25", 12, film=3, extra=usual, tag=f"-{preset}")
    document = timeline(video(clip(source, "0.2", 11)))
    done = render_here(document, settings=settings, **SOURCE)
    assert sum(end - start for start, end in spans(done)) >= 200
    assert decode(done.file).numbers() == [(3, n) for n in range(5, 280)]


def test_parameter_sets_of_a_source_do_not_stay_in_its_pictures(
    media: MediaFolder, settings: Settings
) -> None:
    params = ("-x264-params", "repeat-headers=1")
    source = media.numbered(film=3, extra=params, tag="-repeat")
    done = render_here(two_cuts(source, "25"), settings=settings, **SOURCE)
    with av.open(done.file) as container:
        packets = [bytes(p) for p in container.demux(video=0) if p.size]
    types = {unit[0] & 31 for packet in packets for unit in find_units(packet)}
    assert spans(done)
    assert not types & {7, 8}
    assert len(decode(done.file).frames) == 126


def test_another_film_in_the_place_of_the_source_is_noticed(
    media: MediaFolder, settings: Settings, tmp_path: Path
) -> None:
    """Between looking through a copy and taking it."""
    source = tmp_path / "film.mp4"
    shutil.copy(media.numbered(film=3), source)
    done = render_here(two_cuts(source, "25"), settings=settings, **SOURCE)
    shutil.copy(media.numbered(film=4), source)
    join = next(task for task in done.tasks if task.name == "output")
    with pytest.raises(OutputWrong, match="has changed"):
        do_task_here(join, done.results, settings=settings)


def test_facts_name_the_groups(media: MediaFolder) -> None:
    facts = probe_media(media.numbered(film=3))
    (gops,) = facts.gops
    assert gops.runs == ((*range(0, 100, 12), 100),)
