"""What makes a test be skipped is told in CONTRIBUTING.md."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_ROW = re.compile(r"^\| (.+?) \| .* \|$", re.MULTILINE)
_CALLS = {"pytest.skip", "pytest.mark.skip", "pytest.mark.skipif"}


def _is_skip(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in _CALLS


def _skips(path: Path) -> list[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_skip(node)
    ]


FILES = [path for path in sorted((ROOT / "tests").rglob("*.py")) if _skips(path)]


def _told() -> list[str]:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.partition("## What is skipped")[2].partition("\n## ")[0]
    words = ", ".join(_ROW.findall(table)[1:])
    return [word.strip(" `").lower() for word in words.split(",")]


def test_what_is_skipped_is_listed() -> None:
    assert len(_told()) > 10
    assert len(FILES) > 20


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_reason_is_told(path: Path) -> None:
    for call in _skips(path):
        reason = ast.unparse(call).lower()
        assert any(word in reason for word in _told()), ast.unparse(call)


def test_no_test_is_skipped_for_want_of_a_package_of_the_tests() -> None:
    for path in (ROOT / "tests").rglob("*.py"):
        assert "import" + "orskip" not in path.read_text(encoding="utf-8"), path
