"""Effects on the sound of tracks and of the whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from farm.errors import InvalidTimeline
from farm.plan.timeline import check_effects
from farm.timeline.load import load_timeline
from tests.integration.render.timelines import audio, clip, timeline
from tests.integration.render.tones import RATE, use, wave

if TYPE_CHECKING:
    from tests.integration.render.conftest import Render
    from tests.integration.render.measure import Film
    from tests.integration.render.media import MediaFolder


# Tracks, and the whole


def speech(media: MediaFolder) -> Path:
    return wave(media, "speech", "0.3*sin(2*PI*2000*t)*between(t,1,2)", seconds=4)


def music(media: MediaFolder) -> Path:
    return wave(media, "music", "0.2*sin(2*PI*300*t)", seconds=4)


def test_music_is_ducked_while_speech_is_heard(
    render: Render, media: MediaFolder
) -> None:
    duck = use("ducking", by="voice", threshold=-40, ratio=10, release=50)
    voice = audio(clip(speech(media), 0, 4), name="voice")
    bed = audio(clip(music(media), 0, 4), audio_effects=[duck])

    for tracks in ((voice, bed), (bed, voice)):
        film = render(timeline(*tracks))

        def tone(start: float, end: float, film: Film = film) -> float:
            heard = film.samples[0, round(start * RATE) : round(end * RATE)]
            turn = np.exp(-2j * np.pi * 300 * np.arange(len(heard)) / RATE)
            return float(abs((heard * turn).mean()) * 2)

        assert tone(0.2, 0.9) == pytest.approx(0.2, rel=0.03)
        assert tone(1.3, 1.9) < 0.06
        assert tone(3.4, 3.9) == pytest.approx(0.2, rel=0.05)
        assert film.samples.shape[1] == 4 * RATE


def test_an_echo_of_a_track_rings_after_its_clip(
    render: Render, media: MediaFolder
) -> None:
    echo = use("delay", time=500, feedback=0, mix=0.5)
    source = wave(media, "click", "eq(n,4800)")
    silent = wave(media, "silent", "0", seconds=2)
    track = audio(clip(source, 0, "0.2"), audio_effects=[echo])

    film = render(timeline(track, audio(clip(silent, 0, 2))))

    heard = film.samples[0]
    assert np.flatnonzero(np.abs(heard) > 0.2).tolist() == [4800, 28800]


def test_effects_of_the_whole_come_after_the_sum(
    render: Render, media: MediaFolder
) -> None:
    tracks = [audio(clip(music(media), 0, 2)), audio(clip(music(media), 0, 2))]
    limit = use("limiter", ceiling=-12)

    film = render(timeline(*tracks, audio_effects=[limit]))

    assert np.abs(film.samples).max() == pytest.approx(10 ** (-12 / 20), rel=0.02)


def test_a_range_hears_what_rings_from_before_it(
    render: Render, media: MediaFolder
) -> None:
    echo = use("delay", time=500, feedback=0, mix=0.5)
    source = wave(media, "click", "eq(n,4800)")
    silent = wave(media, "silent", "0", seconds=2)
    document = timeline(
        audio(clip(source, 0, "0.2"), audio_effects=[echo]), audio(clip(silent, 0, 2))
    )

    film = render(document, range=["0.4", "1"])

    assert np.flatnonzero(np.abs(film.samples[0]) > 0.2).tolist() == [28800 - 19200]


def test_a_crowded_track_with_effects_is_one_sound(
    render: Render, media: MediaFolder
) -> None:
    source = wave(media, "varied-long", "0.2*sin(2*PI*(300+100*t)*t)", seconds=8)
    effect = use("delay", time=120, feedback=0.5, mix=0.5)
    pieces = [clip(source, f"{at}/25", "1/25") for at in range(150)]

    many = render(timeline(audio(*pieces, audio_effects=[effect])))
    one = render(timeline(audio(clip(source, 0, 6), audio_effects=[effect])))

    assert many.samples == pytest.approx(one.samples, abs=2e-3)


@pytest.mark.parametrize(
    ("where", "effect", "path", "says"),
    [
        ("clip", use("revreb"), "tracks[0].items[0].audio_effects[0]", "mean reverb"),
        ("clip", use("reverb", mix=3), "tracks[0].items[0]", "should be 0 to 1 part"),
        ("clip", use("reverb", wet=1), "tracks[0].items[0]", "no parameter 'wet'"),
        ("clip", use("reverb", mix="x"), "tracks[0].items[0]", "should be a number"),
        ("clip", use("ducking", by="a"), "tracks[0].items[0]", "is one of tracks"),
        ("track", use("ducking"), "tracks[0].audio_effects[0]", "needs its parameter"),
        ("track", use("ducking", by="x"), "tracks[0]", "no tracks are named 'x'"),
        ("track", use("ducking", by="own"), "tracks[0]", "is ducked itself"),
        ("whole", use("gate", ratio=0), "audio_effects[0]", "1 to 9000"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    where: str, effect: dict[str, Any], path: str, says: str
) -> None:
    found = {
        name: {"audio_effects": [effect]} if where == name else {}
        for name in ("clip", "track", "whole")
    }
    items = clip("/a.wav", 0, 1, **found["clip"])  # type: ignore[arg-type]
    document = timeline(audio(items, name="own", **found["track"]), **found["whole"])

    with pytest.raises(InvalidTimeline) as caught:
        check_effects(load_timeline(document).timeline, [Path("/")])

    problems = caught.value.facts["problems"]
    assert isinstance(problems, list)
    assert problems[0].startswith(path)
    assert says in problems[0]
