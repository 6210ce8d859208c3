"""The mix: sums without a loss, a limiter that leaves alone what is quiet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from tests.integration.render.timelines import audio, clip, plain, timeline, video

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.conftest import Render
    from tests.integration.render.measure import Array
    from tests.integration.render.media import MediaFolder


def noise(media: MediaFolder, *, level: float, seed: int, suffix: str = "") -> Path:
    wave = f"{level}*(2*random(0)-1)|{level}*(2*random(1)-1)"
    return media.make(
        f"noise-{level}-{seed}{suffix}.wav",
        *("-f", "lavfi", "-i", f"aevalsrc='{wave}':s=48000:d=3"),
        *("-af", f"atrim=start_sample={seed * 1000},asetpts=N/SR/TB"),
        *("-c:a", "pcm_s16le"),
    )


def stored(path: Path) -> Array:
    with av.open(str(path)) as container:
        parts: list[Any] = [frame.to_ndarray() for frame in container.decode(audio=0)]
    whole: Array = np.concatenate(parts, axis=1).reshape(-1, 2).T / 32768
    return whole


def test_quiet_sound_passes_bit_for_bit(media: MediaFolder, render: Render) -> None:
    source = noise(media, level=0.9, seed=1)

    film = render(timeline(audio(clip(source, 0, 2), clip(source, "0.5", "0.4"))))

    samples = stored(source)
    wanted = np.concatenate([samples[:, :96000], samples[:, 24000:43200]], axis=1)
    assert (film.samples == wanted).all()


def test_tones_add_up_without_a_loss(media: MediaFolder, render: Render) -> None:
    tones = {300: 0.25, 700: 0.25, 1300: 0.2, 2100: 0.1}
    tracks = [
        audio(clip(media.tone(frequency, level=level), 0, 2))
        for frequency, level in tones.items()
    ]

    film = render(timeline(*tracks))

    for frequency, level in tones.items():
        assert film.level(frequency, 0.5, 1.5) == pytest.approx(level, abs=0.001)


def test_a_sum_of_quiet_sounds_is_exact(media: MediaFolder, render: Render) -> None:
    one, two = (noise(media, level=0.4, seed=seed) for seed in (1, 2))

    film = render(timeline(audio(clip(one, 0, 2)), audio(clip(two, 0, 2))))

    wanted = stored(one)[:, :96000] + stored(two)[:, :96000]
    assert np.abs(film.samples - wanted).max() < 2**-23


def test_a_sum_over_full_scale_is_limited_not_clipped(
    media: MediaFolder, render: Render
) -> None:
    loud = clip(media.tone(500, level=0.8), 0, 2, start="1")
    quiet = clip(media.tone(500, level=0.3), 0, 4)

    film = render(timeline(audio(quiet), audio(loud)))

    whole = film.samples[0]
    assert np.abs(whole).max() <= 0.981
    # a clipped sine has its third harmonic at a fifth of the level and more
    assert film.level(500, 1.5, 2.5) > 0.9
    assert film.level(1500, 1.5, 2.5) < 0.03
    # before and after it is left alone
    alone = render(timeline(audio(quiet))).samples[0]
    before, after = slice(0, 47000), slice(round(3.6 * 48000), None)
    assert (whole[before] == alone[before]).all()
    assert np.abs(whole[after] - alone[after]).max() < 1e-3


def test_a_timeline_that_is_silent_has_silent_sound(
    media: MediaFolder, render: Render
) -> None:
    source = media.numbered(film=1)

    muted = render(
        timeline(
            video(clip(source, 0, "0.4")),
            audio(clip(media.tone(300), 0, 1), muted=True),
        )
    )
    without = render(timeline(video(clip(source, 0, "0.4"))))

    assert muted.samples.shape == (2, 48000)
    assert not muted.samples.any()
    assert without.audio_codec == ""


def test_sound_alone_gets_a_picture_of_the_background(
    media: MediaFolder, render: Render
) -> None:
    film = render(
        timeline(audio(clip(media.tone(300), 0, "0.8")), background="#123456")
    )

    assert len(film.frames) == 20
    assert len(set(film.digests)) == 1
    assert film.pitch(0.1, 0.7) == pytest.approx(300, abs=1)


def test_many_sounds_are_mixed_at_once(media: MediaFolder, render: Render) -> None:
    source = media.tone(400, level=0.02)
    tracks = [
        audio(*(clip(source, 0, "0.2", start=str(0.2 * at)) for at in range(4)))
        for _ in range(16)
    ]

    film = render(timeline(video(plain("#000000", 1)), *tracks))

    assert film.level(400, 0.1, 0.7) == pytest.approx(0.32, rel=0.02)
    assert not film.heard(0.8, 1).any()
