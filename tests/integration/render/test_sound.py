"""Sound of clips: where it starts, how loud it is, on which side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.integration.render.timelines import audio, clip, gap, plain, timeline, video

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.conftest import Render
    from tests.integration.render.media import MediaFolder

RATE = 48000


def clicks(media: MediaFolder, sample_rate: int = RATE, suffix: str = ".wav") -> Path:
    """Return 4 s of silence with a louder click at every tenth of a second."""
    wave = f"if(lt(mod(n,{sample_rate}/10),1),0.01+0.02*floor(n/({sample_rate}/10)),0)"
    return media.make(
        f"clicks-{sample_rate}{suffix}",
        *("-f", "lavfi", "-i", f"aevalsrc='{wave}':s={sample_rate}:d=4"),
        *(("-c:a", "pcm_s24le") if suffix == ".wav" else ()),
    )


def test_a_sound_starts_at_its_very_sample(media: MediaFolder, render: Render) -> None:
    source = clicks(media)
    items = [
        clip(source, 0, "0.4"),
        gap("0.2"),
        clip(source, "1.5", "0.4"),
        clip(source, "1.05", "0.2"),
    ]

    film = render(timeline(audio(*items)))

    assert film.samples.shape == (2, round(1.2 * RATE))
    found = {
        int(at): round(float(film.samples[0, at]), 4)
        for at in np.flatnonzero(np.abs(film.samples[0]) > 0.005)
    }
    assert found == {
        0: 0.01, 4800: 0.03, 9600: 0.05, 14400: 0.07,
        28800: 0.31, 33600: 0.33, 38400: 0.35, 43200: 0.37,
        50400: 0.23, 55200: 0.25,
    }  # fmt: skip
    assert (film.samples[0] == film.samples[1]).all()


@pytest.mark.parametrize("rate", ["30000/1001", "24000/1001", "12.5", "60"])
def test_sounds_stay_in_step_with_frames_of_any_rate(
    rate: str, media: MediaFolder, render: Render
) -> None:
    source = media.numbered("60", film=1, tone=440)
    count = 5
    items = [clip(source, at * 0.5, "0.4", muted=bool(at % 2)) for at in range(count)]

    film = render(timeline(video(*items), rate=rate))

    exact = eval(rate)  # noqa: S307  # a fraction above
    edges = [round(0.4 * at * exact + 1e-9) for at in range(count + 1)]
    assert len(film.frames) == edges[-1]
    assert film.samples.shape[1] == round(edges[-1] / exact * RATE)
    for at in range(count):
        start, end = (edge / exact for edge in edges[at : at + 2])
        inner = film.heard(start + 0.001, end - 0.001)
        assert np.abs(inner).max() == pytest.approx(0 if at % 2 else 0.25, abs=0.01)


@pytest.mark.parametrize("layout", ["mono", "stereo", "5.1"])
@pytest.mark.parametrize("sample_rate", [22050, 44100, 48000])
def test_sounds_of_every_rate_and_layout_keep_pitch_and_level(
    layout: str, sample_rate: int, media: MediaFolder, render: Render
) -> None:
    source = media.tone(600, sample_rate=sample_rate, layout=layout)

    film = render(timeline(audio(clip(source, 1, 1))))

    assert film.samples.shape == (2, RATE)
    semitone = 2 ** (1 / 12)
    right = 600 * semitone if layout == "5.1" else 600
    for channel, tone in enumerate((600, right)):
        assert film.level(tone, 0.1, 0.9, channel=channel) == pytest.approx(
            0.25, abs=0.003
        )
        if layout == "5.1":  # the centre is on both sides, 3 dB quieter
            assert film.level(
                600 * semitone**2, 0.1, 0.9, channel=channel
            ) == pytest.approx(0.177, abs=0.003)
        else:
            assert film.pitch(0.1, 0.9, channel=channel) == pytest.approx(600, abs=0.5)


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_the_timeline_says_how_many_channels(
    channels: int, media: MediaFolder, render: Render
) -> None:
    mono, stereo = media.tone(500, layout="mono"), media.tone(500)

    film = render(
        timeline(
            audio(clip(mono, 0, "0.4"), clip(stereo, 0, "0.4")),
            channels=channels,
            sample_rate=44100,
        )
    )

    assert film.samples.shape == (channels, round(0.8 * 44100))
    assert film.sample_rate == 44100
    for start in (0.05, 0.45):
        loud = [film.peak(start, start + 0.3, channel=at) for at in range(channels)]
        assert max(loud) == pytest.approx(0.25, abs=0.01)


def test_sound_that_is_shorter_than_its_picture_is_followed_by_silence(
    media: MediaFolder, render: Render
) -> None:
    source = media.make(
        "short-sound.mp4",
        *("-i", str(media.numbered(film=1))),
        *("-i", str(media.tone(440, seconds=1))),
        *("-c:v", "copy", "-c:a", "aac"),
    )

    film = render(timeline(video(clip(source), clip(source, 2, 1))))

    assert len(film.frames) == 125
    assert film.samples.shape[1] == 5 * RATE
    assert film.pitch(0.2, 0.8) == pytest.approx(440, abs=1)
    assert not film.heard(1.1, 5).any()


def test_sound_that_starts_late_is_late(media: MediaFolder, render: Render) -> None:
    late = media.make(
        "late-sound.mkv",
        *("-i", str(media.numbered(film=1))),
        *("-itsoffset", "1.25", "-i", str(media.tone(440, seconds=2))),
        *("-c", "copy"),
    )

    film = render(timeline(video(clip(late, 1, 1), clip(late, "1.5", "0.4"))))

    assert np.flatnonzero(film.samples[0])[0] == pytest.approx(0.25 * RATE, abs=50)
    assert film.peak(1.01, 1.39) == pytest.approx(0.25, abs=0.01)


def test_volume_pan_and_mute_of_clips_and_tracks(
    media: MediaFolder, render: Render
) -> None:
    source = media.tone(500, level=0.2)

    def piece(**more: object) -> dict[str, object]:
        return clip(source, 0, "0.4", **more)

    film = render(
        timeline(
            audio(
                piece(), piece(volume=0.5), piece(volume=2), piece(volume=0),
                piece(muted=True), piece(pan=-1), piece(pan=1), piece(pan=0.5),
                piece(pan=-0.25),
            ),
            audio(piece(start="4", volume=0.5), volume=0.5),
            audio(piece(start="4.4", pan=-0.5), pan=0.5),
            audio(piece(start="4.8"), muted=True),
            audio(piece(start="5.2"), enabled=False),
            video(plain("#000000", 6)),
        )
    )  # fmt: skip

    wanted = [
        (0.2, 0.2), (0.1, 0.1), (0.4, 0.4), (0, 0),
        (0, 0), (0.2, 0), (0, 0.2), (0.1, 0.2),
        (0.2, 0.15),
        (0, 0), (0.05, 0.05), (0.1, 0.1), (0, 0), (0, 0),
    ]  # fmt: skip
    for at, sides in enumerate(wanted):
        start = 0.4 * at
        found = [film.peak(start + 0.05, start + 0.35, channel=c) for c in range(2)]
        assert found == pytest.approx(sides, abs=0.002), at


def test_sounds_and_tracks_fade(media: MediaFolder, render: Render) -> None:
    source = media.tone(1000, level=0.4)
    faded = clip(source, 0, 2, fade_in="0.5", fade_out="1")

    film = render(
        timeline(
            audio(faded, gap(1), clip(source, 0, 2), fade_in="4", fade_out="0.5"),
        )
    )

    def both(time: float, inner: float) -> float:
        return 0.4 * inner * min(1, time / 4)

    for time, inner in ((0.25, 0.5), (0.5, 1), (1, 1), (1.5, 0.5), (1.9, 0.1)):
        found = film.level(1000, time - 0.01, time + 0.01)
        assert found == pytest.approx(both(time, inner), abs=0.006), time
    assert film.level(1000, 3.4, 3.6) == pytest.approx(both(3.5, 1), abs=0.006)
    assert film.level(1000, 4.74, 4.76) == pytest.approx(0.2, abs=0.01)
    assert film.peak(4.995, 5) < 0.01


@pytest.mark.parametrize(
    "codec",
    [
        (".mp3", "libmp3lame"), (".m4a", "aac"), (".ogg", "libvorbis"),
        (".opus", "libopus"), (".flac", "flac"), (".mka", "ac3"), (".wav", "pcm_f32le"),
        (".aiff", "pcm_s16be"), (".wv", "wavpack"), (".ts", "mp2"),
    ],
    ids="".join,
)  # fmt: skip
def test_sound_of_any_codec_lies_in_its_place(
    codec: tuple[str, str], media: MediaFolder, render: Render
) -> None:
    """The middle of a file that is loud from 2 s to 3 s only."""
    suffix, encoder = codec
    burst = "0.25*sin(2*PI*t*1000)*between(t\\,2\\,3)"
    source = media.make(
        f"burst{suffix}",
        *("-f", "lavfi", "-i", f"aevalsrc='{burst}|{burst}':s=48000:d=6"),
        *("-c:a", encoder, *(("-b:a", "192k") if encoder != "flac" else ())),
    )

    film = render(timeline(audio(clip(source, 0, 4), clip(source, "1.5", 3))))

    for start in (2.0, 4.5):
        heard = film.samples[0, round((start - 0.5) * RATE) :]
        first = int(np.flatnonzero(np.abs(heard) > 0.1)[0])
        # an encoder's delay is said in all files but those of TS
        late = 0.011 if suffix == ".ts" else 0.002
        assert first / RATE == pytest.approx(0.5, abs=late), start
        assert film.peak(start + 0.1, start + 0.9) == pytest.approx(0.25, abs=0.02)
        assert film.peak(start + 1.02, start + 1.3) < 0.01
