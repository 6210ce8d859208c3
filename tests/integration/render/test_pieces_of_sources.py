"""A piece of a clip equals the same frames of the whole, whatever the source is.

Each case cuts one clip into pieces at random frames, renders each by itself, and
compares every frame with the clip in one piece; and that with the frames that the
source has at those times.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from tests.integration.render.expected import even_times, sampled
from tests.integration.render.measure import decode
from tests.integration.render.media import CODECS, VARIABLE
from tests.integration.render.pieces import Cutter
from tests.integration.render.random_timelines import make_dice
from tests.integration.render.timelines import clip, timeline, video

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from random import Random

    from _pytest.mark import ParameterSet

    from farm.settings import Settings
    from tests.integration.render.media import MediaFolder

RATES = ("25", "30000/1001", "50")
QUICK = {
    "h264-long-gop", "h264-long-gop-ts", "h264-fragmented", "hevc-open-gop",
    "mpeg2-ts", "mpeg2-interlaced-ts", "mpeg4-avi", "vp9-webm",
}  # fmt: skip
#: Where FFmpeg seeks by guessing, decoding starts 5 s earlier: these are longer.
SECONDS = 8
SPEEDS = ("1", "7/3", "3/7")


@pytest.fixture
def cutter(settings: Settings) -> Cutter:
    return Cutter(settings=settings)


def quick_first(cases: Iterable[str], quick: set[str]) -> list[ParameterSet]:
    """Return cases; those that are not quick are for the full run."""
    return [
        pytest.param(case, marks=() if case in quick else pytest.mark.slow)
        for case in cases
    ]


@pytest.mark.parametrize("codec", quick_first(CODECS, QUICK))
def test_pieces_of_every_codec_and_container(
    codec: str, media: MediaFolder, cutter: Cutter
) -> None:
    dice = make_dice(codec)
    for rate, speed in zip(RATES, dice.sample(SPEEDS, 3), strict=True):
        source = media.numbered("25", SECONDS, film=3, codec=codec)
        begin = Fraction(dice.randrange(6500), 1000)
        length = min(Fraction(SECONDS) - begin, 3 * Fraction(speed))
        shown = check(source, cutter, dice, begin, length, rate=rate, speed=speed)
        if codec in {"h264-long-gop-ts", "h264-stream", "mpeg2-long-gop-ps"}:
            wanted = sampled(
                even_times("25", SECONDS),
                len(shown),
                rate=Fraction(rate),
                start=begin,
                speed=Fraction(speed),
            )
            assert [number for _, number in shown] == wanted


@pytest.mark.parametrize(
    "rate",
    ["24000/1001", "30000/1001", "60", pytest.param("1", marks=pytest.mark.slow), "12"],
)
def test_pieces_of_every_rate(rate: str, media: MediaFolder, cutter: Cutter) -> None:
    source = media.numbered(rate, SECONDS, film=4, codec="h264-long-gop")
    dice = make_dice(rate)
    times = even_times(rate, SECONDS)
    for timeline_rate, speed in (("25", "1"), ("30000/1001", "7/3"), ("24", "1/2")):
        begin = Fraction(dice.randrange(5000), 1000)
        length = min(Fraction(SECONDS) - begin, 3 * Fraction(speed))
        shown = check(
            source, cutter, dice, begin, length, rate=timeline_rate, speed=speed
        )
        wanted = sampled(
            times,
            len(shown),
            rate=Fraction(timeline_rate),
            start=begin,
            speed=Fraction(speed),
        )
        assert [number for _, number in shown] == wanted


@pytest.mark.parametrize("codec", ["h264", "h264-mkv", "vp9-webm"])
@pytest.mark.parametrize(
    "picks",
    [
        VARIABLE,
        "eq(n,0)+eq(n,30)+eq(n,47)+eq(n,132)+eq(n,336)+eq(n,340)+eq(n,410)",
        "lt(n,100)+not(mod(n,90))",
    ],
    ids=["uneven", "seconds-apart", "slow-end"],
)
def test_pieces_of_variable_rates(
    picks: str, codec: str, media: MediaFolder, cutter: Cutter
) -> None:
    source = media.numbered(
        "60", SECONDS, film=5, codec=codec, picks=picks, tag=f"-{len(picks)}"
    )
    stored = decode(source)
    dice = make_dice(f"{codec}{picks}")
    for rate in ("25", "30000/1001"):
        begin = Fraction(dice.randrange(4000), 1000)
        shown = check(source, cutter, dice, begin, Fraction(2), rate=rate, speed="1")
        at = sampled(stored.times, len(shown), rate=Fraction(rate), start=begin)
        assert shown == [stored.numbers()[number] for number in at]


#: Containers and copies whose times do not start at 0, or lie about it.
ODD = {
    "edit-list.mp4": ("<-ss", "<2.37"),
    "cut.mkv": ("<-ss", "<2.37"),
    "cut-fragmented.mp4": (
        *("<-ss", "<2.37", "-movflags", "frag_keyframe+empty_moov"),
    ),
    "short-fragments.mp4": (
        *("-movflags", "frag_keyframe+delay_moov", "-frag_duration", "300000"),
    ),
    "negative-offsets.mp4": ("-movflags", "negative_cts_offsets"),
    "no-edit-list.mp4": ("-use_editlist", "0"),
    "at-10.mp4": ("-output_ts_offset", "10"),
    "at-10.mkv": ("-output_ts_offset", "10"),
    "at-10.ts": ("-output_ts_offset", "10"),
    "wraps.ts": ("-output_ts_offset", "95440"),
    "live.mkv": ("-f", "matroska", "-live", "1"),
    "x.nut": (),
    "x.flv": (),
}
QUICK_ODD = {"edit-list.mp4", "cut.mkv", "at-10.ts", "negative-offsets.mp4"}


@pytest.mark.parametrize("name", quick_first(ODD, QUICK_ODD))
def test_pieces_of_odd_containers(
    name: str, media: MediaFolder, cutter: Cutter
) -> None:
    plain = media.numbered("25", SECONDS, film=6, codec="h264-open-gop", tone=300)
    source = media.copied(plain, name, *ODD[name])
    dice = make_dice(name)
    for rate, speed in (("25", "1"), ("30000/1001", "7/3"), ("50", "3/7")):
        begin = Fraction(dice.choice([0, dice.randrange(3000)]), 1000)
        length = min(Fraction(5) - begin, 3 * Fraction(speed))
        check(source, cutter, dice, begin, length, rate=rate, speed=speed)


def test_pieces_that_start_at_key_frames_and_at_both_ends(
    media: MediaFolder, cutter: Cutter
) -> None:
    """Key frames are 10 frames apart: at, before and after them, first and last."""
    source = media.numbered("25", SECONDS, film=7, codec="h264-open-gop")
    document = timeline(video(clip(source)))
    cuts = [1, 2, 99, 100, 101, 119, 120, 121, 197, 198, 199]

    assert cutter.differing(document, cuts) == []


def test_pieces_of_the_same_source_on_several_tracks(
    media: MediaFolder, cutter: Cutter
) -> None:
    source = media.numbered("25", SECONDS, film=8, codec="hevc-open-gop")
    small = {"transform": {"scale": 0.3, "y": 0.8}}
    document = timeline(
        video(clip(source, 1, 2), clip(source, 5, 1)),
        video(clip(source, "0.3", 2, **small), clip(source, "3.7", 1, **small)),
        rate="30000/1001",
    )

    assert cutter.differing(document, [7, 31, 59, 60, 61, 80]) == []


def check(
    source: Path,
    cutter: Cutter,
    dice: Random,
    begin: Fraction,
    length: Fraction,
    *,
    rate: str,
    speed: str,
) -> list[tuple[int, int]]:
    """Compare pieces with the whole; return what the frames of the whole show."""
    document = timeline(video(clip(source, begin, length, speed=speed)), rate=rate)
    composition = cutter.compose(document)
    cuts = dice.sample(range(1, composition.frames), 3)

    differing = cutter.differing(document, cuts)

    assert not differing, (source.name, begin, length, rate, speed, cuts)
    whole = cutter.whole
    assert whole is not None
    try:
        return whole.numbers()
    except AssertionError:  # interlaced: two numbers in one frame
        return []
