"""No call of FFmpeg or PyAV goes past the lists of what it may open."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path for part in ("farm", "workers") for path in (ROOT / part).rglob("*.py")
)
#: Which files may start a process, and why.
STARTS = {
    "farm/ffmpeg/start.py": "FFmpeg, in its box",
    "farm/ffmpeg/run.py": "FFmpeg that tells of itself and reads nothing",
    "farm/ffmpeg/launcher.py": "what starts FFmpeg",
    "farm/embedded/children.py": "Valkey, coordinator, workers, Flower",
}
#: Other ways to open media than `av.open`.
OPENERS = {"open", "InputContainer", "OutputContainer", "Container"}


def _calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_media_are_opened_by_pyav_in_one_file() -> None:
    found = {
        _name(path)
        for path in SOURCES
        for called, _ in _calls(path)
        if called.startswith("av.") and called.rpartition(".")[2] in OPENERS
    }
    assert found == {"farm/ffmpeg/open.py"}


def test_pyav_gives_nobody_its_way_of_opening() -> None:
    """Not by ``from av import open`` either."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module in {
                "av",
                "av.container",
            }:
                opens = {each.name for each in node.names} & {"open"}
                assert not opens, _name(path)


def test_every_file_that_pyav_reads_has_the_lists() -> None:
    (path,) = (path for path in SOURCES if _name(path) == "farm/ffmpeg/open.py")
    reads, writes = (
        [call for called, call in _calls(path) if called == "av.open" and test(call)]
        for test in (_is_read, lambda call: not _is_read(call))
    )
    for call in reads:
        (options,) = (word.value for word in call.keywords if word.arg == "options")
        assert "_OPTIONS" in ast.unparse(options)
    assert len(reads) == len(writes) == 1


def _is_read(call: ast.Call) -> bool:
    modes = [word.value for word in call.keywords if word.arg == "mode"]
    return any(isinstance(mode, ast.Constant) and mode.value == "r" for mode in modes)


def test_processes_are_started_in_the_listed_files() -> None:
    starts = {"Popen", "run", "call", "check_call", "check_output", "getoutput"}
    found = {
        _name(path)
        for path in SOURCES
        for called, _ in _calls(path)
        if called.startswith("subprocess.") and called.rpartition(".")[2] in starts
    }
    assert found == set(STARTS)
    others = {"os.system", "os.popen", "os.posix_spawn", "os.posix_spawnp"}
    for path in SOURCES:
        called = {name for name, _ in _calls(path)}
        assert not called & others, _name(path)
        assert not {name for name in called if name.startswith("os.spawn")}, path


def test_the_runner_guards_what_it_starts() -> None:
    text = (ROOT / "farm" / "ffmpeg" / "run.py").read_text(encoding="utf-8")
    (run,) = (
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and node.name == "run"
    )
    order = ["guard" in ast.unparse(line) for line in run.body]
    started = ["open_process" in ast.unparse(line) for line in run.body]
    assert order.index(True) < started.index(True)


@pytest.mark.parametrize("word", ["pickle", "marshal", "shelve", "dill", "yaml.load"])
def test_nothing_is_read_that_could_run_code(word: str) -> None:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [each.name for each in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            elif isinstance(node, ast.Call):
                names = [ast.unparse(node.func)]
            assert word not in names, _name(path)
