"""Changes from one picture to the next, and of their sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from farm.timeline.transition import XFADE_TRANSITIONS
from tests.here import render_here
from tests.integration.render.measure import close
from tests.integration.render.timelines import (
    audio,
    change,
    clip,
    gap,
    plain,
    timeline,
    title,
    video,
)

if TYPE_CHECKING:
    from farm.settings import Settings
    from tests.integration.render.conftest import Render
    from tests.integration.render.measure import Film
    from tests.integration.render.media import MediaFolder

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
#: A kind that jumps where all pixels differ much.
SUDDEN = "distance"


def grey(part: float) -> tuple[int, int, int]:
    return (round(255 * part),) * 3


def test_a_dissolve_mixes_evenly(media: MediaFolder, render: Render) -> None:
    cases = [
        video(plain("#ffffff", 1), change("0.4"), plain("#000000", 1)),
        video(
            clip(media.colors([("white", 50)]), 0, 1),
            change("0.4"),
            clip(media.colors([("black", 50)]), 1, 1),
        ),
        video(
            plain("#ffffff", 1, opacity=0.5, transform={"scale": 0.5}),
            change("0.4"),
            plain("#000000", 1),
        ),
    ]
    for number, track in enumerate(cases):
        film = render(timeline(track))

        white = 0.5 if number == 2 else 1
        assert len(film.frames) == 50
        for frame in (0, 19, 20, 22, 25, 28, 30, 49):
            part = min(1, max(0, (frame - 20) / 10))
            assert close(film.color(frame), grey(white * (1 - part))), (number, frame)


@pytest.fixture(scope="module")
def alone(media: MediaFolder, shared_render: Render) -> tuple[Film, Film]:
    """Return two clips of 2 s as they are by themselves, with 0.4 s more around."""
    one, two = media.numbered(film=1), media.numbered("30", film=2)
    first = shared_render(timeline(video(clip(one, 0, "2.4"))))
    second = shared_render(timeline(video(clip(two, "0.6", "2.4"))))
    return first, second


@pytest.mark.parametrize("seconds", ["0.4", "0.2", "0.36", "0.04"])
def test_both_clips_go_on_during_a_dissolve(
    seconds: str, alone: tuple[Film, Film], media: MediaFolder, render: Render
) -> None:
    one, two = media.numbered(film=1), media.numbered("30", film=2)

    film = render(timeline(video(clip(one, 0, 2), change(seconds), clip(two, 1, 1))))

    length = round(float(seconds) * 25)
    first = 50 - length // 2
    last = first + length
    assert len(film.frames) == 75
    # the first frame of a dissolve is still the clip before
    assert film.digests[: first + 1] == alone[0].digests[: first + 1]
    for number in range(length):
        at, part = first + number, number / length
        before, after = alone[0].frames[at], alone[1].frames[at - 40]
        wanted = before * (1 - part) + after * part
        assert np.abs(film.frames[at] - wanted).max() < 2, at
    assert film.digests[last:] == alone[1].digests[last - 40 : 35]


def test_offsets_place_a_transition_off_its_cut(render: Render) -> None:
    uneven = {"type": "transition", "in_offset": "0.08", "out_offset": "0.32"}

    film = render(timeline(video(plain("#ffffff", 1), uneven, plain("#000000", 1))))

    for frame, part in ((22, 1), (23, 1), (24, 0.9), (32, 0.1), (33, 0)):
        assert close(film.color(frame), grey(part)), frame


@pytest.mark.parametrize("scale", [1, 0.5], ids=["full", "small"])
def test_every_kind_leads_from_one_picture_to_the_other(
    scale: float, render: Render
) -> None:
    kinds = list(XFADE_TRANSITIONS)
    place = {"transform": {"scale": scale}}
    items: list[dict[str, Any]] = []
    for number in range(len(kinds)):
        if items:
            items.append(change("0.24", kinds[number - 1]))
        items.append(plain(("#ff0000", "#0000ff")[number % 2], "0.4", **place))
    items += [change("0.24", kinds[-1]), plain("#00ff00", "0.4", **place)]

    film = render(timeline(video(*items)))

    assert len(film.frames) == 10 * (len(kinds) + 1)
    colors = [(RED, BLUE)[number % 2] for number in range(len(kinds))] + [GREEN]
    for number, kind in enumerate(kinds):
        cut = 10 * (number + 1)
        assert close(film.color(cut - 4), colors[number]), kind
        assert close(film.color(cut + 3), colors[number + 1]), kind
        changing = {film.digests[at] for at in range(cut - 3, cut + 3)}
        assert len(changing) >= 3 or kind == SUDDEN, kind


@pytest.mark.parametrize("scale", [1, 0.5], ids=["full", "small"])
def test_a_transition_leads_from_and_to_nothing(scale: float, render: Render) -> None:
    place = {"transform": {"scale": scale}}
    items = [
        change("0.4"),
        plain("#ffffff", 1, **place),
        change("0.4"),
        gap("0.6"),
        change("0.4", "wipeleft"),
        plain("#ffffff", 1, **place),
        change("0.4"),
    ]

    film = render(timeline(video(*items), background="#000000"))

    parts = {0: 0, 5: 0.5, 10: 1, 19: 1, 25: 0.5, 30: 0, 34: 0, 46: 1, 55: 1, 60: 0.5}
    assert len(film.frames) == 65
    for frame, part in parts.items():
        assert close(film.color(frame), grey(part)), frame
    middle = 40  # the wipe is half done
    assert close(film.color(middle, 0.5 + 0.2 * scale), grey(1))
    assert close(film.color(middle, 0.5 - 0.2 * scale), grey(0))


def test_small_pictures_dissolve_in_their_places(render: Render) -> None:
    left = plain("#ffffff", 1, transform={"scale": 0.25, "x": 0.25})
    right = plain("#ff0000", 1, transform={"scale": 0.25, "x": 0.75})

    film = render(
        timeline(video(plain("#000000", 2)), video(left, change("0.4"), right))
    )

    assert close(film.color(25, 0.25), grey(0.5))
    assert close(film.color(25, 0.75), (128, 0, 0))
    assert close(film.color(25, 0.5), grey(0))
    assert close(film.color(19, 0.25), grey(1))
    assert close(film.color(31, 0.75), RED)
    assert close(film.color(31, 0.25), grey(0))


def test_clips_of_any_kind_and_speed_change_into_each_other(
    media: MediaFolder, render: Render
) -> None:
    items = [
        clip(media.numbered("60", film=1), 0, 2, speed=2),
        change("0.2"),
        plain("#ff0000", "0.6"),
        change("0.2"),
        clip(media.numbered("24", film=2), 1, "0.4", speed="2/3"),
        change("0.2", "slideleft"),
        title("Text", "0.6"),
        change("0.2"),
        clip(media.numbered(film=3), 0, "0.6", transform={"rotation": 20}),
    ]

    film = render(timeline(video(*items), rate="30000/1001"))

    assert len(film.frames) == 102
    assert close(film.color(40), RED)


def test_a_clip_with_transitions_on_both_sides_keeps_its_place(
    media: MediaFolder, render: Render
) -> None:
    source = media.numbered(film=1)
    items = [
        plain("#000000", "0.4"),
        change("0.2"),
        clip(source, 1, "0.4"),
        change("0.2"),
        plain("#000000", "0.4"),
    ]

    film = render(timeline(video(*items)))

    # frames 12 to 17 are shown alone
    assert [film.number(at) for at in range(13, 17)] == [
        2048 + 25 + at - 10 for at in range(13, 17)
    ]


def test_frames_that_a_transition_lacks_are_held_and_told(
    media: MediaFolder, settings: Settings, render: Render
) -> None:
    whole = media.numbered(film=1)
    document = timeline(video(clip(whole), change("0.96"), plain("#000000", 1)))

    warnings = render_here(document, settings=settings, segments="off").warnings
    film = render(document)
    last = render(timeline(video(clip(whole, "3.96", "0.04")))).frames[0]

    assert any("last frame is held" in warning for warning in warnings)
    assert len(film.frames) == 125
    black = np.array([16, 128, 128])[:, None, None]
    for at in (100, 106, 111):
        part = (at - 88) / 24
        mixed = last * (1 - part) + black * part
        assert np.abs(film.frames[at] - mixed).max() < 2, at


def test_the_picture_fades_in_and_out(media: MediaFolder, render: Render) -> None:
    white = media.colors([("white", 50)])
    fades = {"video_fade_in": "0.4", "video_fade_out": "0.8"}

    film = render(
        timeline(
            video(plain("#0000ff", 3)),
            video(
                clip(white, 0, 2, **fades), plain("#ff0000", "0.4", video_fade_in="0.2")
            ),
        )
    )

    def over_blue(part: float) -> tuple[int, int, int]:
        return round(255 * part), round(255 * part), 255

    for frame, part in (
        (0, 0),
        (5, 0.5),
        (10, 1),
        (29, 1),
        (30, 1),
        (40, 0.5),
        (49, 0.05),
    ):
        assert close(film.color(frame), over_blue(part)), frame
    assert close(film.color(50), BLUE)
    assert close(film.color(55), RED)
    assert close(film.color(60), BLUE)


def test_sound_crosses_with_equal_power(media: MediaFolder, render: Render) -> None:
    low, high = media.tone(300), media.tone(1100)

    film = render(timeline(audio(clip(low, 0, 2), change("0.96"), clip(high, 1, 2))))

    assert film.samples.shape[1] == 4 * 48000
    for time, part in ((1.0, 0), (1.76, 0.25), (2.0, 0.5), (2.24, 0.75), (3.0, 1)):
        around = (time - 0.05, time + 0.05)
        down = 0.25 * np.cos(part * np.pi / 2)
        up = 0.25 * np.sin(part * np.pi / 2)
        assert film.level(300, *around) == pytest.approx(down, abs=0.004), time
        assert film.level(1100, *around) == pytest.approx(up, abs=0.004), time


def test_the_sound_of_films_crosses_with_their_pictures(
    media: MediaFolder, render: Render
) -> None:
    one, two = media.numbered(film=1, tone=300), media.numbered(film=2, tone=900)

    film = render(timeline(video(clip(one, 0, 1), change("0.4"), clip(two, 1, 1))))

    assert film.samples.shape[1] == 96000
    assert film.level(300, 0.95, 1.05) == pytest.approx(0.177, abs=0.01)
    assert film.level(900, 0.95, 1.05) == pytest.approx(0.177, abs=0.01)
    assert film.level(300, 1.3, 1.5) < 1e-3
    assert film.level(900, 0.5, 0.7) < 1e-3


def test_a_transition_may_last_for_minutes(render: Render) -> None:
    items = [plain("#ffffff", 200), change(180), plain("#000000", 200)]

    film = render(timeline(video(*items), rate=1))

    assert len(film.frames) == 400
    for frame, part in ((110, 0), (155, 0.25), (200, 0.5), (245, 0.75), (290, 1)):
        assert close(film.color(frame), grey(1 - part)), frame
