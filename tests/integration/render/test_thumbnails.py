"""Thumbnails are the frames they should be, and never black."""

from __future__ import annotations

import tarfile
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from farm.jobs.status import JobKind
from tests.here import do_here

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import JsonValue

    from farm.settings import Settings
    from tests.integration.render.media import MediaFolder


def read_number(picture: np.ndarray) -> int:
    """Return the number that a frame carries: sixteen blocks, the lowest bit first."""
    height, width = picture.shape[:2]
    row = picture[height // 6].astype(float).mean(axis=-1)
    block = width // 16
    return sum(1 << bit for bit in range(11) if row[bit * block + block // 2] > 127)


def _thumbnails(
    path: Path, folder: Path, settings: Settings, **options: JsonValue
) -> list[tuple[np.ndarray, dict[str, str]]]:
    spec: JsonValue = {
        "path": str(path),
        "output": "/nowhere/out",
        "width": 160,
        "format": "png",
        **options,
    }
    done = do_here(JobKind.THUMBNAILS, spec, settings=settings)
    result: Any = done.results["output"]
    folder.mkdir(exist_ok=True)
    with tarfile.open(done.file) as archive:
        archive.extractall(folder, filter="data")
    return [
        (np.asarray(Image.open(folder / member["name"])), member["facts"])
        for member in result["members"]
    ]


@pytest.mark.parametrize(
    "codec",
    [
        "h264", "h264-open-gop", "h264-open-gop-ts", "h264-stream", "hevc-open-gop",
        "mpeg2-ps", "mpeg4-avi", "vp8-webm", "vp9-webm", "prores-mov",
    ],
)  # fmt: skip
def test_an_exact_thumbnail_is_the_frame_in_the_middle_of_its_part(
    media: MediaFolder, settings: Settings, tmp_path: Path, codec: str
) -> None:
    film = media.numbered(codec=codec)

    found = _thumbnails(film, tmp_path, settings, count=5, exact=True)

    assert [read_number(picture) for picture, _ in found] == [10, 30, 50, 70, 90]


def test_a_frame_of_a_variable_rate_is_the_one_shown_then(
    media: MediaFolder, settings: Settings, tmp_path: Path
) -> None:
    film = media.numbered(
        "60", 4, codec="h264-mkv", tag="variable",
        picks="not(mod(n,7))+not(mod(n,11))+not(mod(n,5))",
    )  # fmt: skip

    found = _thumbnails(film, tmp_path, settings, count=6, exact=True)

    for picture, facts in found:
        number, wanted = read_number(picture), Fraction(facts["wanted"]) * 60
        shown = [n for n in range(240) if not (n % 7 and n % 11 and n % 5)]
        assert number == max(n for n in shown if n <= wanted + Fraction(1, 10))


@pytest.mark.parametrize("codec", ["h264", "h264-open-gop", "hevc-open-gop"])
def test_a_thumbnail_is_a_key_frame_where_its_part_has_one(
    media: MediaFolder, settings: Settings, tmp_path: Path, codec: str
) -> None:
    found = _thumbnails(media.numbered(codec=codec), tmp_path, settings, count=4)

    for at, (picture, facts) in enumerate(found):
        number = read_number(picture)
        assert facts["is_key"]
        assert 25 * at <= number < 25 * (at + 1)
        assert Fraction(facts["time"]) == Fraction(number, 25)


def test_pictures_differ_where_key_frames_are_far_apart(
    media: MediaFolder, settings: Settings, tmp_path: Path
) -> None:
    film = media.numbered(codec="h264-long-gop")

    found = _thumbnails(film, tmp_path, settings, count=10)

    for at, (picture, _) in enumerate(found):
        assert 10 * at <= read_number(picture) < 10 * (at + 1)


def test_black_at_the_start_is_left_out_unless_it_is_asked_for(
    media: MediaFolder, settings: Settings, tmp_path: Path
) -> None:
    film = media.colors([("#000000", 60), ("#c08040", 40), ("#40a0c0", 40)])

    found = _thumbnails(film, tmp_path / "a", settings, count=7)
    plain = _thumbnails(film, tmp_path / "b", settings, count=7, representative=False)

    assert len(found) == len(plain) == 7
    assert min(picture.mean() for picture, _ in found) > 60
    assert plain[0][0].mean() < 5


def _film(media: MediaFolder, name: str, filters: str) -> Path:
    """Return eight seconds with a key frame each second, through filters."""
    return media.make(
        f"{name}.mp4",
        *("-f", "lavfi", "-i", "testsrc2=s=160x96:r=25:d=8", "-vf", filters),
        *("-c:v", "libx264", "-preset", "veryfast", "-g", "25", "-bf", "2"),
    )


@pytest.mark.parametrize(
    ("name", "filters"),
    [
        ("fade-in", "fade=t=in:st=0:d=2.5"),
        ("fade-out", "fade=t=out:st=5.5:d=2.5"),
        ("fades", "fade=t=in:st=0.5:d=2,fade=t=out:st=6:d=1.5"),
        ("flash", "drawbox=c=white:t=fill:enable='between(t,3.2,3.6)'"),
        ("from-white", "fade=t=in:d=2.5:c=white,fade=t=out:st=6:d=2:c=white"),
    ],
)
def test_no_thumbnail_is_faded_or_plain(
    media: MediaFolder, settings: Settings, tmp_path: Path, name: str, filters: str
) -> None:
    film = _film(media, name, f"{filters},format=yuv420p")
    clear = _film(media, "clear", "format=yuv420p")

    found = _thumbnails(film, tmp_path / "a", settings, count=6)
    plain = _thumbnails(film, tmp_path / "b", settings, count=6, representative=False)
    usual = _thumbnails(clear, tmp_path / "c", settings, count=6)

    least = 0.45 * min(picture.std() for picture, _ in usual)
    assert min(picture.std() for picture, _ in plain) < least
    assert min(picture.std() for picture, _ in found) > least
    times = [float(Fraction(facts["time"])) for _, facts in found]
    assert times == sorted(set(times))


def test_a_dark_scene_at_the_start_is_no_fade(
    media: MediaFolder, settings: Settings, tmp_path: Path
) -> None:
    film = _film(media, "night", "eq=brightness=-0.35:enable='lt(t,2)',format=yuv420p")

    found = _thumbnails(film, tmp_path, settings, count=6)

    assert float(Fraction(found[0][1]["time"])) < 8 / 6
    assert found[0][0].mean() < 0.6 * found[3][0].mean()


def test_a_dissolve_is_not_taken_for_a_fade(
    media: MediaFolder, settings: Settings, tmp_path: Path
) -> None:
    """From a dark picture to a light one, both of which are shown."""
    film = media.make(
        "dissolve.mp4",
        *("-f", "lavfi", "-i", "testsrc2=s=160x96:r=25:d=5,eq=brightness=-0.3"),
        *("-f", "lavfi", "-i", "testsrc2=s=160x96:r=25:d=5"),
        *("-filter_complex", "xfade=transition=fade:duration=2:offset=3"),
        *("-c:v", "libx264", "-preset", "veryfast", "-g", "25"),
    )

    found = _thumbnails(film, tmp_path, settings, count=5)

    means = [picture.mean() for picture, _ in found]
    assert means[0] < 0.7 * means[-1]
    assert float(Fraction(found[0][1]["time"])) < 8 / 5


def test_a_turned_film_is_upright_and_keeps_its_shape(
    media: MediaFolder, settings: Settings, tmp_path: Path
) -> None:
    film = media.copied(media.quadrants(), "turned.mp4", "<-display_rotation", "<90")

    ((picture, _),) = _thumbnails(film, tmp_path, settings, count=1, width=96)

    assert picture.shape == (160, 96, 3)
    assert picture[20, 20].argmax() == 1  # green, which was upper right
