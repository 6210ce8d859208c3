"""The documents name commands and files that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from farm.cli.app import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")],
    key=lambda path: path.as_posix(),
)
_COMMAND = re.compile(
    r"(?:^|[`\s/])(?<!from )farm (?!=)([a-z][a-z-]*)(?: (cpu|gpu)\b)?", re.MULTILINE
)
_TARGET = re.compile(r"\bmake ([a-z][a-z-]+)\b")
_FILE = re.compile(r"`((?:farm|workers|tests|config|docs|benchmarks)/[\w./-]+)`")
_FENCED = re.compile(r"```\w*\n(.*?)```|`([^`\n]+)`", re.DOTALL)


def _commands() -> set[str]:
    group = typer.main.get_group(app)
    return set(group.commands)


def _code_of(document: Path) -> str:
    text = document.read_text(encoding="utf-8")
    return "\n".join(a or b for a, b in _FENCED.findall(text))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_that_is_named_exists(document: Path) -> None:
    named = {match[1] for match in _COMMAND.finditer(_code_of(document))}

    assert named <= _commands()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]+):", makefile, re.MULTILINE))
    named = {match[1] for match in _TARGET.finditer(_code_of(document))}

    assert named <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_is_named_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")

    assert [name for name in _FILE.findall(text) if not (ROOT / name).exists()] == []


def test_the_readme_has_a_line_for_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [name for name in _commands() if f"`farm {name}" not in readme] == []


@pytest.mark.parametrize("name", ["operations.md", "security.md"])
def test_every_chapter_of_promises_names_its_tests(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    chapters = [each for each in text.split("\n## ") if "\n|" in each]

    untested = {each.splitlines()[0] for each in chapters if "`tests/" not in each}
    assert untested <= {"The model"}  # it says who is trusted
