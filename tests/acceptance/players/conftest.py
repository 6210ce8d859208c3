"""Real players in a real browser: Chromium of the system, players from npm."""

from __future__ import annotations

import functools
import shutil
import subprocess
import threading
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from farm import Farm
from tests.numbered import make_numbered_film

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

HERE = Path(__file__).parent
CACHE = HERE.parents[2] / ".players"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
_INSTALL_SECONDS = 300


class Open(Protocol):
    """Opens a page with a player, which sees a folder under ``/made/``."""

    def __call__(self, folder: Path) -> Page:
        """Return the page."""


@pytest.fixture(scope="session")
def players() -> Path:
    """Return the folder of the players; install them once."""
    npm = shutil.which("npm")
    wanted = (HERE / "package.json").read_text(encoding="utf-8")
    stamp = CACHE / "installed.json"
    if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted):
        if npm is None:
            pytest.skip("npm is not installed, from which the players come")
        CACHE.mkdir(exist_ok=True)
        shutil.copy(HERE / "package.json", CACHE)
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund"]
        made = subprocess.run(
            [npm, "install", *quiet],
            cwd=CACHE,
            capture_output=True,
            text=True,
            timeout=_INSTALL_SECONDS,
            check=False,
        )
        if made.returncode:
            pytest.skip(f"the players cannot be had from npm: {made.stderr[-300:]}")
        stamp.write_text(wanted, encoding="utf-8")
    return CACHE / "node_modules"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a browser without a window."""
    from playwright import sync_api as driver  # of the tests' own packages

    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        pytest.skip("Chromium is not installed")
    with driver.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, players: Path, tmp_path: Path) -> Iterator[Open]:
    """Return what opens a page that reads over HTTP, as a player does."""
    root = tmp_path / "site"
    root.mkdir()
    (root / "players").symlink_to(players)
    shutil.copy(HERE / "player.html", root)
    with _serve(root) as address:
        context = browser.new_context(viewport={"width": 760, "height": 460})

        def open_it(folder: Path) -> Page:
            (root / "made").symlink_to(folder)
            page = context.new_page()
            page.goto(f"{address}/player.html")
            return page

        yield open_it
        context.close()


@contextmanager
def _serve(folder: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files that may change at any moment; says nothing."""

    extensions_map = {  # noqa: RUF012  # as the class above has it
        **SimpleHTTPRequestHandler.extensions_map,
        ".m3u8": "application/vnd.apple.mpegurl",
        ".mpd": "application/dash+xml",
        ".m4s": "video/iso.segment",
        ".vtt": "text/vtt",
    }

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    """Return a farm with short segments."""
    folder = tmp_path_factory.mktemp("farm")
    with Farm.local(folder, cpu_slots=2, segment_seconds=2) as farm:
        yield farm


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return forty seconds of numbered frames with a tone."""
    return make_numbered_film(tmp_path_factory.mktemp("film") / "film.mp4", seconds=40)
