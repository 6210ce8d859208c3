"""Cut and turned files: facts or a sentence, never a crash, never more than asked.

Each is known by its name again: the same seed damages the same bits.
"""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from farm.errors import FarmError, InvalidTimeline
from farm.ffmpeg.box import Box
from farm.ffmpeg.command import Command
from farm.timeline.load import load_timeline
from tests.hostile.files import flips, truncations, write_all
from tests.integration.ffmpeg.processes import run_it

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "media"
BROKEN = sorted(SHARED.glob("broken/*.*"))
FORBIDDEN = ("mistake in the farm", "Traceback", "None")


def _probe_all(paths: Sequence[Path], folder: Path) -> dict[str, str]:
    """Probe files in a process of their own; return what was said of each."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.probe_all", str(folder)],
        input="".join(f"{path}\n" for path in paths),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=500,
    )
    lines = done.stdout.splitlines()
    assert done.returncode == 0, f"{lines[-1:]}: {done.stderr[-2000:]}"
    said = dict(line.split(" ", 1) for line in lines)
    assert len(said) == len(paths)
    return said


def _check(said: dict[str, str]) -> None:
    for name, sentence in said.items():
        assert not [word for word in FORBIDDEN if word in sentence], (name, sentence)
        assert "\\n" not in sentence, (name, sentence)


def _decode(ffmpeg: Path, path: Path, scratch: Path) -> str:
    command = Command(
        arguments=("-i", f"file:{path}", "-t", "5", "-f", "null", "-"),
        output="-",
        sources=(str(path),),
    )
    box = Box(roots=(path.parent.resolve(),), memory_bytes=1_000_000_000)
    try:
        run_it(ffmpeg, scratch, command, box=box, stall_seconds=20, limit_seconds=60)
    except FarmError as error:
        return f"{type(error).__name__} {error.message}"
    return "decoded"


def _crashes(said: dict[str, str]) -> list[str]:
    return [name for name, sentence in said.items() if "SIGSEGV" in sentence]


@pytest.mark.parametrize("seed", [1])
def test_some_damaged_files(
    made: dict[str, bytes], ffmpeg: Path, tmp_path: Path, seed: int
) -> None:
    """The short form: each kind cut three ways and turned once."""
    folder, scratch = tmp_path / "media", tmp_path / "scratch"
    folder.mkdir()
    scratch.mkdir()
    damaged = itertools.chain(
        itertools.islice(truncations(made, every=6), 0, 60),
        flips(made, seeds=range(seed, seed + 2)),
    )
    paths = write_all(damaged, folder)
    assert len(paths) > 60
    said = _probe_all(paths, folder)
    _check(said)
    kinds = {sentence.split()[0] for sentence in said.values()}
    assert {"facts", "MediaUnreadable"} <= kinds
    decoded = {path.name: _decode(ffmpeg, path, scratch) for path in paths[::8]}
    _check(decoded)
    assert not _crashes(decoded)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_every_cut_and_many_turned_files(
    made: dict[str, bytes], ffmpeg: Path, tmp_path: Path
) -> None:
    """The long form: every 4 KiB of every kind, and ten seeds of turned bits."""
    folder, scratch = tmp_path / "media", tmp_path / "scratch"
    folder.mkdir()
    scratch.mkdir()
    damaged = itertools.chain(truncations(made), flips(made, seeds=range(100, 116)))
    paths = write_all(damaged, folder)
    assert len(paths) >= 500
    _check(_probe_all(paths, folder))
    decoded = {path.name: _decode(ffmpeg, path, scratch) for path in paths}
    _check(decoded)
    assert not _crashes(decoded)


@pytest.mark.skipif(not BROKEN, reason="the broken media are not at hand")
def test_broken_files_of_others(ffmpeg: Path, tmp_path: Path) -> None:
    said = _probe_all(BROKEN, SHARED)
    _check(said)
    assert len({sentence.split()[0] for sentence in said.values()}) > 1
    decoded = {path.name: _decode(ffmpeg, path, tmp_path) for path in BROKEN}
    _check(decoded)
    assert not _crashes(decoded)


CLIP = {
    "type": "clip",
    "name": "a",
    "media": {"type": "file", "path": "/a.mp4"},
    "source_range": {"start": 0, "duration": "1/3"},
    "speed": 2,
    "transform": {"x": 0.5, "scale": 1},
    "effects": [{"name": "blur", "parameters": {"radius": 3}}],
}
TIMELINE = {
    "format": "farm-timeline/1",
    "rate": "30000/1001",
    "width": 1280,
    "height": 720,
    "tracks": [
        {"kind": "video", "items": [CLIP, {"type": "gap", "duration": 1}, CLIP]},
        {"kind": "audio", "items": [CLIP]},
    ],
}
ODD: tuple[Any, ...] = (
    *(None, True, -1, 0, 1e308, -1e-300, 2**63, 10**400, "", "\0", "\ud800", "1/0"),
    *("9" * 5000, "NaN", "../" * 200, "{\\an8}", "%{pts}", "'; movie=/etc/passwd"),
    *([], {}, [[]], [None] * 50, {"type": "clip"}, {"a": {"b": {"c": {}}}}),
)


def _places(document: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
    pairs = (
        document.items()
        if isinstance(document, dict)
        else enumerate(document)
        if isinstance(document, list)
        else ()
    )
    for key, value in pairs:
        yield (*before, key)
        yield from _places(value, (*before, key))


def _changed(seed: int) -> Any:  # noqa: ANN401
    chance = random.Random(seed)  # noqa: S311  # to be repeated
    document = json.loads(json.dumps(TIMELINE))
    for _ in range(chance.choice((1, 1, 2, 5))):
        *before, last = chance.choice(list(_places(document)))
        held = document
        for key in before:
            held = held[key]
        if chance.random() < 0.2:
            del held[last]
            break
        held[last] = chance.choice(ODD)
    return document


@pytest.mark.parametrize("seeds", [range(600)])
def test_a_changed_timeline_is_loaded_or_its_problems_are_told(seeds: range) -> None:
    loaded, told = 0, dict[int, InvalidTimeline]()
    for seed in seeds:
        try:
            load_timeline(_changed(seed))
            loaded += 1
        except InvalidTimeline as error:
            told[seed] = error
    assert loaded > 10
    assert len(told) > 100
    for seed, problem in told.items():
        assert "\n" not in problem.message, seed
        assert problem.facts["problems"], seed


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_timeline_file_is_refused_in_a_sentence(
    seed: int, tmp_path: Path
) -> None:
    data = bytearray(json.dumps(TIMELINE).encode())
    chance = random.Random(seed)  # noqa: S311
    for _ in range(chance.choice((1, 3, 30))):
        data[chance.randrange(len(data))] = chance.randrange(256)
    path = tmp_path / "timeline.json"
    path.write_bytes(data[: chance.choice((len(data), chance.randrange(len(data))))])
    try:
        load_timeline(path)
    except InvalidTimeline as error:
        said = error.message
    else:
        said = "loaded"
    assert "\n" not in said
