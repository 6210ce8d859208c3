"""Which streams of a file a clip shows and sounds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.factories import (
    make_audio_facts,
    make_clip,
    make_media_facts,
    make_track,
    make_video_facts,
)
from tests.unit.timeline.placing.test_clips import FILM, place_tracks, problem_of


@pytest.mark.parametrize(
    ("path", "kind", "sentence"),
    [
        ("/silent.mp4", "audio", "has no sound for an audio track"),
        ("/still.png", "audio", "has no sound for an audio track"),
    ],
)
def test_an_audio_track_needs_sound(path: str, kind: str, sentence: str) -> None:
    problem = problem_of(make_track(make_clip(path), kind=kind))

    assert problem == f"tracks[0].items[0]: clip of {path!r} {sentence}"


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("video_stream", "has no picture stream 1"),
        ("audio_stream", "has no sound stream 1"),
    ],
)
def test_a_stream_that_is_not_there_is_refused(field: str, sentence: str) -> None:
    clip = make_clip(media={"type": "file", "path": "/film.mp4", field: 1})

    assert problem_of(make_track(clip)).endswith(sentence)


def test_a_stream_can_be_chosen() -> None:
    two = replace(
        FILM,
        video=(make_video_facts(), make_video_facts(index=2, width=320)),
        audio=(make_audio_facts(), make_audio_facts(index=3, channels=1)),
    )
    media = {"type": "file", "path": "/film.mp4", "video_stream": 1, "audio_stream": 1}

    composition = place_tracks(
        make_track(make_clip(media=media)), files=(two,)
    ).composition

    source = composition.layers[0].shots[0].source
    assert source.type == "film"
    assert source.video.width == 320
    assert composition.strips[0].sounds[0].audio.channels == 1


def test_a_file_with_neither_picture_nor_sound_is_refused() -> None:
    empty = make_media_facts("/captions.mkv", video=(), audio=())

    problem = problem_of(make_track(make_clip("/captions.mkv")), files=(empty,))

    assert problem == (
        "tracks[0].items[0]: clip of '/captions.mkv' has neither picture nor sound"
    )


def test_sound_on_a_video_track_is_heard_with_a_warning() -> None:
    placed = place_tracks(make_track(make_clip("/music.wav", name="song")))

    assert placed.warnings == ("tracks[0].items[0]: clip 'song' has sound only",)
    assert placed.composition.layers == ()
    assert placed.composition.has_sound


def test_the_picture_of_a_record_sleeve_is_no_film() -> None:
    song = make_media_facts("/song.mp3", video=(make_video_facts(is_cover=True),))

    placed = place_tracks(make_track(make_clip("/song.mp3")), files=(song,))

    assert placed.composition.layers == ()
    assert placed.warnings == (
        "tracks[0].items[0]: clip of '/song.mp3' has sound only",
    )


def test_what_asks_for_a_picture_on_an_audio_track_is_told() -> None:
    placed = place_tracks(
        make_track(make_clip(effects=[{"name": "blur"}], opacity=0.5), kind="audio")
    )

    assert placed.warnings == (
        (
            "tracks[0].items[0]: clip of '/film.mp4' lies on an audio track, where its "
            "effects, opacity cannot be seen"
        ),
    )
