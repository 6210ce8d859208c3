"""`config/farm.toml` lists every setting with its default."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import PydanticUndefined

from farm.settings import Settings

FILE = Path(__file__).parents[2] / "config" / "farm.toml"
TEXT = FILE.read_text(encoding="utf-8")
_SETTING = re.compile(r"^(# )?(\w+) = (.*)$", re.MULTILINE)


def _plain(value: object) -> Any:  # noqa: ANN401  # what TOML can hold
    return [str(each) for each in value] if isinstance(value, list) else value


def test_every_setting_is_listed_once_in_order() -> None:
    listed = [match[2] for match in _SETTING.finditer(TEXT)]

    assert listed == list(Settings.model_fields)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_has_a_line_of_words_above_it(name: str) -> None:
    lines = TEXT.splitlines()
    place = next(
        number
        for number, line in enumerate(lines)
        if line.removeprefix("# ").startswith(f"{name} = ")
    )

    assert re.fullmatch(r"# \w.*\.", lines[place - 1])


def test_listed_values_are_the_defaults() -> None:
    for name, value in tomllib.loads(TEXT).items():
        assert _plain(Settings.model_fields[name].default) == value, name


def test_settings_without_a_listed_value_have_no_fixed_default() -> None:
    listed = tomllib.loads(TEXT)
    for name, field in Settings.model_fields.items():
        if name not in listed:
            assert field.default is None or field.default is PydanticUndefined, name


def test_the_file_can_be_read_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "farm.toml").write_text(TEXT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert Settings.read().max_attempts == 3
