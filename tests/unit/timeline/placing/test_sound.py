"""Sound lies on whole samples, where its picture lies on frames."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from farm.timeline.place import Placed, place
from tests.factories import (
    Json,
    make_clip,
    make_media_facts,
    make_timeline,
    make_track,
)

if TYPE_CHECKING:
    from farm.timeline.composition import Composition, Sound

FILES = {
    "/film.mp4": make_media_facts(),
    "/silent.mp4": make_media_facts("/silent.mp4", audio=()),
}


def _place(*tracks: Json, **fields: object) -> Placed:
    return place(make_timeline(*tracks, **fields), FILES)


def _sounds(composition: Composition) -> list[Sound]:
    return [sound for strip in composition.strips for sound in strip.sounds]


def test_sound_starts_and_ends_with_its_frames() -> None:
    clip = make_clip(source_range={"start": 1, "duration": "1001/6000"})

    sounds = _sounds(_place(make_track(clip, clip), rate="30000/1001").composition)

    assert [(sound.start, sound.end) for sound in sounds] == [(0, 8008), (8008, 16016)]


def test_samples_are_those_of_the_timeline() -> None:
    composition = _place(make_track(make_clip()), sample_rate=44100).composition

    assert composition.samples == 88200
    assert _sounds(composition)[0].end == 88200


def test_a_film_is_heard_on_its_video_track() -> None:
    composition = _place(make_track(make_clip()), make_track(make_clip())).composition

    assert len(composition.strips) == 2


@pytest.mark.parametrize(
    "track",
    [
        make_track(make_clip(), muted=True),
        make_track(make_clip(muted=True)),
        make_track(make_clip("/silent.mp4")),
    ],
)
def test_what_is_muted_or_has_no_sound_is_not_heard(track: Json) -> None:
    composition = _place(track).composition

    assert composition.strips == ()
    assert not composition.has_sound


def test_an_audio_track_gives_the_output_a_sound_even_when_it_is_silent() -> None:
    composition = _place(
        make_track(make_clip("/silent.mp4")), make_track(kind="audio", muted=True)
    ).composition

    assert composition.has_sound
    assert composition.strips == ()


def test_volume_pan_and_speed_are_kept() -> None:
    clip = make_clip(volume=0.5, pan=-1, speed=2, keep_pitch=False)
    (strip,) = _place(make_track(clip, volume=2, pan=0.5)).composition.strips

    (sound,) = strip.sounds
    assert (sound.volume, sound.pan) == (0.5, -1)
    assert sound.speed == 2
    assert not sound.keep_pitch
    assert (strip.volume, strip.pan) == (2, 0.5)


def test_fades_are_in_samples() -> None:
    clip = make_clip(fade_in="0.5", fade_out="1/3")
    (strip,) = _place(make_track(clip, fade_in=1, fade_out=2)).composition.strips

    (sound,) = strip.sounds
    assert (sound.fade_in, sound.fade_out) == (24000, 16000)
    assert (strip.fade_in, strip.fade_out, strip.end) == (48000, 96000, 96000)


def test_a_fade_longer_than_its_sound_is_shortened_and_said() -> None:
    placed = _place(make_track(make_clip(name="pier", fade_out=3)))

    assert _sounds(placed.composition)[0].fade_out == 96000
    assert placed.warnings == (
        "tracks[0].items[0]: the fade_out of clip 'pier' is shortened to its 2 s",
    )


def test_a_handle_before_the_start_of_the_file_is_asked_for_as_it_is() -> None:
    """What is not there is silent; the picture says that it is held."""
    clip = make_clip()
    transition = {"type": "transition", "duration": 1}
    composition = _place(make_track(clip, transition, clip, kind="audio")).composition

    assert _sounds(composition)[1].source_start == -Fraction(12, 25)
