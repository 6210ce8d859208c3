"""Sources and storage with any name that a file may have."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from farm.settings import Settings
from tests.here import frame_here, render_here
from tests.integration.render.measure import close, decode
from tests.integration.render.timelines import (
    audio,
    clip,
    still,
    timeline,
    title,
    video,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.media import MediaFolder

NAMES = [
    'it\'s "quoted"',
    "-option",
    "100%d %03d %%",
    "a:b,c;d",
    "[in]{x}*?~",
    "back\\slash",
    "new\nline",
    "http: x",
    "file:y",
    "пример ü 日本",
    "$(touch x) `id` & |",
    " space ",
    "pipe:0",
    "concat:a|b",
    "#hash=1@2",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_name(name: str, media: MediaFolder, tmp_path: Path) -> None:
    folder = tmp_path / name.replace("/", "")
    folder.mkdir()
    film, tone, picture = (
        folder / f"{name}{suffix}" for suffix in (".mp4", ".wav", ".png")
    )
    shutil.copy(media.numbered(film=1), film)
    shutil.copy(media.tone(500), tone)
    shutil.copy(media.still("red.png", "color=red:s=64x64,format=rgb24"), picture)
    document = timeline(
        video(clip(film, 1, "0.2"), still(picture, "0.2", fit="stretch")),
        video(title(name, "0.2", size=20)),
        audio(clip(tone, 0, "0.4")),
    )
    settings = Settings(storage=folder / "storage", scratch=folder / "scratch")

    done = render_here(document, settings=settings, segments="0.2")
    film_made = decode(done.file)
    frame = decode(frame_here(document, "0.3", settings=settings).file)

    assert len(film_made.frames) == 10
    assert close(film_made.color(7), (255, 0, 0))
    assert film_made.pitch(0.1, 0.3) == pytest.approx(500, abs=2)
    assert tuple(frame.stored_rgb[48, 80]) == pytest.approx((255, 0, 0), abs=3)
