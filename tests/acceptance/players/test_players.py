"""What the farm writes for players, read by hls.js, dash.js and video.js."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.numbered import HEIGHT, WIDTH

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from farm import Farm
    from tests.acceptance.players.conftest import Open

pytestmark = [pytest.mark.slow, pytest.mark.timeout(420)]

FPS = 25
SECONDS = 40
DEADLINE_SECONDS = 120.0
#: Frames are 0.04 s long; a player's times are in microseconds.
NEAR = 0.001


@pytest.fixture(scope="module")
def ladder(farm: Farm, film: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ladder") / "film"
    # 352x192 is smaller than the rung of 240 lines, which is made of its own size
    farm.ladder(film, folder).result(timeout=DEADLINE_SECONDS)
    return folder


def take_picture(page: Page, name: str) -> None:
    """Leave a picture of the page for whoever wants to look, where one is wanted."""
    if folder := os.environ.get("PLAYER_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png")


def read(page: Page) -> dict[str, Any]:
    state: dict[str, Any] = page.evaluate("state()")
    assert state["errors"] == []
    return state


def wait_for(page: Page, what: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not what(state := read(page)):
        assert time.monotonic() < deadline, state
        page.wait_for_timeout(100)
    return state


def check_frames(page: Page, *, count: int = 10) -> None:
    """Compare frames that play with the times at which the player shows them."""
    for _ in range(count):
        frame = page.evaluate("nextFrame()")
        assert frame["number"] == pytest.approx(frame["time"] * FPS, abs=NEAR * FPS)


def check_seeks(page: Page, *frames: int) -> None:
    """Seek into the middle of frames; exactly these are shown."""
    for number in frames:
        shown = page.evaluate(f"seek({(number + 0.5) / FPS})")
        assert shown["number"] == number
        assert shown["time"] == pytest.approx(number / FPS, abs=NEAR)


def check_playing(page: Page) -> None:
    """See that time runs, with picture and sound, from the first frame on."""
    state = wait_for(page, lambda state: state["time"] > 1)
    assert state["size"] == [WIDTH, HEIGHT]
    assert state["soundBytes"] > 0
    assert state["bufferedFrom"] == pytest.approx(0, abs=NEAR)
    assert state["ranges"] == 1
    check_frames(page)


def test_hls_js_plays_a_ladder(ladder: Path, open_page: Open) -> None:
    page = open_page(ladder)
    page.evaluate("playHls('/made/index.m3u8')")
    check_playing(page)
    assert read(page)["duration"] == pytest.approx(SECONDS, abs=0.05)
    tracks = page.evaluate("hls.audioTracks.map((track) => track.name)")
    assert tracks == ["audio"]
    check_seeks(page, 0, 333, 700, 999, 12)
    take_picture(page, "hls")


def test_dash_js_plays_a_ladder(ladder: Path, open_page: Open) -> None:
    page = open_page(ladder)
    page.evaluate("playDash('/made/manifest.mpd')")
    check_playing(page)
    assert read(page)["duration"] == pytest.approx(SECONDS, abs=0.05)
    check_seeks(page, 0, 333, 700, 999, 12)
    take_picture(page, "dash")


def test_hls_js_plays_what_still_grows(
    farm: Farm, film: Path, open_page: Open, tmp_path: Path
) -> None:
    folder = tmp_path / "growing"
    # large frames: the render takes longer than the player to start
    job = farm.preview(film, folder, hls=True, width=2560)
    index = folder / "index.m3u8"
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not index.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    page = open_page(folder)
    page.evaluate("playHls('/made/index.m3u8', { startPosition: 0 })")
    state = wait_for(page, lambda state: state["time"] > 1)
    assert not job.status.is_final, "it was played after its end"
    assert state["soundBytes"] > 0
    before = state["duration"]
    take_picture(page, "growing")
    check_frames(page, count=3)
    wait_for(page, lambda state: state["duration"] > before)  # it has grown
    job.result(timeout=3 * DEADLINE_SECONDS)
    wait_for(page, lambda state: state["duration"] > SECONDS - 0.1)
    check_seeks(page, 0, 700, 990)


def test_a_players_plugin_shows_the_picture_of_a_time(
    farm: Farm, film: Path, open_page: Open, tmp_path: Path
) -> None:
    folder = tmp_path / "board"
    farm.storyboard(film, folder, every=1, columns=8, width=WIDTH // 2).result(
        timeout=DEADLINE_SECONDS
    )
    page = open_page(folder)
    page.evaluate(
        """async () => {
          await load("/players/video.js/dist/video.js");
          await load("/players/videojs-vtt-thumbnails/dist/videojs-vtt-thumbnails.js");
          window.player = videojs("video");
          player.vttThumbnails({ src: "/made/storyboard.vtt" });
        }"""
    )
    page.wait_for_function("(player.vttThumbnails.vttData || []).length")
    styles = page.evaluate(
        """player.vttThumbnails.vttData.map(({ start, end, css }) =>
          [start, end, css.background, css.width, css.height]
        )"""
    )
    assert [cue[:2] for cue in styles] == [[at, at + 1] for at in range(SECONDS)]
    for at, _, *style in styles:
        number = page.evaluate(
            """async ([background, width, height]) => {
              const [_, url, x, y] =
                background.match(/url\\("(.*)"\\) no-repeat -(\\d+)px -(\\d+)px/);
              const sheet = new Image();
              sheet.src = url;
              await sheet.decode();
              const part = [Number(x), Number(y), parseInt(width), parseInt(height)];
              return readNumber(sheet, part);
            }""",
            style,
        )
        assert at * FPS <= number < (at + 1) * FPS
    page.evaluate(
        """() => {
          document.body.replaceChildren(document.createElement("div"));
          Object.assign(
            document.body.firstChild.style, player.vttThumbnails.getStyleForTime(20)
          );
        }"""
    )
    take_picture(page, "storyboard")
