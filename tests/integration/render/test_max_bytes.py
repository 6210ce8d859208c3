"""A file has no more bytes than it may have, and makes use of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from farm.errors import InvalidOption
from farm.ffmpeg.verify import scan_picture
from farm.jobs.table import JobTable
from tests.here import render_here
from tests.integration.render.measure import decode
from tests.integration.render.timelines import change, clip, plain, timeline, video

if TYPE_CHECKING:
    from pathlib import Path

    from farm.settings import Settings
    from tests.here import Done
    from tests.integration.render.media import MediaFolder

FRAMES = 100


@pytest.fixture
def document(media: MediaFolder) -> dict[str, Any]:
    """Return a calm part, then a restless one, with sound."""
    noisy = media.make(
        "restless.mkv",
        *("-f", "lavfi", "-i", "testsrc2=size=320x192:rate=25:duration=3"),
        *("-f", "lavfi", "-i", "sine=frequency=440:duration=3"),
        *("-vf", "noise=alls=20:allf=t:all_seed=7,format=yuv420p"),
        *("-c:v", "ffv1", "-c:a", "flac"),
    )
    return timeline(
        video(
            clip(media.numbered(film=3, tone=300), 0, "2"),
            change("0.4"),
            clip(noisy, "0.4", "2"),
        ),
        width=320,
        height=192,
    )


def pieces(done: Done) -> list[dict[str, Any]]:
    found = sorted(done.results.items())
    return [
        result
        for name, result in found
        if name.startswith("segment-") and isinstance(result, dict)
    ]


def check(done: Done, most: int) -> None:
    size = done.file.stat().st_size
    assert 0.9 * most <= size <= most
    output = done.results["output"]
    assert isinstance(output, dict)
    assert output["facts"]["max_bytes"] == most  # type: ignore[index,call-overload]  # JSON
    assert len(pieces(done)) > 1
    assert scan_picture(done.file, decode=True).frames == FRAMES
    crfs = [piece["crf"] for piece in pieces(done)]
    assert max(crfs) - min(crfs) < 5, "about one quality"


@pytest.mark.parametrize("most", [120_000])
def test_a_file_has_no_more_bytes_than_it_may_have(
    most: int, document: dict[str, Any], settings: Settings
) -> None:
    done = render_here(
        document,
        settings=settings,
        preset="source",
        suffix=".mp4",
        segments="1",
        max_bytes=most,
    )

    check(done, most)
    assert not done.task_warnings


@pytest.mark.slow
@pytest.mark.parametrize(
    ("preset", "suffix"),
    [
        ("source", ".mkv"),
        ("hevc-1080p", ".mp4"),
        ("vp9-1080p", ".webm"),
        ("av1-1080p", ".mp4"),
    ],
)
def test_other_codecs_and_containers_keep_to_it_too(
    preset: str, suffix: str, document: dict[str, Any], own_size: Settings
) -> None:
    done = render_here(
        document,
        settings=own_size,
        preset=preset,
        suffix=suffix,
        segments="1",
        max_bytes=300_000,
    )

    check(done, 300_000)


def test_sound_gives_way_to_the_picture(
    document: dict[str, Any], settings: Settings
) -> None:
    done = render_here(
        document,
        settings=settings,
        preset="source",
        suffix=".mp4",
        segments="1",
        max_bytes=60_000,
    )

    assert 0.85 * 60_000 <= done.file.stat().st_size <= 60_000
    (warning,) = done.warnings
    assert "its sound has 32 kbit/s instead of 192" in warning
    assert decode(done.file).pitch(0.1, 0.7) == pytest.approx(300, abs=2)


@pytest.mark.parametrize("most", [1000, 24_500])
def test_what_cannot_be_as_small_is_refused(
    most: int, document: dict[str, Any], settings: Settings
) -> None:
    with pytest.raises(InvalidOption, match=f"cannot be kept within {most} bytes"):
        render_here(
            document,
            settings=settings,
            preset="source",
            suffix=".mp4",
            segments="1",
            max_bytes=most,
        )


def test_what_needs_no_more_is_said(settings: Settings) -> None:
    done = render_here(
        timeline(video(plain("#336699", 1)), width=320, height=192),
        settings=settings,
        preset="source",
        suffix=".mp4",
        max_bytes=1_000_000,
    )

    assert done.file.stat().st_size < 20_000
    assert pieces(done)[0]["crf"] == 4
    (warning,) = done.task_warnings
    assert "of the 1000000 bytes that it may have" in warning


@pytest.mark.slow
def test_what_was_weighed_is_not_weighed_again(
    document: dict[str, Any], settings: Settings
) -> None:
    table = JobTable.open(settings.database, max_attempts=3)

    def render(most: int) -> tuple[Path, dict[str, bool]]:
        done = render_here(
            document,
            settings=settings,
            preset="source",
            suffix=".mp4",
            segments="2",
            max_bytes=most,
            table=table,
        )
        reused = {
            name.partition("-")[0]: isinstance(result, dict) and "reused_from" in result
            for name, result in done.results.items()
        }
        return done.file, reused

    first, _ = render(200_000)
    _, other = render(150_000)
    again, all_of_it = render(200_000)

    assert (other["weigh"], other["segment"]) == (True, False)
    assert (all_of_it["weigh"], all_of_it["segment"]) == (True, True)
    assert again.read_bytes() == first.read_bytes()
