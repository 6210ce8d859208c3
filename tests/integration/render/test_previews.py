"""Previews show the entry of the catalogue at the right time of the source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from farm.effects.catalog import read_effect_use
from farm.errors import InvalidOption
from farm.jobs.status import JobKind
from farm.timeline.subtitle_files import read_as_ass, read_subtitle_times
from tests.here import do_here
from tests.integration.render.measure import decode
from tests.integration.render.test_thumbnails import read_number

if TYPE_CHECKING:
    from pathlib import Path

    from farm.settings import Settings
    from tests.integration.render.media import MediaFolder


def _make(kind: JobKind, settings: Settings, **spec: Any) -> Path:  # noqa: ANN401
    return do_here(kind, {"output": "/nowhere/out.png", **spec}, settings=settings).file


def _read(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"))


def _use(text: str) -> dict[str, Any]:
    return read_effect_use(text).model_dump(mode="json")


def test_a_filter_is_applied_to_the_frame_of_the_time(
    media: MediaFolder, settings: Settings
) -> None:
    made = _make(
        JobKind.FILTER_PREVIEW,
        settings,
        path=str(media.numbered()),
        effects=[_use("mirror")],
        at="1.4",
    )

    assert read_number(_read(made)[:, ::-1]) == 35


def test_a_clip_starts_at_the_time_and_lasts_as_long_as_asked(
    media: MediaFolder, settings: Settings
) -> None:
    made = _make(
        JobKind.EFFECT_PREVIEW,
        settings,
        path=str(media.numbered()),
        effects=[_use("brightness=1")],
        at="2",
        duration="0.4",
        output="/nowhere/out.mp4",
    )

    film = decode(made)
    numbers = [read_number(film.rgb(at)) for at in range(len(film.frames))]
    assert numbers == list(range(50, 60))


def test_a_gif_has_the_frames_too(media: MediaFolder, settings: Settings) -> None:
    made = _make(
        JobKind.EFFECT_PREVIEW,
        settings,
        path=str(media.numbered()),
        effects=[_use("grayscale")],
        at="2",
        duration="0.4",
        output="/nowhere/out.gif",
    )

    with Image.open(made) as gif:
        assert getattr(gif, "n_frames", 1) == 10
        assert read_number(np.asarray(gif.convert("RGB"))) == 50


def test_a_transition_is_shown_from_its_start_to_its_end(
    media: MediaFolder, settings: Settings
) -> None:
    red = media.colors([("#ff0000", 50)])
    blue = media.colors([("#0000ff", 50)])
    means = []
    for progress in (0, 0.5, 0.96):
        made = _make(
            JobKind.TRANSITION_PREVIEW,
            settings,
            before=str(red),
            after=str(blue),
            progress=progress,
        )
        means.append(_read(made).mean(axis=(0, 1)))

    assert means[0][0] > 230
    assert abs(means[1][0] - means[1][2]) < 40
    assert means[2][2] > 230


def test_subtitles_appear_at_their_time_of_the_film_and_only_then(
    media: MediaFolder, settings: Settings, tmp_path: Path
) -> None:
    text = tmp_path / "text.srt"
    text.write_text("1\n00:00:02,000 --> 00:00:03,000\nHello\n", encoding="utf-16")
    film = media.colors([("#204060", 100)], size=(640, 384))
    lit = {}
    for at in ("1.9", "2.1", "3.1"):
        made = _make(
            JobKind.SUBTITLE_PREVIEW,
            settings,
            path=str(film),
            subtitles=read_as_ass(text),
            at=at,
        )
        lit[at] = int((_read(made)[192:] > 200).all(axis=-1).sum())

    assert lit["1.9"] == lit["3.1"] == 0
    assert lit["2.1"] > 50


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("blur=x", "'x' is no number"),
        ("mirror=3", "takes 0 values"),
        ("blur=nan", "plain numbers"),
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidOption, match=message):
        read_effect_use(text)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"effects": [{"name": "blurr"}], "at": "1"}, "did you mean blur"),
        ({"effects": [_use("blur=900")], "at": "1"}, "0 to 200"),
        ({"effects": [_use("blur")], "at": "9"}, "no frame at 9 s"),
        ({"effects": [_use("blur")], "at": "1", "output": "/x/o.txt"}, "name it"),
        ({"effects": [_use("blur")], "at": "1", "duration": "0"}, "cannot last 0 s"),
    ],
)
def test_what_cannot_be_is_said(
    media: MediaFolder, settings: Settings, spec: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidOption, match=message):
        _make(JobKind.FILTER_PREVIEW, settings, path=str(media.numbered()), **spec)


def test_a_transition_needs_room_on_both_sides(
    media: MediaFolder, settings: Settings
) -> None:
    film = str(media.numbered())

    with pytest.raises(InvalidOption, match=r"on each side of 0\.1 s"):
        _make(JobKind.TRANSITION_PREVIEW, settings, before=film, after=film, cut="0.1")
    with pytest.raises(InvalidOption, match="4 s long: too short for a transition of"):
        _make(
            JobKind.TRANSITION_PREVIEW, settings, before=film, after=film, seconds="5"
        )


_HEAD = (
    "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\n"
    "Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, MarginL\n"
    "Style: Default,Noto Sans,90,&H00FFFFFF,,\n\n[Events]\n"
)


_FIELDS = "Format: Layer, Start, End, Style, Name, MarginL, MarginR, Effect, Text\n"


@pytest.mark.parametrize(
    "events",
    [
        "Format: Start, End, Style, Text\nDialogue: 0:00:00.00,0:00:02.50,Default,Hi\n",
        f"{_FIELDS}Dialogue: 0,0:00:00.00,0:00:02.50,Default ,,,,,Hi\n",
    ],
)
def test_lines_of_ass_are_read_by_the_fields_that_they_name(
    media: MediaFolder, settings: Settings, tmp_path: Path, events: str
) -> None:
    text = tmp_path / "text.ass"
    text.write_text(_HEAD + events)
    film = media.colors([("#204060", 100)], size=(640, 384))

    assert read_subtitle_times(text) == [["0/100", "250/100"]]
    made = _make(
        JobKind.SUBTITLE_PREVIEW,
        settings,
        path=str(film),
        subtitles=read_as_ass(text),
        at="1",
    )

    assert int((_read(made)[192:] > 200).all(axis=-1).sum()) > 50


@pytest.mark.parametrize("text", ["", "\0\1", "[Events]\nStyle: a,,\n", "1\n00:00"])
def test_what_holds_no_subtitles_is_said(tmp_path: Path, text: str) -> None:
    path = tmp_path / "text.ass"
    path.write_text(text)
    with pytest.raises(InvalidOption, match=r"text\.ass holds no subtitles"):
        read_as_ass(path)
    with pytest.raises(InvalidOption, match=r"text\.ass holds no subtitles"):
        read_subtitle_times(path)
